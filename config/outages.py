"""A database or cache that is away for a moment: a page that says so and when to try again, not a stack trace."""

import logging
import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from api import problems

from .cache import CacheUnreachable

logger = logging.getLogger(__name__)
OUTAGES = (OperationalError, InterfaceError, CacheUnreachable)
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>This takes a moment</title><meta name="viewport" content="width=device-width">
<link rel="stylesheet" href="/static/ui.css"></head>
<body><main class="page"><h1>This takes a moment</h1>
<p>The records can’t be reached right now. Nothing that you placed is lost.
Go back and try again in a few seconds.</p></main></body>
</html>
"""


def server_error(request: HttpRequest) -> HttpResponse:
    """The handler500 of every URL configuration: 503 with Retry-After for an outage, wherever in the request it struck.

    A handler and not a middleware: Django turns what a middleware raises into an answer before the next one sees it.
    """
    problem = sys.exc_info()[1]
    is_for_programs = getattr(request, "face", "") == "api"
    if isinstance(problem, OUTAGES):
        logger.error("outage", extra={"problem": repr(problem)})
        if is_for_programs:
            return problems.unavailable()
        return HttpResponse(PAGE, status=503, headers={"Retry-After": "5", "Cache-Control": "no-store"})
    if is_for_programs:
        return problems.plain(500, "fault")
    # Not Django's own: that one reads the form for its token, and a form may be what failed.
    return HttpResponse(render_to_string("500.html"), status=500)
