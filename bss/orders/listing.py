"""The rows of the list of orders, put into words before the template sees them: a list is quick or it is slow here."""

from collections import defaultdict
from dataclasses import dataclass

from plans.models import Order, OrderItem
from plans.money import display

from .. import clock
from . import words

COLUMNS = (
    "pk", "number", "state", "channel", "change", "currency", "total", "created_at", "account__number",
    "account__name",
)  # fmt: skip
CHANNELS = {code: str(label) for code, label in Order.Channel.choices}
CHANGES = {code: str(label) for code, label in Order.Change.choices}


@dataclass(frozen=True, slots=True)
class OrderRow:
    number: str
    account_name: str
    account_number: str
    products: str
    channel: str
    created: str
    total: str
    kind: str
    status: str


def rows_of(found: list) -> list[OrderRow]:
    """The rows for orders that were read with COLUMNS; one query for all their items."""
    items: dict[int, list[tuple]] = defaultdict(list)
    wanted = OrderItem.objects.filter(order__in=[order.pk for order in found]).order_by("-is_plan", "pk")
    for order_id, *item in wanted.values_list("order_id", "name", "quantity", "is_plan", "alias"):
        items[order_id].append(item)
    return [_row(order, items[order.pk]) for order in found]


def _row(order, items: list[tuple]) -> OrderRow:
    names = [f"{quantity} × {name}" if quantity > 1 else name for name, quantity, _, _ in items]
    kind, status = words.status(order.state, lacks_alias=any(is_plan and not alias for _, _, is_plan, alias in items))
    return OrderRow(
        order.number,
        order.account__name,
        order.account__number,
        ", ".join(names) or CHANGES[order.change],
        CHANNELS[order.channel],
        clock.shown(order.created_at),
        display(order.total, order.currency),
        kind,
        status,
    )
