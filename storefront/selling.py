"""Reading a reseller's catalogue for its customers: what is listed, at the price that the reseller asks for.

What leaves this module holds no cost: a product comes with sell prices only.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest
from django.urls import reverse

from plans.asking import askable
from plans.kept import listed_key
from plans.models import Product, Storefront
from reselling.catalogue import listed
from reselling.home_page import featured
from reselling.prices import Pricing, SellPrice, sell_prices

from .by_price import ByPrice
from .keyset import Page, by_name

KEPT_FOR = 60  # seconds
SORTS = {"": "Name", "price": "Price"}
UNCHOSEN_ON_HOME = 6
LONGEST_SEARCH, LONGEST_CATEGORY = 80, 60


@dataclass(frozen=True)
class Offer:
    """A product with its prices, the monthly one first; without any, customers ask for one."""

    product: Product
    prices: list[SellPrice]

    @property
    def price(self) -> SellPrice | None:
        return next(iter(self.prices), None)

    @property
    def facts(self) -> tuple:
        """All that a page may show of it."""
        shown = self.product
        return shown.pk, shown.version, shown.name, shown.summary, shown.category, shown.icon, shown.unit, self.prices


@dataclass(frozen=True)
class Found:
    offers: list[Offer]
    page: Page
    categories: list[str]
    category: str
    words: str
    sort: str
    category_links: list[dict[str, object]]  # label, url, is_current; as those that sort
    sorts: list[dict[str, object]]


def find(request: HttpRequest) -> Found:
    """A page of the catalogue by `?q=`, `?category=`, `?sort=`, `?after=`. Few queries, however many products."""
    words = " ".join(askable(request.GET.get("q", ""), most=LONGEST_SEARCH).split())
    category = askable(request.GET.get("category", ""), most=LONGEST_CATEGORY)
    products = listed(request.storefront)
    if category:
        products = products.filter(category=category)
    if words:
        products = products.filter(Q(name__icontains=words) | Q(summary__icontains=words))
    sort = request.GET.get("sort", "")
    if sort in SORTS and sort:
        page = ByPrice(products, request.pricing).page(request)
    else:
        page, sort = by_name(products.defer("description"), request), ""
    shown, categories = offers(page.rows, pricing=request.pricing), listed_categories(request.storefront)
    named = {"": "All products"} | {name: name for name in categories}
    return Found(
        shown,
        page,
        categories,
        category,
        words,
        sort,
        category_links=_links("category", named, category=category, q=words, sort=sort),
        sorts=_links("sort", SORTS, category=category, q=words, sort=sort),
    )


def _links(name: str, labels: dict[str, str], **now: str) -> list[dict[str, object]]:
    """One address for each thing: its parts always stand in the same order, and none is empty."""
    links = []
    for value, label in labels.items():
        query = urlencode({part: wanted for part, wanted in (now | {name: value}).items() if wanted})
        url = f"{reverse('products')}?{query}".removesuffix("?")
        links.append({"label": label, "url": url, "is_current": value == now[name]})
    return links


def offers(products: list[Product], *, pricing: Pricing) -> list[Offer]:
    """One query."""
    prices = sell_prices(products, pricing=pricing)
    return [Offer(product, prices[product.pk]) for product in products]


def on_home(storefront: Storefront) -> tuple[list[Product], bool]:
    """The products of the home page, in order, and whether the reseller chose them; else the first of its catalogue."""
    chosen = list(featured(storefront).filter(is_listed=True).defer("description"))
    if chosen:
        return chosen, True
    return list(listed(storefront).order_by("name", "pk").defer("description")[:UNCHOSEN_ON_HOME]), False


def listed_categories(storefront: Storefront) -> list[str]:
    """The categories of what is listed. Kept a while: finding them means looking at every product."""
    key = listed_key(storefront)
    kept = cache.get(key)
    if kept is None:
        found = listed(storefront).exclude(category="").order_by("category")
        kept = list(found.values_list("category", flat=True).distinct())
        cache.set(key, kept, KEPT_FOR)
    return kept
