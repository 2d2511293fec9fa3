"""A storefront that is not open: what still answers of it, to whom, and what the rest says instead.

Parked, its plan has ended: its end customers reach what is theirs and read it, and who runs it is told how it comes
back. Suspended by the distributor, it is away for everybody but who runs it: the panel stays, and says why, for most
often it is there that the reason is mended. Where the whole account is suspended, the panel is away with it.
"""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from plans import aliases, links
from plans.models import Storefront

from .portal import READABLE_WHEN_PARKED

State = Storefront.State
ALWAYS = frozenset({"theme", "theme_css", "picture"})
BELL = frozenset({"notifications", "notification_read"})
ANSWERS_WHEN_PARKED = READABLE_WHEN_PARKED | BELL | ALWAYS


def answer(request: HttpRequest) -> HttpResponse | None:
    """What a reseller's storefront says instead of the page; None where the page answers."""
    state, name = request.storefront.state, request.resolver_match.url_name or ""
    if state == State.OPEN or name in ALWAYS:
        return None
    if state == State.PARKED:
        if name in ANSWERS_WHEN_PARKED or name.startswith("account_"):
            return None
        response = _parked(request)
    elif _is_for_its_manager(request, name):
        return None
    else:
        response = render(request, "storefront/suspended.html", status=503)
    response["X-Robots-Tag"] = "noindex"
    return response


def _parked(request: HttpRequest) -> HttpResponse:
    if not _is_panel(request) or not request.visitor.manages(request.storefront):
        return render(request, "storefront/parked.html", status=410)
    context = {
        "address": links.storefront_url(request.operator, request.alias),
        "plans_url": links.store_url(request.operator, "/plans/"),
        "kept_until": aliases.last_day_of(request.storefront.claim, operator=request.operator),
    }
    return render(request, "storefront/panel/parked.html", context, status=410)


def _is_for_its_manager(request: HttpRequest, name: str) -> bool:
    is_theirs = _is_panel(request) or name in BELL or name == "account_logout"
    if not is_theirs or request.storefront.suspended_at is None:
        return False
    return request.visitor.manages(request.storefront) and not request.visitor.account.is_suspended


def _is_panel(request: HttpRequest) -> bool:
    return request.resolver_match.route.startswith(links.ADMIN_PANEL_PATH)
