"""Subscriptions: what is held. An upgrade of one is a plan change of its account."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.response import Response

from plans.models import PendingChange, Subscription

from .callers import Caller
from .endpoints import Endpoint, Row, Rows
from .fields import Money
from .filters import SubscriptionFilters


class PendingBody(serializers.ModelSerializer):
    to_plan = serializers.SlugRelatedField("code", read_only=True)

    class Meta:
        model = PendingChange
        fields = ("to_plan", "due_on")
        read_only_fields = fields


class SubscriptionBody(serializers.ModelSerializer):
    account = serializers.SlugRelatedField("number", read_only=True)
    product = serializers.SlugRelatedField("slug", read_only=True)
    plan = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    replaces = serializers.SlugRelatedField("number", read_only=True, allow_null=True)
    order = serializers.CharField(source="order_item.order.number", read_only=True)
    unit_price = Money("unit_price")
    entitlements = serializers.DictField(
        child=serializers.IntegerField(allow_null=True), help_text="As sold: code, and its limit or null"
    )
    pending_change = PendingBody(allow_null=True, default=None)

    class Meta:
        model = Subscription
        fields = (
            "number", "account", "product", "plan", "state", "cycle", "quantity", "currency", "unit_price", "order",
            "replaces", "entitlements", "anchor_on", "period_start_on", "period_end_on", "started_at", "ended_at",
            "end_reason", "pending_change",
        )  # fmt: skip
        read_only_fields = fields


def seen_by(caller: Caller) -> QuerySet:
    """Staff see the subscriptions of their operator, a reseller its own."""
    if caller.is_staff:
        return Subscription.objects.filter(operator=caller.operator)
    return Subscription.objects.of_account(caller.account)


def _with_all(rows: QuerySet) -> QuerySet:
    return rows.select_related("account", "product", "plan", "replaces", "order_item__order", "pending_change__to_plan")


class OneSubscription(Endpoint):
    """Something that is done with a subscription. It answers with the subscription as it is then."""

    def now(self, number: str, *, status: int = 200) -> Response:
        found = _with_all(seen_by(self.caller)).get(number=number)
        return Response(SubscriptionBody(found, context={"request": self.request}).data, status=status)


class Subscriptions:
    queryset = Subscription.objects.none()
    serializer_class = SubscriptionBody

    def get_queryset(self) -> QuerySet:
        return _with_all(seen_by(self.caller))


class SubscriptionList(Subscriptions, Rows):
    filterset_class = SubscriptionFilters


class SubscriptionPage(Subscriptions, Row):
    pass
