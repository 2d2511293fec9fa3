"""Charges: the lines of all statements, for the books. Each account's own statement is a tab of its page."""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest

from plans.models import Charge
from ui.filters.charges import ChargeFilters

from .. import paging
from ..lists import ListExport, ListPage
from .listing import COLUMNS, HEADS, cells_of, row_of

BY_TIME = paging.Sorting("created_at")


class ChargeList(ListPage):
    template = "bss/charges/list.html"
    filters = ChargeFilters
    columns = COLUMNS

    def rows(self) -> QuerySet:
        return Charge.objects.filter(operator=self.request.operator)

    def rows_of(self, found: list) -> list:
        return [row_of(charge) for charge in found]

    def order(self, request: HttpRequest) -> paging.Sorting:
        """By time where kind or days are asked for: an index leads to the first of them. Else newest first."""
        return BY_TIME if any(request.GET.get(name) for name in ("kind", "since", "until")) else self.usual

    def more(self, request: HttpRequest) -> dict[str, object]:
        return {"kinds": [("charge", "Charges"), ("credit", "Credits")]}


class ChargeExport(ListExport, ChargeList):
    filename, export_heads = "charges", HEADS

    def export(self, rows: QuerySet) -> Iterable:
        return cells_of(rows.iterator(chunk_size=1000))
