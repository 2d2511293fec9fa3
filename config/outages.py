"""A database or cache that is away for a moment: a page that says so, not a stack trace."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse

from .cache import CacheUnreachable

logger = logging.getLogger(__name__)
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>One moment, please</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/static/ui.css">
<main class="page"><h1>One moment, please</h1><p>We cannot reach our records right now. Nothing you placed is lost.
Go back and try again in a few seconds.</p></main></html>
"""


class OutageMiddleware:
    """Answer 503 with Retry-After where an outage reached the view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, problem: Exception) -> HttpResponse | None:
        if isinstance(problem, OperationalError | InterfaceError | CacheUnreachable):
            return unavailable(problem)
        return None


def unavailable(problem: Exception) -> HttpResponse:
    """The 503 page; the log keeps what it was."""
    logger.error("outage", extra={"problem": repr(problem)})
    return HttpResponse(PAGE, status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
