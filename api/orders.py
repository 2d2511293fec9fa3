"""Orders: drafted, mended, placed by fingerprint, tried again, cancelled. Resellers mend what failed."""

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from plans.baskets import MOST_OF_ONE
from plans.drafts import preview_draft
from plans.mending import amend_item, cancel_order, retry_order
from plans.models import MOVES, Order, OrderItem, Product
from plans.models.product import Cycle
from plans.moves import locked
from plans.ordering import draft_order, place_order
from plans.preview import Wanted

from .accounts import account_of
from .callers import Caller
from .endpoints import Endpoint, Row, Rows
from .fields import Body, Choice, Line, Money, Nothing, Text, Whole
from .filters import OrderFilters
from .idempotency import once
from .previews import AgreedBody, PreviewBody, shown

VERBS = ("place", "retry", "cancel")
MOST_ITEMS = 50


class ItemBody(serializers.ModelSerializer):
    product = serializers.SlugRelatedField("slug", read_only=True)
    unit_price = Money("unit_price", currency="order.currency")

    class Meta:
        model = OrderItem
        fields = ("id", "product", "name", "is_plan", "cycle", "quantity", "unit_price", "alias")
        read_only_fields = fields


class OrderBody(serializers.ModelSerializer):
    account = serializers.SlugRelatedField("number", read_only=True)
    from_plan = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    to_plan = serializers.SlugRelatedField("code", read_only=True, allow_null=True)
    items = ItemBody(many=True)
    net, tax, total = Money("net"), Money("tax"), Money("total")
    moves = serializers.SerializerMethodField(help_text="What can be done now: place, retry, cancel")

    class Meta:
        model = Order
        fields = (
            "number", "state", "moves", "channel", "account", "change", "from_plan", "to_plan", "reference", "items",
            "currency", "net", "tax", "total", "created_at", "placed_at", "executed_at", "failed_at", "cancelled_at",
            "attempts", "next_attempt_at", "error_code", "error_message", "version",
        )  # fmt: skip
        read_only_fields = fields

    def get_moves(self, order: Order) -> list[str]:
        return [verb for verb in VERBS if verb in MOVES and order.may(verb)]


class WholeOrderBody(OrderBody):
    agreed = AgreedBody(source="preview", help_text="What was shown when it was drafted or placed.")

    class Meta(OrderBody.Meta):
        fields = (*OrderBody.Meta.fields, "agreed")
        read_only_fields = fields


class WantedBody(Body):
    product = Text(max_length=80, help_text="The product's slug")
    cycle = Choice(Cycle.choices, default=Cycle.MONTH)
    quantity = Whole(min_value=1, max_value=MOST_OF_ONE, default=1)


class DraftBody(Body):
    account = Text(max_length=20)
    items = WantedBody(many=True, allow_empty=False, max_length=MOST_ITEMS)
    alias = Text(allow_blank=True, default="", help_text="The Storefront Alias, where a plan opens a storefront")
    reference = Line(max_length=60, allow_blank=True, default="")

    def validate(self, sent: dict[str, object]) -> dict[str, object]:
        """The products are looked up with one query; at most one of them may be a plan."""
        slugs = {item["product"] for item in sent["items"]}
        rows = Product.objects.filter(operator=self.context["request"].operator, slug__in=slugs)
        found = {product.slug: product for product in rows.select_related("plan")}
        if missing := sorted(slugs - set(found)):
            raise serializers.ValidationError({"items": [f"There is no product {slug}." for slug in missing]})
        wanted = [Wanted(found[i["product"]], i["cycle"], i["quantity"]) for i in sent["items"]]
        plans = [one for one in wanted if one.product.is_plan]
        if len(plans) > 1 or any(one.quantity > 1 for one in plans):
            raise serializers.ValidationError({"items": ["An order holds one reseller plan, once."]})
        return sent | {"wanted": sorted(wanted, key=lambda one: not one.product.is_plan)}


class AmendmentBody(Body):
    alias = Text(required=False, allow_blank=True)
    cycle = Choice(Cycle.choices, required=False)
    quantity = Whole(min_value=1, max_value=MOST_OF_ONE, required=False)


