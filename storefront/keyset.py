"""Pages without numbers: what comes after the last row seen. Costs the same on the first page and on the thousandth."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest

PAGE = 20
LONGEST_KEY = 200


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of the first page and of the next one; empty where there is none."""

    rows: list
    first: str = ""
    following: str = ""


def newest_first(rows: QuerySet, request: HttpRequest) -> Page:
    """By falling id. `?after=` is the id of the last row seen."""
    after = request.GET.get("after", "")
    if after.isdecimal() and len(after) < 19:
        rows = rows.filter(pk__lt=int(after))
    return _page(list(rows.order_by("-pk")[: PAGE + 1]), request, lambda row: str(row.pk))


def by_name(rows: QuerySet, request: HttpRequest) -> Page:
    """By name, then id."""
    rows = after_by_name(rows, *last) if (last := last_by_name(request)) else rows
    return _page(list(rows.order_by("name", "pk")[: PAGE + 1]), request, lambda row: f"{row.pk}.{row.name}")


def last_by_name(request: HttpRequest) -> tuple[int, str] | None:
    """`?after=` is `id.name` of the last row seen: found even when that row has gone. None on the first page."""
    number, _, name = request.GET.get("after", "")[:LONGEST_KEY].partition(".")
    return (int(number), name) if number.isdecimal() and len(number) < 19 and "\0" not in name else None


def after_by_name(rows: QuerySet, number: int, name: str) -> QuerySet:
    # `name >=` says nothing new, but it is what the index is entered by.
    return rows.filter(Q(name__gt=name) | Q(pk__gt=number, name=name), name__gte=name)


def page_of_rows(found: list[dict], request: HttpRequest) -> Page:
    """By name, then id: plain rows that stand in this order, one more than a page holds."""
    return _page(found, request, lambda row: f"{row['id']}.{row['name']}")


def _page(found: list, request: HttpRequest, key) -> Page:
    shown = found[:PAGE]
    following = address(request, after=key(shown[-1])) if len(found) > PAGE else ""
    return Page(shown, address(request) if "after" in request.GET else "", following)


def address(request: HttpRequest, **changes: str) -> str:
    """This page with other parts of its address, from the first page of it on."""
    kept = {name: value for name, value in request.GET.items() if name != "after"}
    return "?" + urlencode({name: value for name, value in (kept | changes).items() if value})
