"""The rows of the list of subscriptions, put into words before the template sees them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plans.models import Subscription
from plans.models.product import Cycle
from plans.money import display

from .. import clock

COLUMNS = (
    "pk", "number", "state", "quantity", "cycle", "unit_price", "currency", "started_at", "period_end_on",
    "account__number", "account__name", "product__name", "plan__code", "plan__name",
)  # fmt: skip
HEADS = ["Subscription", "Account", "Account ID", "Product", "Price", "Since", "Renews", "Status"]
LABELS = {code: str(label) for code, label in Subscription.State.choices}
CYCLES = {Cycle.MONTH: "per month", Cycle.YEAR: "per year"}


@dataclass(frozen=True, slots=True)
class SubscriptionRow:
    number: str
    account_name: str
    account_number: str
    product: str
    plan_code: str
    plan_name: str
    price: str
    since: str
    renews: str
    kind: str
    status: str


def row_of(found) -> SubscriptionRow:
    """The row for a subscription that was read with COLUMNS."""
    is_active = found.state == Subscription.State.ACTIVE
    many = f"{found.quantity} × " if found.quantity > 1 else ""
    return SubscriptionRow(
        found.number,
        found.account__name,
        found.account__number,
        f"{many}{found.product__name}",
        found.plan__code or "",
        found.plan__name or "",
        f"{display(found.unit_price, found.currency)} {CYCLES[found.cycle]}",
        clock.shown(found.started_at),
        f"{found.period_end_on:%-d %b %Y}" if is_active else "",
        "ok" if is_active else "",
        LABELS[found.state],
    )


def cells_of(found: Iterable) -> Iterator[tuple[str, ...]]:
    """The same rows for a file."""
    for row in map(row_of, found):
        yield (
            row.number, row.account_name, row.account_number, row.product, row.price, row.since, row.renews, row.status,
        )  # fmt: skip
