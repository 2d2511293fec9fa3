from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode

from plans.models import Order
from ui.filters.orders import OrderFilters

from .. import paging
from ..lists import ListExport, ListPage
from .listing import COLUMNS, HEADS, cells_of, rows_of

VIEWS = [("", "All"), *Order.State.choices]


class OrderList(ListPage):
    template = "bss/orders/list.html"
    filters = OrderFilters
    columns = COLUMNS

    def rows(self) -> QuerySet:
        return Order.objects.filter(operator=self.request.operator)

    def rows_of(self, found: list) -> list:
        return rows_of(found)

    def more(self, request: HttpRequest) -> dict[str, object]:
        asked = {name: request.GET[name] for name in ("q", "state", "channel", "change") if request.GET.get(name)}
        return {
            "views": [(word, paging.address(request, state=code), code) for code, word in VIEWS],
            "channels": Order.Channel.choices,
            "changes": Order.Change.choices,
            "asked": urlencode(asked),
        }


class OrderExport(ListExport, OrderList):
    filename, export_heads = "orders", HEADS

    def export(self, rows: QuerySet) -> list:
        return cells_of(rows)
