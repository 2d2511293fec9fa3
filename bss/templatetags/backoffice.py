"""What the shell of the BSS asks for."""

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html

from plans.models import Account
from plans.refusals import SENTENCES

from .. import alarms, theme

register = template.Library()

# Name of the route, word, symbol of the sprite.
RAIL = (
    ("dashboard", "Dashboard", "grid"),
    ("accounts", "Accounts", "users"),
    ("orders", "Orders", "receipt"),
    ("subscriptions", "Subscriptions", "loop"),
    ("products", "Products", "box"),
    ("setup", "Setup", "gear"),
)
# Heading, then name of the route and word of each room below it.
SETUP = {
    "Company": {"organization": "Organization", "terms": "Terms", "import_resellers": "Import resellers"},
    "Selling": {"reseller_plans": "Reseller plans", "reserved_aliases": "Reserved aliases"},
    "Notifications": {"customer_notifications": "Customer Notifications", "outbox": "Outbox"},
    "Operations and staff": {"operations": "Operations", "staff": "Staff", "api_tokens": "API"},
}
CLOSED_WITHOUT_SETUP = frozenset({"staff", "api_tokens"})


@register.inclusion_tag("bss/rail.html", takes_context=True)
def rail(context: dict) -> dict[str, object]:
    """The main navigation: the page at hand is `page`, a page of the same room `true`."""
    here = context["request"].resolver_match
    room = here.route.partition("/")[0] if here else ""
    links = []
    for name, word, icon in RAIL:
        current = "page" if here and here.url_name == name else "true" if room == name else ""
        links.append({"url": reverse(name), "word": word, "icon": icon, "current": current, "name": name})
    return {"links": links}


@register.inclusion_tag("bss/setup/rooms.html", takes_context=True)
def setup_rooms(context: dict) -> dict[str, object]:
    """The rooms of Setup: the one at hand is `page`, for a page behind it `true`; a closed one says why."""
    path, why_not = context["request"].path, forbids(context, "setup")
    groups = []
    for title, rooms in SETUP.items():
        shown = []
        for name, word in rooms.items():
            url = reverse(name)
            current = "page" if path == url else "true" if path.startswith(url) else ""
            why = why_not if name in CLOSED_WITHOUT_SETUP else ""
            shown.append({"url": url, "word": word, "current": current, "why": why})
        groups.append({"title": title, "rooms": shown})
    return {"groups": groups}


@register.inclusion_tag("bss/alarms.html", takes_context=True)
def alarm_banner(context: dict, *, without: str = "") -> dict[str, object]:
    """What is wrong with the house, for who can mend it; `without` the one that the page tells itself."""
    staff = getattr(context["request"], "staff", None)
    if staff is None or not staff.may("notifications"):
        return {"ringing": []}
    return {"ringing": [each for each in alarms.ringing(staff.operator) if each[0] != without]}


@register.simple_tag(takes_context=True)
def forbids(context: dict, permission: str) -> str:
    """Why the member of staff may not do what needs this permission; an empty string where they may."""
    return "" if context["request"].staff.may(permission) else SENTENCES["not_permitted"]


@register.simple_tag(takes_context=True)
def chosen_theme(context: dict) -> str:
    """Light or dark as the visitor chose; empty: the page follows the system."""
    request = context.get("request")
    choice = request.COOKIES.get(theme.COOKIE, "") if request else ""
    return choice if choice in theme.CHOICES else ""


@register.simple_tag
def account_link(account: Account) -> str:
    """The account's name, as a link to its page."""
    try:
        return format_html('<a class="pri" href="{}">{}</a>', reverse("account", args=[account.number]), account.name)
    except NoReverseMatch:
        return account.name
