"""Pages without numbers: the rows after, or before, a row that was seen. No count, and as quick at a million rows."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.http import urlencode

SIZE = 50


@dataclass(frozen=True)
class Page:
    """Rows, newest first, and the addresses of the pages beside them; empty where there is none."""

    rows: list
    previous: str = ""
    following: str = ""


def newest_first(rows: QuerySet, request: HttpRequest, *, size: int = SIZE) -> Page:
    """One query. `?after=` and `?before=` are ids; what is no id starts at the newest row."""
    after, before = _id(request, "after"), _id(request, "before")
    if before is not None:
        found = list(rows.filter(pk__gt=before).order_by("pk")[: size + 1])
        shown, is_first, is_last = found[:size][::-1], len(found) <= size, False
    else:
        found = list((rows if after is None else rows.filter(pk__lt=after)).order_by("-pk")[: size + 1])
        shown, is_first, is_last = found[:size], after is None, len(found) <= size
    if not shown:
        return Page([], previous=_address(request) if after is not None or before is not None else "")
    return Page(
        shown,
        previous="" if is_first else _address(request, before=shown[0].pk),
        following="" if is_last else _address(request, after=shown[-1].pk),
    )


def _id(request: HttpRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _address(request: HttpRequest, **place: int) -> str:
    kept = {name: value for name, value in request.GET.items() if name not in ("after", "before") and value}
    return "?" + urlencode(kept | place)
