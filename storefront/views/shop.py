"""The public side of a reseller's storefront: home, catalogue, product; in its brand, at its prices."""

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

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
    is_linked = found.is_at(request.get_full_path())
    return page(request, "storefront/reseller_products.html", {"found": found}, shows=shows, is_one_of_few=is_linked)


@require_safe
def product(request: HttpRequest, slug: str) -> HttpResponse:
    """What is not listed is not here, whoever asks."""
    offer = selling.offer_of(request, slug)
    if offer is None:
        raise Http404
    return page(request, "storefront/reseller_product.html", {"offer": offer}, shows=[offer.facts])
