"""One order as its pages show it: what it holds, what it would do, what may be done and what stands in the way."""

from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest
from django.urls import reverse

from plans import drafts, links, progress
from plans.models import Activity, Order, OrderItem
from plans.prepared import Prepared
from plans.preview import Preview
from plans.refusals import MENDS, Refused

from ..letters import Announced, announced, letters_of_order
from ..order_status import status
from ..reasons import Reason, mend_of, reasons
from . import words

State = Order.State


def order_of(request: HttpRequest, number: str) -> Order:
    """The operator's order with this number, and how much has `happened` to it, or 404."""
    order = ORDER.first(operator=request.operator.pk, number=number)
    if order is None:
        raise Http404
    return order


def _order(operator: int, number: str) -> QuerySet:
    happened = Activity.objects.filter(order=OuterRef("pk")).order_by().values("order").annotate(many=Count("pk"))
    orders = Order.objects.filter(operator=operator, number=number).annotate(happened=Subquery(happened.values("many")))
    return orders.select_related(
        "account__operator", "account__account_manager", "created_by", "placed_by", "from_plan", "to_plan"
    )


ORDER = Prepared(_order, operator=int, number=str)


@dataclass(frozen=True)
class Row:
    """One line of the Products tab. `edit_url` is empty where the line is locked."""

    item: OrderItem
    unit_price: Decimal | None
    needs_alias: bool
    edit_url: str

    @property
    def total(self) -> Decimal | None:
        return None if self.unit_price is None else self.unit_price * self.item.quantity


@dataclass(frozen=True)
class Record:
    """An order and everything that its pages say of it. `preview` is what a draft would do today, else None."""

    order: Order
    items: list[OrderItem]
    trail: list[Activity]
    execution: words.Execution
    preview: Preview | None = None
    refusal: Refused | None = None  # of what was tried just now
    is_stale: bool = False
    letters: list[dict] = field(default_factory=list)
    announced: list[Announced] = field(default_factory=list)  # what a draft would send
    holds_plan: bool = False  # the account is on the plan that the order brought

    @property
    def lost(self) -> list[dict]:
        """The letters that did not arrive and that nobody has dealt with."""
        return [row for row in self.letters if row["letter"].is_task and not row["letter"].is_uncertain]

    @property
    def uncertain(self) -> list[dict]:
        """The letters of which nobody knows whether they arrived, as long as somebody, or a worker, has to look."""
        unknown = (row for row in self.letters if row["letter"].is_uncertain)
        return [row for row in unknown if row["letter"].is_task or row["letter"].next_attempt_at]

    @property
    def figures(self) -> dict:
        """Lines, taxes and total: today's for a draft, else those that were agreed."""
        return self.preview.as_dict() if self.preview else self.order.preview

    @property
    def total(self) -> Decimal:
        return self.preview.total if self.preview else self.order.total

    @property
    def plan_item(self) -> OrderItem | None:
        return next((item for item in self.items if item.is_plan), None)

    @property
    def lacks_alias(self) -> bool:
        return self.preview is not None and self.preview.needs_alias and not self.plan_item.alias

    @property
    def alias_refusal(self) -> Refused | None:
        """Why the alias of a draft cannot be had any more."""
        wrong = [refusal for refusal in self.preview.refusals if refusal.field == "alias"] if self.preview else []
        return wrong[0] if wrong and not self.lacks_alias else None

    @property
    def reasons(self) -> list[Reason]:
        """What else stands in the way of a draft, each with what mends it."""
        return reasons(self.preview.refusals, account=self.order.account) if self.preview else []

    @property
    def is_ready(self) -> bool:
        return self.preview is not None and not self.preview.refusals and not self.lacks_alias

    @property
    def badge(self) -> tuple[str, str]:
        return status(self.order.state, lacks_alias=self.lacks_alias)

    @property
    def alias_url(self) -> str:
        """The dialog that asks for the alias, as long as it may be changed."""
        return self._edit_url(self.plan_item) if self.plan_item and self.may_amend else ""

    @property
    def may_amend(self) -> bool:
        return self.order.state in (State.DRAFT, State.FAILED)

    @property
    def mend(self) -> tuple[str, str]:
        """Address and words of what mends a failed order; empty where Retry is all there is."""
        if self.order.error_code.startswith("alias_") and self.plan_item:
            return self._edit_url(self.plan_item), "Enter another alias"
        return mend_of(MENDS.get(self.order.error_code, ""), account=self.order.account)

    @property
    def mended_alias(self) -> str:
        """The alias that was entered after the order had failed because of the one before."""
        verbs = [activity.verb for activity in self.trail if activity.verb in ("order.fail", "order.amended")]
        return self.plan_item.alias if self.plan_item and verbs and verbs[-1] == "order.amended" else ""

    @property
    def storefront_url(self) -> str:
        alias = self.order.preview.get("alias", "") if self.order.state == State.EXECUTED else ""
        return links.storefront_url(self.order.account.operator, alias) if alias else ""

    @property
    def rows(self) -> list[Row]:
        prices = [wanted.unit_price for wanted in self.preview.wanted] if self.preview else []
        prices = prices or [item.unit_price for item in self.items]
        needs = self.preview.needs_alias if self.preview else False
        return [
            Row(item, price, item.is_plan and needs, self._edit_url(item) if self._is_open(item) else "")
            for item, price in zip(self.items, prices, strict=True)
        ]

    def _is_open(self, item: OrderItem) -> bool:
        """All of a draft may change; of a failed order only the alias that it needs."""
        asks = self.order.preview.get("storefront") in ("open", "restore")
        return self.order.state == State.DRAFT or (self.order.state == State.FAILED and item.is_plan and asks)

    def _edit_url(self, item: OrderItem) -> str:
        return reverse("order_item_edit", args=[self.order.number, item.pk])


def record_of(
    request: HttpRequest,
    order: Order,
    *,
    tab: str = "products",
    refusal: Refused | None = None,
    is_stale: bool = False,
) -> Record:
    """Ten queries at the most. A draft's trail is read for its history alone, its letters for its products."""
    items = drafts.items_of(order)
    is_draft = order.state == State.DRAFT
    trail = [] if is_draft and tab != "history" else progress.trail_of(order)
    preview = drafts.preview_draft(order, account=order.account, by=request.user, items=items) if is_draft else None
    return Record(
        order=order,
        items=items,
        trail=trail,
        execution=words.execution_of(order, operator=request.operator, trail=trail),
        preview=preview,
        refusal=refusal,
        is_stale=is_stale,
        letters=[] if is_draft else letters_of_order(order),
        announced=announced(preview, operator_id=order.operator_id) if preview and tab == "products" else [],
        holds_plan=_holds_plan(order),
    )


def _holds_plan(order: Order) -> bool:
    if order.state != State.EXECUTED or not order.is_plan_order:
        return False
    held = order.account.plan_subscription()
    return (held.plan_id == order.to_plan_id) if held else order.to_plan.is_default
