"""Charges: the lines of all statements, for the distributor's books. Resellers see their own."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from plans.models import Charge

from .endpoints import Row, Rows
from .fields import Money
from .filters import ChargeFilters


class ChargeBody(serializers.ModelSerializer):
    account = serializers.SlugRelatedField("number", read_only=True)
    order = serializers.SlugRelatedField(
        "number", read_only=True, allow_null=True, help_text="Null for a renewal, which nobody orders"
    )
    subscription = serializers.SlugRelatedField("number", read_only=True, allow_null=True)
    net = Money("net")
    tax = Money("tax")
    total = Money("gross")

    class Meta:
        model = Charge
        fields = (
            "id", "account", "subscription", "order", "kind", "text", "currency", "net", "tax_text", "tax_rate", "tax",
            "total", "period_start_on", "period_end_on", "charged_on", "created_at",
        )  # fmt: skip
        read_only_fields = fields


class Charges:
    queryset = Charge.objects.none()
    serializer_class = ChargeBody

    def get_queryset(self) -> QuerySet:
        caller = self.caller
        mine = Charge.objects.filter(operator=caller.operator)
        rows = mine if caller.is_staff else Charge.objects.of_account(caller.account)
        return rows.select_related("account", "order", "subscription").defer(
            "order__preview", "subscription__entitlements"
        )


class ChargeList(Charges, Rows):
    filterset_class = ChargeFilters

    def order(self, request: Request) -> tuple[str, ...]:
        """By time where kind or days are asked for: an index leads to the first of them."""
        asked = {"kind", "since", "until"} & set(request.query_params)
        return ("-created_at", "-pk") if asked else super().order(request)


class ChargePage(Charges, Row):
    lookup_field = "pk"
