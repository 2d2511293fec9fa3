"""The public side of a reseller's storefront: home, catalogue, product; in its brand, at its prices."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from reselling.catalogue import listed

from .. import selling
from ..revalidation import page


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    shown, are_chosen = selling.on_home(request.storefront)
    offers = selling.offers(shown, pricing=request.pricing)
    context = {"offers": offers, "are_chosen": are_chosen}
    shop = request.storefront
    shows = [shop.headline, shop.intro, are_chosen, *(offer.facts for offer in offers)]
    return page(request, "storefront/reseller_home.html", context, shows=shows)


@require_safe
def products(request: HttpRequest) -> HttpResponse:
    found = selling.find(request)
    shows = [*(offer.facts for offer in found.offers), found.categories, found.page.following]
    is_linked = not found.words and request.get_full_path() in [link["url"] for link in found.category_links]
    return page(request, "storefront/reseller_products.html", {"found": found}, shows=shows, is_one_of_few=is_linked)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """What is not listed is not here, whoever asks."""
    shown = get_object_or_404(listed(request.storefront), slug=slug)
    offer = selling.offers([shown], pricing=request.pricing)[0]
    return page(request, "storefront/reseller_product.html", {"offer": offer}, shows=[offer.facts, shown.description])
