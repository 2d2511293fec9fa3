"""Reading a body: JSON, of the size that every request may have, as deep as anybody means it."""

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class Json(JSONParser):
    def parse(self, stream, media_type: str | None = None, parser_context: dict | None = None) -> object:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError from None
