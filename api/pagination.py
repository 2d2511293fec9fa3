"""Cursor pages: the rows after or before one that was seen. No counts, and as quick at a million rows."""

from rest_framework.exceptions import ValidationError
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request

MOST = 200


class CursorPages(CursorPagination):
    """Newest first. `next` and `previous` are addresses on the same host, or null."""

    ordering = "-pk"
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

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Row numbers are the only positions there are; whatever else a cursor holds was not ours."""
        try:
            cursor = super().decode_cursor(request)
        except Exception as problem:
            raise ValidationError({self.cursor_query_param: ["This is no cursor of a page."]}) from problem
        if cursor is None:
            return None
        position = cursor.position or ""
        if not (position.isascii() and position.isdigit() and len(position) < 19):
            raise ValidationError({self.cursor_query_param: ["This is no cursor of a page."]})
        return cursor

    def encode_cursor(self, cursor: Cursor) -> str:
        self.base_url = self.request.get_full_path()
        return super().encode_cursor(cursor)

    def get_paginated_response_schema(self, schema: dict[str, object]) -> dict[str, object]:
        link = {"type": "string", "format": "uri-reference", "nullable": True}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": properties}
