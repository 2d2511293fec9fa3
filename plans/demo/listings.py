"""What the demo's resellers sell on storefronts of their own: two that chose, each in its own way."""

from dataclasses import dataclass
from decimal import Decimal

from ..models import Listing, Operator, Product, Storefront


@dataclass(frozen=True)
class Shop:
    """`own` are markups that differ from the storefront's; `unlisted` counts where everything is listed."""

    headline: str
    intro: str
    featured: tuple[str, ...]
    lists_everything: bool = True
    markup: Decimal | None = None
    listed: tuple[str, ...] = ()
    unlisted: tuple[str, ...] = ()
    own: tuple[tuple[str, str], ...] = ()


# By Storefront Alias.
SHOPS = {
    "kestrelwick": Shop(
        headline="IT that runs while you run the business",
        intro="Order cloud services in minutes, with people who pick up the phone.",
        markup=Decimal(25),
        featured=("office-suite-cloud", "cloud-backup", "endpoint-protection", "cloud-telephony"),
        unlisted=("web-filter", "virtual-server"),
        own=(("cloud-backup", "40"), ("remote-support", "12.5")),
    ),
    "alpinecloud": Shop(
        headline="Your cloud, from the valley to the summit",
        intro="Seven services that we use ourselves, set up for you within a day.",
        lists_everything=False,
        featured=("business-mail", "file-share", "password-safe"),
        listed=("mail-archive", "team-meetings", "cloud-telephony", "web-filter"),
    ),
}


def stock_shops(operator: Operator) -> None:
    """Give the storefronts of SHOPS that stand their words, listings, markups and featured products."""
    products = {product.slug: product for product in Product.objects.filter(operator=operator, plan=None)}
    storefronts = Storefront.objects.filter(operator=operator, claim__alias__in=SHOPS).select_related("claim")
    for storefront in storefronts:
        shop = SHOPS[storefront.claim.alias]
        Storefront.objects.filter(pk=storefront.pk).update(
            headline=shop.headline, intro=shop.intro, lists_everything=shop.lists_everything, markup=shop.markup
        )
        own = {slug: Decimal(markup) for slug, markup in shop.own}
        slugs = dict.fromkeys((*shop.featured, *shop.listed, *shop.unlisted, *own))
        Listing.objects.bulk_create(
            Listing(
                operator=operator,
                storefront=storefront,
                product=products[slug],
                is_listed=slug not in shop.unlisted,
                markup=own.get(slug),
                featured=shop.featured.index(slug) + 1 if slug in shop.featured else None,
            )
            for slug in slugs
        )
