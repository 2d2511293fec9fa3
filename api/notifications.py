"""Letters: to whom, about what, how far they got; one of them with its exact words, each attempt and what the mail
provider reported; sending one again, and marking one as dealt with. Resellers see their own."""

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from notifications.models import DeliveryEvent, Notification, NotificationAttempt
from plans.lost_letters import deal_with_letter
from plans.models import Contact
from plans.resending import resend_letter

from .endpoints import Endpoint, Row, Rows
from .fields import Body, Line, Whole
from .filters import NotificationFilters
from .idempotency import once

ANOTHER = "Id of a contact of the letter's account; none: to the same address"
NOBODY = "The letter's account has no such contact."


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


class AttemptBody(serializers.ModelSerializer):
    class Meta:
        model = NotificationAttempt
        fields = ("number", "started_at", "finished_at", "outcome", "answer")
        read_only_fields = fields


class EventBody(serializers.ModelSerializer):
    class Meta:
        model = DeliveryEvent
        fields = ("kind", "happened_at", "received_at", "provider", "words")
        read_only_fields = fields


class WholeNotificationBody(NotificationBody):
    tries = AttemptBody(source="attempt_rows", many=True, read_only=True, help_text="Each attempt to hand it over")
    events = EventBody(
        source="delivery_events", many=True, read_only=True, help_text="What the mail provider reported of it"
    )
    needs_attention = serializers.BooleanField(
        source="is_task", read_only=True, help_text="It did not arrive, and nobody has dealt with it"
    )

    class Meta(NotificationBody.Meta):
        fields = (
            *NotificationBody.Meta.fields, "text", "words_removed_at", "message_id", "provider_id",
            "possible_duplicate", "resend_of", "needs_attention", "dealt_with_at", "tries", "events",
        )  # fmt: skip
        read_only_fields = fields


class ResendBody(Body):
    contact = Whole(required=False, min_value=1, max_value=2**63 - 1, help_text=ANOTHER)


class DealingBody(Body):
    note = Line(required=False, allow_blank=True, max_length=120, help_text="What was done; told under Activity")


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


def _with_all(rows: QuerySet) -> QuerySet:
    attempts = NotificationAttempt.objects.order_by("number")
    events = DeliveryEvent.objects.order_by("happened_at", "pk")
    return rows.with_task().prefetch_related(
        Prefetch("attempt_rows", queryset=attempts), Prefetch("delivery_events", queryset=events)
    )


class NotificationPage(Notifications, Row):
    serializer_class = WholeNotificationBody
    lookup_field = "pk"

    def get_queryset(self) -> QuerySet:
        return _with_all(super().get_queryset())


class Act(Notifications, Endpoint):
    writes = "notifications"

    def letter(self, pk: int) -> Notification:
        letters = Notification.objects.of_operator(self.caller.operator)
        return get_object_or_404(letters.select_related("account", "order", "subscription"), pk=pk)

    def told(self, pk: int, *, status: int) -> Response:
        found = _with_all(self.get_queryset()).get(pk=pk)
        return Response(WholeNotificationBody(found, context={"request": self.request}).data, status=status)


class Resend(Act):
    @extend_schema(request=ResendBody, responses={201: WholeNotificationBody})
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Send the letter again, to its address or to another contact of its account. The answer is the new one."""
        sent = self.sent(ResendBody)
        letter = self.letter(pk)
        to = self.contact(letter, sent["contact"]) if "contact" in sent else None
        again, _ = resend_letter(letter, to=to, by=self.caller.user)
        return self.told(again.pk, status=201)

    def contact(self, letter: Notification, pk: int) -> Contact:
        found = Contact.objects.filter(account=letter.account_id, pk=pk).first() if letter.account_id else None
        if found is None:
            raise serializers.ValidationError({"contact": [NOBODY]})
        return found


class DealtWith(Act):
    @extend_schema(request=DealingBody, responses={200: WholeNotificationBody})
    @once
    def post(self, request: Request, pk: int) -> Response:
        """Mark a letter that did not arrive as dealt with: it is nobody's task any more."""
        note = self.sent(DealingBody).get("note", "")
        deal_with_letter(self.letter(pk), note=note, by=self.caller.user)
        return self.told(pk, status=200)
