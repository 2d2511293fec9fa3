from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest

from plans import links
from plans.models import Account
from ui.filters.accounts import VIEWS, AccountFilters
from ui.filters.plans import plans_of

from .. import paging
from ..lists import ListExport, ListPage
from . import listing

SIZE = 25
FILTERS = ("plan", "status", "country", "view")


class AccountList(ListPage):
    template = "bss/accounts/list.html"
    filters = AccountFilters
    columns = listing.COLUMNS
    sorts = {"name": ("name", "Account"), "since": ("created_at", "Since")}
    usual = paging.Sorting("name", descending=False)
    size = SIZE

    def rows(self) -> QuerySet:
        return listing.rows_to_list(self.request.operator)

    def rows_of(self, found: list) -> list:
        return listing.rows_of(found, plans=plans_of(self.request), operator=self.request.operator)

    def more(self, request: HttpRequest) -> dict[str, object]:
        return {
            "plans": plans_of(request),
            "views": VIEWS,
            "states": Account.State.choices,
            "countries": listing.countries_of(request.operator),
            "store": links.storefront_url(request.operator, ""),
            "export": paging.address(request),
            "chips": self.chips(request),
        }

    def chips(self, request: HttpRequest) -> list[dict[str, str]]:
        """The filters that are on, each with the address that takes it off."""
        words = {
            "plan": {plan.code: plan.name for plan in plans_of(request)},
            "status": dict(Account.State.choices),
            "country": dict(listing.countries_of(request.operator)),
            "view": VIEWS,
        }
        return [
            {"label": f"{name.capitalize()}: {words[name][value]}", "url": paging.address(request, **{name: ""})}
            for name in FILTERS
            if (value := request.GET.get(name, "")) in words[name]
        ]


class AccountExport(ListExport, AccountList):
    filename, export_heads = "accounts", listing.HEADS

    def export(self, rows: QuerySet) -> Iterable:
        return listing.cells_of(rows, plans=plans_of(self.request), operator=self.request.operator)
