"""What every list of the back office does: search, filters, sorting and position in the URL, and CSV.

A room says what its rows are, which filters it has and how a row reads; everything else is here.
"""

from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View
from django_filters import FilterSet

from ui import csv_export

from . import paging
from .permissions import StaffRequired

MOST_EXPORTED = 1_000_000


class ListPage(StaffRequired, View):
    """`sorts` maps the name in the URL to (column, head of the table); `?sort=-name` turns it round.

    `columns` are read as named tuples; `rows_of` puts them into words, with a constant number of queries.
    """

    template = ""
    filters: type[FilterSet]
    columns: tuple[str, ...] = ()
    sorts: dict[str, tuple[str, str]] = {}
    usual = paging.NEWEST
    size = paging.SIZE

    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = self.wanted(request)
        order = self.order(request)
        page = paging.page_of(wanted.qs.values_list(*self.columns, named=True), request, order=order, size=self.size)
        context = {
            "page": page,
            "rows": self.rows_of(page.rows),
            "filter": wanted,
            "wanted": chosen(wanted),
            "heads": self.heads(request, order),
        }
        return render(request, self.template, context | self.more(request))

    def rows(self) -> QuerySet:
        """All that this member of staff may see here."""
        raise NotImplementedError

    def rows_of(self, found: list) -> list:
        return found

    def more(self, request: HttpRequest) -> dict[str, object]:
        return {}

    def wanted(self, request: HttpRequest) -> FilterSet:
        """The rows that match search and filters. What makes no sense filters nothing."""
        return self.filters(request.GET, queryset=self.rows(), request=request)

    def order(self, request: HttpRequest) -> paging.Sorting:
        name = request.GET.get("sort", "")
        column = self.sorts.get(name.removeprefix("-"))
        return paging.Sorting(column[0], name.startswith("-")) if column else self.usual

    def heads(self, request: HttpRequest, order: paging.Sorting) -> dict[str, dict[str, str]]:
        """For each sort its head: label, the address that sorts by it, and how it is sorted now (`aria-sort`)."""
        shown = {}
        for name, (column, label) in self.sorts.items():
            is_here = column == order.column
            turned = f"-{name}" if is_here and not order.descending else name
            now = ("descending" if order.descending else "ascending") if is_here else ""
            shown[name] = {"label": label, "url": paging.address(request, sort=turned), "now": now}
        return shown


class ListExport(StaffRequired, View):
    """The same rows as the list with the same address, as CSV. Mixed into a room's ListPage."""

    filename = ""
    export_heads: list[str] = []

    def get(self, request: HttpRequest) -> HttpResponse:
        found = self.order(request).of(self.wanted(request).qs)
        rows = found.values_list(*self.columns, named=True)[:MOST_EXPORTED]
        return csv_export.download(self.filename, heads=self.export_heads, rows=self.export(rows))

    def export(self, rows: QuerySet) -> Iterable[list[object]]:
        raise NotImplementedError


def chosen(wanted: FilterSet) -> dict[str, str]:
    """What was asked for, as the page shows it again; nonsense is left out."""
    cleaned = wanted.form.cleaned_data if wanted.form.is_bound else {}
    return {name: cleaned.get(name) or "" for name in wanted.filters}
