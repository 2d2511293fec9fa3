"""What the distributor sells: the catalogue, a product, the reseller plans."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from plans import links

from .. import catalogue_reading, icon, plan_cards
from ..forms import BasketItemForm
from ..kept_storefront import kept, own_storefront
from ..membership import member_may
from ..revalidation import page
from ..waiting import waiting_on


@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    found = catalogue_reading.find(request)
    shows = [
        *((*offer.product.values(), offer.price) for offer in found.offers),
        found.categories,
        found.page.following,
    ]
    return page(request, "storefront/catalogue.html", {"found": found}, shows=shows)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    return product_page(request, slug)


def product_page(request: HttpRequest, slug: str, *, form: BasketItemForm | None = None) -> HttpResponse:
    """The page of a product; with what was typed wrongly into its form, said at the fields (422)."""
    currency = catalogue_reading.currency_of(request)
    found = catalogue_reading.one(request.operator, slug, currency=currency)
    if found is None:
        raise Http404
    shown, prices = found
    if shown["plan_id"] is not None:
        return redirect("plans")
    context = {"product": shown, "prices": prices, "currency": currency, "form": form}
    if form is None:
        return page(request, "storefront/product.html", context, shows=[*shown.values(), *prices])
    context["stay"] = reverse("product", args=[slug])
    return render(request, "storefront/product.html", context, status=422)


@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    visitor = request.visitor
    cards, held = plan_cards.cards(request.operator, visitor=visitor)
    is_without = visitor.is_reseller and not visitor.header.has_own_storefront
    own = own_storefront(visitor.account) if is_without else None
    context = {
        "cards": cards,
        "comparison": plan_cards.compare(cards, operator=request.operator),
        "columns": len(cards) + 1,
        "currency": catalogue_reading.currency_of(request),
        "waiting": waiting_on(held, visitor=visitor),
        "kept": kept(own, account=visitor.account),
        "may_preview": is_without and own is None and visitor.may("buy"),
        "example_address": links.shown_address(request.operator, "techsolutions"),
    }
    shows = [part for card in cards for part in (card.plan, card.product, card.monthly, card.yearly, card.entitlements)]
    return page(request, "storefront/plans.html", context, shows=shows)


@require_safe
@member_may("view")
def storefront_icon(request: HttpRequest) -> HttpResponse:
    """Where the Storefront icon leads this visitor now."""
    shown = icon.storefront_icon(request.visitor)
    if shown is None:
        raise Http404
    if shown.reason:
        raise PermissionDenied(shown.reason)
    return redirect(shown.target)
