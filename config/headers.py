"""Headers of every answer: the request's id, the content security policy, what may be stored and by whom."""

import re
import uuid
from collections.abc import Callable

import structlog
from csp.middleware import CSPMiddleware
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from notifications.request_id import request_id

PERMISSIONS_POLICY = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "hid",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)
PLAUSIBLE_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
Answer = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Give each request an id: `request.request_id`, in every log line, in the answer.

    An id that comes in is believed only behind our own proxy, and only when it looks like one.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "") if settings.TRUSTED_PROXY_COUNT else ""
        request.request_id = given if PLAUSIBLE_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(request.request_id)
        structlog.contextvars.bind_contextvars(request_id=request.request_id)
        try:
            response = self.get_response(request)
        finally:
            request_id.reset(token)
            structlog.contextvars.unbind_contextvars("request_id")
        response["X-Request-ID"] = request.request_id
        return response


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """django-csp, with a nonce on every page and no policy on 304.

    A 304 makes the browser keep the stored page with its stored nonce; a new policy beside it would forbid the scripts.
    """

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if response.status_code == 304:
            return response
        return super().process_response(request, response)


class PageHeadersMiddleware:
    """Permissions-Policy everywhere; pages that know who asks are never stored."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        session = getattr(request, "session", None)
        # Only a page that looked at the session can depend on who asks; asking it for the key costs no query then.
        if session is not None and session.accessed and SESSION_KEY in session:
            patch_vary_headers(response, ["Cookie"])
            response.headers.setdefault("Cache-Control", "no-store")
        elif response.get("Content-Type", "").startswith("text/html"):
            # Nobody is signed in, yet a page has a nonce and maybe a form's token of its own: no shared cache keeps it.
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
