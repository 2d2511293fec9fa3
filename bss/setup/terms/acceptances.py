"""Who accepted which version of the terms, when, from where, with which order."""

import re
from collections.abc import Iterable, Iterator

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from bss import clock
from bss.lists import ListExport, ListPage
from plans.models import TermsAcceptance, TermsVersion
from ui.filters.owners import owned_by

COLUMNS = (
    "pk", "accepted_at", "address", "account__name", "account__number", "user__name", "user__email", "terms__number",
    "order__number",
)  # fmt: skip
ORDER = re.compile(r"so-[0-9]{1,12}", re.IGNORECASE)


class AcceptanceFilters(django_filters.FilterSet):
    """Kept in the URL: `?q=AC-10482&version=2`."""

    q = django_filters.CharFilter(method="search", max_length=120)
    version = django_filters.CharFilter(method="of_version", max_length=9)

    def search(self, found: QuerySet, _name: str, text: str) -> QuerySet:
        """By the account, its number or the start of its name; or by the order's number."""
        if not text:
            return found
        if ORDER.fullmatch(text):
            return found.filter(order__operator=self.request.operator, order__number=text.upper())
        return owned_by(text, found, operator=self.request.operator)

    def of_version(self, found: QuerySet, _name: str, text: str) -> QuerySet:
        if not (text.isascii() and text.isdigit()):
            return found
        known = next((version for version in versions_of(self.request) if version.number == int(text)), None)
        return found.filter(terms=known) if known else found.none()


def versions_of(request: HttpRequest) -> list[TermsVersion]:
    """The newest first, without their text; one query for a request."""
    if not hasattr(request, "terms_versions"):
        rows = TermsVersion.objects.filter(operator=request.operator).order_by("-number")
        request.terms_versions = list(rows.only("number"))
    return request.terms_versions


class AcceptanceList(ListPage):
    template = "bss/setup/terms/acceptances.html"
    filters = AcceptanceFilters
    columns = COLUMNS

    def rows(self) -> QuerySet:
        return TermsAcceptance.objects.filter(operator=self.request.operator)

    def rows_of(self, found: list) -> list[dict]:
        return [{"row": row, "at": clock.shown(row.accepted_at)} for row in found]

    def more(self, request: HttpRequest) -> dict[str, object]:
        return {"versions": [version.number for version in versions_of(request)]}


class AcceptanceExport(ListExport, AcceptanceList):
    filename = "terms-acceptances"
    export_heads = ["Accepted", "Version", "Account", "Account ID", "Name", "Email", "From", "Order"]

    def export(self, rows: QuerySet) -> Iterable[tuple]:
        return self.cells(rows)

    def cells(self, rows: QuerySet) -> Iterator[tuple]:
        for row in rows.iterator(chunk_size=500):
            yield (
                clock.shown(row.accepted_at), row.terms__number, row.account__name, row.account__number,
                row.user__name, row.user__email, row.address, row.order__number,
            )  # fmt: skip
