"""What a reseller made on a larger plan and its plan lacks now: kept as it is, shown to be read, and how it comes back.

Nothing of it is deleted, cleared or reset. It counts again with the next plan that includes it (PRODUCT.md section 5).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from plans import links
from plans.models import Account, ApiToken, Entitlement, Listing, Storefront, Subscription
from reselling.catalogue import listed
from reselling.prices import plain_markup

Code = Entitlement.Code
FROZEN, OVER = "Frozen", "Over the limit"


@dataclass(frozen=True)
class WayUp:
    """The link that brings it back; without `url`, `label` says who can."""

    label: str
    url: str = ""


@dataclass(frozen=True)
class Kept:
    """One thing that is kept: `what` it is, `why` it does not count or grow now, and the page where it is seen."""

    what: str
    why: str
    url: str = ""
    badge: str = FROZEN


def way_up(request: HttpRequest) -> WayUp:
    """To the upgrade of the plan subscription, at the distributor's storefront, for who may change the plan."""
    if not request.visitor.may("change_plan"):
        return WayUp("An Admin of your company can upgrade the plan.")
    held = request.visitor.account.held().subscription
    path = f"/subscriptions/{held.number}/upgrade/" if held else "/plans/"
    return WayUp("Upgrade", links.store_url(request.operator, path))


def what_is_kept(storefront: Storefront, *, account: Account, customers: int) -> list[Kept]:
    """For the overview. `customers` are the active ones. A plan that includes all of it costs no query."""
    found = [*_prices(storefront, account), *_over_limits(storefront, account, customers)]
    return [*found, *_footer(account), *_tokens(account)]


def _prices(storefront: Storefront, account: Account) -> Iterator[Kept]:
    if account.can(Code.OWN_PRICES):
        return
    why = "Your plan has no own prices: customers see the recommended price."
    if storefront.markup is not None:
        what = f"Markup on every product: {plain_markup(storefront.markup)} %"
        yield Kept(what, why, reverse("panel_catalogue_every_product"))
    if own := Listing.objects.filter(storefront=storefront, markup__isnull=False).count():
        yield Kept(f"Products with a markup of their own: {own:,}", why, reverse("panel_catalogue"))


def _over_limits(storefront: Storefront, account: Account, customers: int) -> Iterator[Kept]:
    most = account.limit(Code.CUSTOMERS)
    if most is not None and customers > most:
        why = f"Your plan allows {most:,}. All stay, none can be added until there are fewer."
        yield Kept(f"Active customers: {customers:,}", why, reverse("panel_customers"), OVER)
    most = account.limit(Code.LISTED_PRODUCTS)
    if most is not None and (many := listed(storefront).count()) > most:
        why = f"Your plan allows {most:,}. All stay listed, none can be added until there are fewer."
        yield Kept(f"Listed products: {many:,}", why, reverse("panel_catalogue"), OVER)


def _footer(account: Account) -> Iterator[Kept]:
    if account.can(Code.UNBRANDED):
        return
    former = Subscription.objects.filter(account=account, state=Subscription.State.ENDED)
    if former.filter(entitlements__has_key=Code.UNBRANDED).exists():
        name = account.operator.short_name
        yield Kept(f"Footer without “Powered by {name}”", "Your plan has this line on every page.")


def _tokens(account: Account) -> Iterator[Kept]:
    if account.can(Code.API_WRITE):
        return
    writing = ApiToken.objects.alive().filter(account=account, scope=ApiToken.Scope.WRITE).count()
    if writing:
        does = "only reads" if account.can(Code.API_READ) else "has no API"
        yield Kept(f"API tokens that write: {writing:,}", f"Your plan {does}.")
