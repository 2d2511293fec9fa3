"""Cursor pages: the rows after or before one that was seen. No counts, and as quick at a million rows."""

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

MOST = 200


class CursorPages(CursorPagination):
    """In the order of the view (`Rows.order`). `next` and `previous` are addresses on the same host, or null."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = MOST
    page_size_query_description = f"Rows on a page: 1 to {MOST}."
    cursor_query_description = "Taken from `next` or `previous` of a page."

    def get_page_size(self, request: Request) -> int:
        asked = request.query_params.get(self.page_size_query_param)
        if asked is None:
            return self.page_size
        if not (asked.isascii() and asked.isdigit() and len(asked) < 4 and 1 <= int(asked) <= MOST):
            raise ValidationError({self.page_size_query_param: [f"Use a number from 1 to {MOST}."]})
        return int(asked)

    def get_ordering(self, request: Request, queryset: QuerySet, view) -> tuple[str, ...]:
        return view.order(request)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Row numbers, or moments, are the only positions there are; whatever else a cursor holds was not ours."""
        try:
            cursor = super().decode_cursor(request)
        except Exception as problem:
            raise ValidationError({self.cursor_query_param: ["This is no cursor of a page."]}) from problem
        if cursor is None:
            return None
        if not _is_position(cursor.position or "", of=self.ordering[0]):
            raise ValidationError({self.cursor_query_param: ["This is no cursor of a page."]})
        return cursor

    def encode_cursor(self, cursor: Cursor) -> str:
        self.base_url = self.request.get_full_path()
        return super().encode_cursor(cursor)

    def get_paginated_response_schema(self, schema: dict[str, object]) -> dict[str, object]:
        link = {"type": "string", "format": "uri-reference", "nullable": True}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": properties}


def _is_position(text: str, *, of: str) -> bool:
    if of == "-pk":
        return text.isascii() and text.isdigit() and len(text) < 19
    try:
        moment = parse_datetime(text)
    except ValueError:
        return False
    return moment is not None and moment.tzinfo is not None
