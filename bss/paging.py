"""Pages without numbers: the rows after, or before, a row that was seen. No count, and as quick at a million rows."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode

SIZE = 50
LONGEST_KEY = 300


@dataclass(frozen=True)
class Page:
    """Rows in order, and the addresses of the pages beside them; empty where there is none."""

    rows: list
    previous: str = ""
    following: str = ""


@dataclass(frozen=True)
class Sorting:
    """How a list is sorted: by a column that is never null, then by id. An index must lead through both.

    By id, rows that have a `place` of their own are sorted by that: ui/filters/owners.py.
    """

    column: str = "pk"
    descending: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        return ("pk",) if self.column == "pk" else (self.column, "pk")

    def of(self, rows: QuerySet, *, reverse: bool = False) -> QuerySet:
        sign = "-" if self.descending != reverse else ""
        columns = ("place",) if self.column == "pk" and "place" in rows.query.annotations else self.columns
        return rows.order_by(*(f"{sign}{column}" for column in columns))

    def key(self, row) -> str:
        return str(row.pk) if self.column == "pk" else f"{row.pk}.{getattr(row, self.column)}"

    def beyond(self, rows: QuerySet, key: str, *, reverse: bool = False) -> QuerySet | None:
        """The rows after the key, or before it (`reverse`); None for a key that makes no sense."""
        number, _, text = key[:LONGEST_KEY].partition(".")
        if not (number.isascii() and number.isdigit() and len(number) < 19):
            return None
        how = "lt" if self.descending != reverse else "gt"
        if self.column == "pk":
            return rows.filter(**{f"pk__{how}": int(number)})
        try:
            value = _field(rows.model, self.column).to_python(text)
        except (ValidationError, ValueError):
            return None
        if value is None or "\0" in text:
            return None
        next_ones = Q(**{f"{self.column}__{how}": value}) | Q(**{self.column: value, f"pk__{how}": int(number)})
        return rows.filter(next_ones, **{f"{self.column}__{how}e": value})  # the second is what the index is entered by


NEWEST = Sorting()


def newest_first(rows: QuerySet, request: HttpRequest, *, size: int = SIZE) -> Page:
    """By falling id. One query."""
    return page_of(rows, request, order=NEWEST, size=size)


def page_of(rows: QuerySet, request: HttpRequest, *, order: Sorting, size: int = SIZE) -> Page:
    """One query. `?after=` and `?before=` are keys of rows that were seen; what is no key starts at the first row."""
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    if before and (earlier := order.beyond(rows, before, reverse=True)) is not None:
        found = list(order.of(earlier, reverse=True)[: size + 1])
        shown, is_first, is_last, moved = found[:size][::-1], len(found) <= size, False, True
    else:
        later = order.beyond(rows, after) if after else None
        moved = later is not None
        found = list(order.of(later if moved else rows)[: size + 1])
        shown, is_first, is_last = found[:size], not moved, len(found) <= size
    if not shown:
        return Page([], previous=address(request) if moved else "")
    return Page(
        shown,
        previous="" if is_first else address(request, before=order.key(shown[0])),
        following="" if is_last else address(request, after=order.key(shown[-1])),
    )


def _field(model: type[Model], path: str) -> Field:
    for name in path.split("__"):
        field = model._meta.get_field(name)
        model = field.related_model or model
    return field


def address(request: HttpRequest, **changes: str) -> str:
    """The list's address with its search and filters, and no position but the one that is given."""
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}
    return "?" + urlencode(kept | changes)
