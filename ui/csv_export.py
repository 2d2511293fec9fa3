"""Lists as CSV. Spreadsheets run what looks like a formula, so no cell may begin like one."""

import csv
from collections.abc import Iterable, Iterator
from decimal import Decimal

from django.http import StreamingHttpResponse

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: object) -> str:
    """A cell that is text to every spreadsheet: what begins like a formula gets an apostrophe before it. A number is
    one to every spreadsheet, a negative one too."""
    if isinstance(cell, Decimal | int):
        return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip().startswith(FORMULA) or text.startswith(FORMULA) else text


class _Echo:
    def write(self, line: str) -> str:
        return line


def download(name: str, *, heads: list[str], rows: Iterable[list[object]]) -> StreamingHttpResponse:
    """Streams: a million rows take no more memory than one. UTF-8 with a mark, which spreadsheets look for."""
    write = csv.writer(_Echo()).writerow

    def lines() -> Iterator[str]:
        yield "\ufeff" + write([safe(head) for head in heads])
        for row in rows:
            yield write([safe(cell) for cell in row])

    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8", headers=headers)
