"""Orders of one account, put into words."""

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from plans.models import Account, Order, OrderItem
from plans.money import display

from .. import clock
from ..order_status import status

COLUMNS = ("pk", "number", "state", "change", "currency", "total", "created_at")
CHANGES = {code: str(label) for code, label in Order.Change.choices}


@dataclass(frozen=True, slots=True)
class OrderRow:
    number: str
    items: str
    created: str
    total: str
    kind: str
    status: str


def orders_of(account: Account) -> QuerySet:
    return Order.objects.filter(account=account).values_list(*COLUMNS, named=True)


def rows_of(found: list) -> list[OrderRow]:
    """Of rows with COLUMNS. One query for the items of all."""
    items: dict[int, list[tuple]] = defaultdict(list)
    wanted = OrderItem.objects.filter(order__in=[order.pk for order in found]).order_by("-is_plan", "pk")
    for order_id, *item in wanted.values_list("order_id", "name", "quantity", "is_plan", "alias"):
        items[order_id].append(item)
    return [_row(order, items[order.pk]) for order in found]


def _row(order, items: list[tuple]) -> OrderRow:
    names = [f"{quantity} × {name}" if quantity > 1 else name for name, quantity, _, _ in items]
    kind, word = status(order.state, lacks_alias=any(is_plan and not alias for _, _, is_plan, alias in items))
    return OrderRow(
        order.number,
        ", ".join(names) or CHANGES[order.change],
        clock.shown(order.created_at),
        display(order.total, order.currency),
        kind,
        word,
    )
