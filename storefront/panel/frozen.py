"""What a reseller made on a larger plan and its plan lacks now: kept as it is, shown to be read, and how it comes back.

Nothing of it is deleted, cleared or reset. It counts again with the next plan that includes it (PRODUCT.md section 5).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Exists, QuerySet, Subquery, Value
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
    """For the overview. `customers` are the active ones. One query, two with a limit of listed products; none where
    the plan includes all of it."""
    found = list(_over_limits(storefront, account, customers))
    if all(account.can(code) for code in (Code.OWN_PRICES, Code.UNBRANDED, Code.API_WRITE)):
        return found
    made = _made(storefront, account)
    return [*_prices(storefront, account, made), *found, *_footer(account, made), *_tokens(account, made)]


def _made(storefront: Storefront, account: Account) -> dict[str, int | bool]:
    """How many markups and writing tokens there are, and whether a former plan had no line in the footer."""
    markups = Listing.objects.filter(storefront=storefront, markup__isnull=False)
    tokens = ApiToken.objects.alive().filter(account=account, scope=ApiToken.Scope.WRITE)
    former = Subscription.objects.filter(account=account, state=Subscription.State.ENDED)
    asked = {
        "markups": Subquery(_how_many(markups)),
        "tokens": Subquery(_how_many(tokens)),
        "was_unbranded": Exists(former.filter(entitlements__has_key=Code.UNBRANDED)),
    }
    return Account.objects.filter(pk=account.pk).values(**asked).get()


def _how_many(rows: QuerySet) -> QuerySet:
    return rows.order_by().annotate(none=Value(1)).values("none").annotate(many=Count("pk")).values("many")


def _prices(storefront: Storefront, account: Account, made: dict[str, int | bool]) -> Iterator[Kept]:
    if account.can(Code.OWN_PRICES):
        return
    why = "Your plan has no own prices: customers see the recommended price."
    if storefront.markup is not None:
        what = f"Markup on every product: {plain_markup(storefront.markup)} %"
        yield Kept(what, why, reverse("panel_catalogue_every_product"))
    if made["markups"]:
        yield Kept(f"Products with a markup of their own: {made['markups']:,}", why, reverse("panel_catalogue"))


def _over_limits(storefront: Storefront, account: Account, customers: int) -> Iterator[Kept]:
    most = account.limit(Code.CUSTOMERS)
    if most is not None and customers > most:
        why = f"Your plan allows {most:,}. All stay, none can be added until there are fewer."
        yield Kept(f"Active customers: {customers:,}", why, reverse("panel_customers"), OVER)
    most = account.limit(Code.LISTED_PRODUCTS)
    if most is not None and (many := listed(storefront).count()) > most:
        why = f"Your plan allows {most:,}. All stay listed, none can be added until there are fewer."
        yield Kept(f"Listed products: {many:,}", why, reverse("panel_catalogue"), OVER)


def _footer(account: Account, made: dict[str, int | bool]) -> Iterator[Kept]:
    if made["was_unbranded"] and not account.can(Code.UNBRANDED):
        name = account.operator.short_name
        yield Kept(f"Footer without “Powered by {name}”", "Your plan has this line on every page.")


def _tokens(account: Account, made: dict[str, int | bool]) -> Iterator[Kept]:
    if made["tokens"] and not account.can(Code.API_WRITE):
        does = "only reads" if account.can(Code.API_READ) else "has no API"
        yield Kept(f"API tokens that write: {made['tokens']:,}", f"Your plan {does}.")
