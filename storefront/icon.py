"""The Storefront icon: what it says to whom, and where it leads (the table of PRODUCT.md section 6)."""

from dataclasses import dataclass

from django.urls import reverse

from plans import links
from plans.refusals import SENTENCES

from .membership import Visitor

SEE_PLANS = "Storefront: see reseller plans"
BEING_PREPARED = "Storefront: being prepared"
OPEN_MINE = "Storefront: open my storefront"


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
        if visitor.may("manage_storefront"):
            return Icon(OPEN_MINE, links.admin_panel_url(operator, header.alias))
        return Icon(OPEN_MINE, links.storefront_url(operator, header.alias))
    if header.open_order:
        return Icon(BEING_PREPARED, reverse("order", args=[header.open_order]))
    if visitor.may("buy"):
        return Icon(SEE_PLANS, reverse("plans"))
    return Icon(SEE_PLANS, reason=SENTENCES["not_permitted"])