class PlacingBody(Body):
    fingerprint = Text(max_length=64, help_text="Of the preview that was looked at")


class RetryBody(Body):
    alias = Text(required=False, help_text="Another Storefront Alias, where the first one was the reason")


def seen_by(caller: Caller) -> QuerySet:
    """Staff see the orders of their operator; a reseller sees what was asked for in its name, and no drafts."""
    if caller.is_staff:
        return Order.objects.filter(operator=caller.operator)
    return Order.objects.of_account(caller.account)


def _with_all(rows: QuerySet) -> QuerySet:
    items = Prefetch("items", OrderItem.objects.select_related("product"))
    return rows.select_related("account", "from_plan", "to_plan").prefetch_related(items)


class OneOrder(Endpoint):
    """Something that is done with an order. It answers with the order as it is then."""

    def order(self) -> Order:
        return get_object_or_404(seen_by(self.caller).select_related("account"), number=self.kwargs["number"])

    def now(self, number: str, *, status: int = 200) -> Response:
        found = _with_all(seen_by(self.caller)).get(number=number)
        return Response(WholeOrderBody(found, context={"request": self.request}).data, status=status)


class OrderList(Rows):
    queryset = Order.objects.none()
    serializer_class = OrderBody
    filterset_class = OrderFilters
    writes = "orders"

    def get_queryset(self) -> QuerySet:
        return _with_all(seen_by(self.caller)).defer("preview")

    @extend_schema(request=DraftBody, responses={201: WholeOrderBody})
    @once
    def post(self, request: Request) -> Response:
        """Draft an order. Nothing is placed yet; an alias is held for 48 hours."""
        sent, caller = self.sent(DraftBody), self.caller
        account = account_of(caller, sent["account"])
        order = draft_order(
            account,
            wanted=sent["wanted"],
            channel=caller.channel,
            by=caller.user,
            alias=sent["alias"],
            reference=sent["reference"],
        )
        return OneOrder.now(self, order.number, status=201)


class OrderPage(Row):
    queryset = Order.objects.none()
    serializer_class = WholeOrderBody

    def get_queryset(self) -> QuerySet:
        return _with_all(seen_by(self.caller))


class DraftPreview(OneOrder):
    @extend_schema(responses=PreviewBody)
    def get(self, request: Request, number: str) -> Response:
        """What placing the draft would do today. Its fingerprint is what `place` takes."""
        order = self.order()
        if not order.may("place"):
            raise locked(order)
        account = account_of(self.caller, order.account.number)
        return Response(shown(preview_draft(order, account=account, by=self.caller.user)))


class Item(OneOrder):
    writes = "orders"

    @extend_schema(request=AmendmentBody, responses=WholeOrderBody)
    @once
    def patch(self, request: Request, number: str, pk: int) -> Response:
        """Change the Storefront Alias, the billing cycle or the quantity, while the order is a draft or failed."""
        sent, order = self.sent(AmendmentBody), self.order()
        item = get_object_or_404(order.items.all(), pk=pk)
        amend_item(item, by=self.caller.user, **sent)
        return self.now(number)


class Place(OneOrder):
    writes = "execute"

    @extend_schema(request=PlacingBody, responses=WholeOrderBody)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Place the draft exactly as its preview said. A worker executes it: look at its state."""
        place_order(self.order(), by=self.caller.user, fingerprint=self.sent(PlacingBody)["fingerprint"])
        return self.now(number)


class Retry(OneOrder):
    writes, own_writes = "execute", "buy"

    @extend_schema(request=RetryBody, responses=WholeOrderBody)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Place a failed order again, under another alias where one is given."""
        retry_order(self.order(), by=self.caller.user, **self.sent(RetryBody))
        return self.now(number)


class Cancel(OneOrder):
    writes, own_writes = "orders", "buy"

    @extend_schema(request=Nothing, responses=WholeOrderBody)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Cancel a draft, a placed or a failed order, and let its alias go."""
        self.sent(Nothing)
        cancel_order(self.order(), by=self.caller.user)
        return self.now(number)
