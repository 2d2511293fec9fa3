"""Letters: to whom, about what, how far they got; one of them with its exact words. Resellers see their own."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from notifications.models import Notification

from .endpoints import Row, Rows
from .filters import NotificationFilters


class NotificationBody(serializers.ModelSerializer):
    account = serializers.SlugRelatedField("number", read_only=True, allow_null=True)
    order = serializers.SlugRelatedField("number", read_only=True, allow_null=True)
    template = serializers.CharField(source="template_code")

    class Meta:
        model = Notification
        fields = (
            "id", "template", "account", "order", "recipient_email", "recipient_name", "kind", "subject", "reason",
            "state", "attempts", "next_attempt_at", "created_at", "sent_at",
        )  # fmt: skip
        read_only_fields = fields


class WholeNotificationBody(NotificationBody):
    class Meta(NotificationBody.Meta):
        fields = (*NotificationBody.Meta.fields, "text")
        read_only_fields = fields


class Notifications:
    queryset = Notification.objects.none()

    def get_queryset(self) -> QuerySet:
        caller, letters = self.caller, Notification.objects
        rows = letters.of_operator(caller.operator)
        if not caller.is_staff:
            rows = letters.for_user(caller.user, caller.operator).filter(account=caller.account)
        return rows.select_related("account", "order").defer("html", "order__preview")


class NotificationList(Notifications, Rows):
    serializer_class = NotificationBody
    filterset_class = NotificationFilters

    def order(self, request: Request) -> tuple[str, ...]:
        """By time where days are asked for: an index leads to the first of them."""
        days = {"since", "until"} & set(request.query_params)
        return ("-created_at", "-pk") if days else super().order(request)

    def get_queryset(self) -> QuerySet:
        return super().get_queryset().defer("text", "html", "order__preview")


class NotificationPage(Notifications, Row):
    serializer_class = WholeNotificationBody
    lookup_field = "pk"
