"""The Storefront icon: what it says to whom, and where it leads (the table of PRODUCT.md section 6)."""

from dataclasses import dataclass

from django.urls import reverse

from plans import links
from plans.refusals import SENTENCES

from .membership import Visitor

SEE_PLANS = "Storefront: see reseller plans"
BEING_PREPARED = "Storefront: being prepared"
OPEN_MINE = "Storefront: open my storefront"
SUSPENDED, SEE_WHY = "Storefront: suspended", "Storefront: suspended, see why"
AWAY = "Your storefront is not available at the moment."


@dataclass(frozen=True)
class Icon:
    """`reason` is filled where the icon is shown but disabled. `target` is where /storefront/ redirects to."""

    label: str
    target: str = ""
    reason: str = ""


def storefront_icon(visitor: Visitor) -> Icon | None:
    """The icon on the distributor's storefront, or None where there is none. No query: the visitor's header knows."""
    if not visitor.is_reseller:
        return None
    header = visitor.header
    if header.has_own_storefront and header.alias:
        operator = visitor.account.operator
        panel = links.admin_panel_url(operator, header.alias) if visitor.may("manage_storefront") else ""
        if header.is_suspended:
            # The panel stays where the storefront alone is suspended; all others would be shown a closed door.
            is_told = panel and not visitor.account.is_suspended
            return Icon(SEE_WHY, panel) if is_told else Icon(SUSPENDED, reason=AWAY)
        return Icon(OPEN_MINE, panel or links.storefront_url(operator, header.alias))
    if header.open_order:
        return Icon(BEING_PREPARED, reverse("order", args=[header.open_order]))
    if visitor.may("buy"):
        return Icon(SEE_PLANS, reverse("plans"))
    return Icon(SEE_PLANS, reason=SENTENCES["not_permitted"])
