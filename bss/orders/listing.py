"""The rows of the list of orders, put into words before the template sees them: a list is quick or it is slow here."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, Q, QuerySet, When

from plans.drafts import lacks_alias
from plans.models import Order, OrderItem
from plans.money import display

from .. import clock
from ..order_status import status

COLUMNS = (
    "pk", "number", "state", "channel", "change", "currency", "total", "created_at", "account__number",
    "account__name",
)  # fmt: skip
HEADS = ["Order", "Account", "Account ID", "Products", "Channel", "Created", "Total", "Status"]
CHUNK = 500
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
    lacks = Case(When(Q(order__state=Order.State.DRAFT) & lacks_alias(), then=True), default=False)
    for order_id, *item in wanted.annotate(lacks=lacks).values_list("order_id", "name", "quantity", "lacks"):
        items[order_id].append(item)
    return [_row(order, items[order.pk]) for order in found]


def cells_of(orders: QuerySet) -> Iterator[tuple]:
    """The same rows for a file: a chunk at a time, one query for the items of each."""
    chunk = []
    for order in orders.iterator(chunk_size=CHUNK):
        chunk.append(order)
        if len(chunk) == CHUNK:
            yield from map(_cells, rows_of(chunk))
            chunk = []
    yield from map(_cells, rows_of(chunk))


def _cells(row: OrderRow) -> tuple[str, ...]:
    return (
        row.number, row.account_name, row.account_number, row.products, row.channel, row.created, row.total, row.status,
    )  # fmt: skip


def _row(order, items: list[tuple]) -> OrderRow:
    names = [f"{quantity} × {name}" if quantity > 1 else name for name, quantity, _ in items]
    kind, word = status(order.state, lacks_alias=any(lacks for _, _, lacks in items))
    return OrderRow(
        order.number,
        order.account__name,
        order.account__number,
        ", ".join(names) or CHANGES[order.change],
        CHANNELS[order.channel],
        clock.shown(order.created_at),
        display(order.total, order.currency),
        kind,
        word,
    )
