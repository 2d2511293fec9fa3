"""The pages and actions of the back office that search leads to, each with the permission it needs."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from plans.models import StaffMembership


@dataclass(frozen=True)
class Place:
    route: str
    word: str
    where: str = ""  # the heading it stands under, or the keys that lead there
    icon: str = "right"
    permission: str = "view"
    also: str = ""  # other words people type for it

    @property
    def url(self) -> str:
        return reverse(self.route)


PLACES = (
    Place("dashboard", "Dashboard", "G D", "grid"),
    Place("accounts", "Accounts", "G A", "users", also="resellers customers"),
    Place("orders", "Orders", "G O", "receipt"),
    Place("subscriptions", "Subscriptions", "G S", "loop"),
    Place("products", "Products", "G P", "box"),
    Place("charges", "Charges", "", "card", also="billing statement credits export"),
    Place("setup", "Setup", "", "gear", also="settings"),
    Place("order_new", "New order", "Orders", "plus", "orders"),
    Place("account_new", "New account", "Accounts", "plus", "accounts", also="reseller"),
    Place("bulk_upgrades", "Bulk upgrade", "Accounts", "upload", "plan_changes"),
    Place("reseller_plans", "Reseller plans", "Setup", "tag", also="prices entitlements"),
    Place("customer_notifications", "Customer Notifications", "Setup", "mail", also="letters templates welcome"),
    Place("outbox", "Outbox", "Setup", "send", also="letters mail bounced"),
    Place("organization", "Organization", "Setup", "gear", also="address tax sender"),
    Place("reserved_aliases", "Reserved aliases", "Setup", "lock"),
    Place("terms", "Terms", "Setup", "file"),
    Place("staff", "Staff", "Setup", "users", "setup", also="invite roles administrators"),
    Place("operations", "Operations", "Setup", "play", also="workers sweeper stuck retry"),
    Place("import_resellers", "Import resellers", "Setup", "upload", "accounts"),
    Place("you", "Your profile", "", "user", also="keyboard keys language two-factor"),
    Place("notifications", "Notifications", "", "bell", also="letters unread"),
)


def places_for(text: str, *, staff: StaffMembership) -> Iterator[Place]:
    """Those whose words begin with each word that was typed, and that this member of staff may use."""
    typed = text.lower().split()
    for place in PLACES:
        words = f"{place.word} {place.also}".lower().split()
        if not all(any(word.startswith(part) for word in words) for part in typed):
            continue
        if staff.may(place.permission) and _is_there(place):
            yield place


def _is_there(place: Place) -> bool:
    try:
        return bool(place.url)
    except NoReverseMatch:
        return False
