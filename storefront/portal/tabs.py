"""The tabs of the Customer Portal, and its pages within them."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plans.models import Storefront


@dataclass(frozen=True)
class Tab:
    """`route` is the name of its first page; `is_readable`: it stays when the storefront is parked."""

    label: str
    route: str
    is_readable: bool = True


TABS = (
    Tab("Overview", "portal"),
    Tab("Subscriptions", "portal_subscriptions"),
    Tab("Users", "portal_users"),
    Tab("Profile", "portal_profile", is_readable=False),
)


def page(request: HttpRequest, name: str, context: dict, *, status: int = 200) -> HttpResponse:
    """A page of the portal with its tabs. The reseller's own people have none: theirs is the panel."""
    here, is_open = request.resolver_match.url_name, request.storefront.state == Storefront.State.OPEN
    shown = [] if request.visitor.is_reseller else [tab for tab in TABS if is_open or tab.is_readable]
    tabs = [
        {
            "label": tab.label,
            "url": reverse(tab.route),
            "is_current": here == tab.route or (tab.route != "portal" and here.startswith(f"{tab.route}_")),
        }
        for tab in shown
    ]
    return render(
        request, f"storefront/portal/{name}.html", context | {"tabs": tabs, "is_open": is_open}, status=status
    )
