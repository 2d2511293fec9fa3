"""Reading a reseller's catalogue for its customers: what is listed, at the price that the reseller asks for.

What leaves this module holds no cost: a product comes with sell prices only.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import urlencode

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from plans.asking import askable
from plans.kept import listed_key
from plans.models import Product, Storefront
from plans.prepared import PreparedRows
from reselling.catalogue import Chooser, listed
from reselling.home_page import featured
from reselling.prices import Pricing, SellPrice, sell_prices

from .by_price import ByPrice
from .keyset import Page
from .shelves import ON_A_TILE, Row, Shelf, costs_of

KEPT_FOR = 60  # seconds
SORTS = {"": "Name", "price": "Price"}
UNCHOSEN_ON_HOME = 6
LONGEST_SEARCH, LONGEST_CATEGORY = 80, 60
WHOSE, OWN_MARKUP = {"storefront": int, "operator": int}, "own_markup"


def _of_either_kind(read: Callable[[Chooser], QuerySet[Product]], make: Callable) -> dict[bool, object]:
    """The same question of a storefront that lists everything, and of one that lists what it chose."""

    def of(lists_everything: bool) -> Callable[..., QuerySet[Product]]:
        return lambda storefront, operator: read(Chooser(storefront, operator, lists_everything))

    return {lists_everything: make(of(lists_everything)) for lists_everything in (True, False)}


def _on_tiles(products: Callable[..., QuerySet[Product]]) -> PreparedRows:
    return PreparedRows(lambda **whose: products(**whose).values(*ON_A_TILE, OWN_MARKUP), **WHOSE)


SHELVES = _of_either_kind(listed, lambda products: Shelf(products, *WHOSE, also=(OWN_MARKUP,)))
CHOSEN_ON_HOME = _of_either_kind(lambda shop: featured(shop).filter(is_listed=True), _on_tiles)
FIRST_ON_HOME = _of_either_kind(lambda shop: listed(shop).order_by("name", "pk")[:UNCHOSEN_ON_HOME], _on_tiles)


@dataclass(frozen=True)
class Offer:
    """A product with its prices, the monthly one first; without any, customers ask for one."""

    product: Row
    prices: list[SellPrice]

    @property
    def price(self) -> SellPrice | None:
        return next(iter(self.prices), None)

    @property
    def facts(self) -> tuple:
        """All that a page may show of it."""
        return *self.product.values(), *self.prices


@dataclass(frozen=True)
class Found:
    offers: list[Offer]
    page: Page
    categories: list[str]
    category: str
    words: str
    sort: str

    @cached_property
    def category_links(self) -> list[dict[str, object]]:
        """Label, url, is_current; as those that sort."""
        named = {"": "All products"} | {name: name for name in self.categories}
        return [self._link(label, category=value) for value, label in named.items()]

    @cached_property
    def sorts(self) -> list[dict[str, object]]:
        return [self._link(label, sort=value) for value, label in SORTS.items()]

    def is_at(self, address: str) -> bool:
        """Whether the page is one of those that the links to categories lead to."""
        is_linked = not self.words and (not self.category or self.category in self.categories)
        return is_linked and self._link("")["url"] == address

    def _link(self, label: str, **changes: str) -> dict[str, object]:
        """One address for each thing: its parts always stand in the same order, and none is empty."""
        now = {"category": self.category, "q": self.words, "sort": self.sort}
        query = urlencode({part: wanted for part, wanted in (now | changes).items() if wanted})
        url = f"{reverse('products')}?{query}".removesuffix("?")
        return {"label": label, "url": url, "is_current": changes.items() <= now.items()}


def find(request: HttpRequest) -> Found:
    """A page of the catalogue by `?q=`, `?category=`, `?sort=`, `?after=`. Few queries, however many products."""
    words = " ".join(askable(request.GET.get("q", ""), most=LONGEST_SEARCH).split())
    category = askable(request.GET.get("category", ""), most=LONGEST_CATEGORY)
    shop, sort = request.storefront, request.GET.get("sort", "")
    if sort in SORTS and sort:
        chooser = Chooser(*_whose(shop).values(), shop.lists_everything)
        page = ByPrice(chooser, request.pricing, category, words).page(request)
    else:
        page, sort = _shelf(shop).by_name(request, category=category, words=words, **_whose(shop)), ""
    shown = offers(page.rows, pricing=request.pricing)
    return Found(shown, page, listed_categories(shop), category, words, sort)


def offer_of(request: HttpRequest, slug: str) -> Offer | None:
    """A product of the storefront, with its description. One query."""
    shop, pricing = request.storefront, request.pricing
    found = _shelf(shop).one(slug, currency=pricing.currency, **_whose(shop))
    if found is None:
        return None
    row, costs = found
    return _offers([row], costs, pricing=pricing)[0]


def _shelf(shop: Storefront) -> Shelf:
    return SHELVES[shop.lists_everything]


def _whose(shop: Storefront) -> dict[str, int]:
    """A storefront that is only previewed has no id yet: nothing is chosen for it."""
    return {"storefront": shop.pk or 0, "operator": shop.operator_id}


def offers(products: list[Row], *, pricing: Pricing) -> list[Offer]:
    """One query."""
    return _offers(products, costs_of([row["id"] for row in products], currency=pricing.currency), pricing=pricing)


def _offers(products: list[Row], costs: list[Row], *, pricing: Pricing) -> list[Offer]:
    prices = sell_prices({row["id"]: row.pop(OWN_MARKUP) for row in products}, costs, pricing=pricing)
    return [Offer(row, prices[row["id"]]) for row in products]


def on_home(shop: Storefront) -> tuple[list[Row], bool]:
    """The products of the home page, in order, and whether the reseller chose them; else the first of its catalogue."""
    whose = _whose(shop)
    chosen = CHOSEN_ON_HOME[shop.lists_everything](**whose)
    return (chosen, True) if chosen else (FIRST_ON_HOME[shop.lists_everything](**whose), False)


def listed_categories(storefront: Storefront) -> list[str]:
    """The categories of what is listed. Kept a while: finding them means looking at every product."""
    key = listed_key(storefront)
    kept = cache.get(key)
    if kept is None:
        found = listed(storefront).exclude(category="").order_by("category")
        kept = list(found.values_list("category", flat=True).distinct())
        cache.set(key, kept, KEPT_FOR)
    return kept
