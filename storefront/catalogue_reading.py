"""Reading the catalogue: which products a visitor looks for, and what they cost in the visitor's currency."""

from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest

from plans.asking import askable
from plans.kept import categories_key
from plans.models import Operator, Price, Product

from .keyset import Page, by_name

KEPT_FOR = 60  # seconds
LONGEST_SEARCH = 80


@dataclass(frozen=True)
class Offer:
    """A product with its price for the shortest cycle that has one; without a price it is shown, not sold."""

    product: Product
    price: Price | None


@dataclass(frozen=True)
class Found:
    offers: list[Offer]
    page: Page
    categories: list[str]
    category: str
    words: str
    currency: str


def find(request: HttpRequest) -> Found:
    """A page of the catalogue by `?q=`, `?category=` and `?after=`. Two queries, whatever the number of products."""
    words = " ".join(askable(request.GET.get("q", ""), most=LONGEST_SEARCH).split())
    category = askable(request.GET.get("category", ""), most=60)
    products = Product.objects.sold_by(request.operator.pk).ordinary()
    if category:
        products = products.filter(category=category)
    if words:
        products = products.filter(Q(name__icontains=words) | Q(summary__icontains=words))
    page = by_name(products.defer("description"), request)
    currency = currency_of(request)
    prices = prices_of(page.rows, currency=currency)
    offers = [Offer(product, next(iter(prices[product.pk]), None)) for product in page.rows]
    return Found(offers, page, categories(request.operator), category, words, currency)


def prices_of(products: list[Product], *, currency: str) -> dict[int, list[Price]]:
    """Product id to its prices, the monthly one first. One query."""
    found: dict[int, list[Price]] = {product.pk: [] for product in products}
    if found:
        for price in Price.objects.filter(product__in=list(found), currency=currency).order_by("cycle"):
            found[price.product_id].append(price)
    return found


def currency_of(request: HttpRequest) -> str:
    """The account's currency; the operator's for who has no account here."""
    account = request.visitor.account
    return account.currency if account else request.operator.currency


def categories(operator: Operator) -> list[str]:
    """The categories in use. Kept a while: finding them means looking at every product."""
    key = categories_key(operator.pk)
    kept = cache.get(key)
    if kept is None:
        sold = Product.objects.sold_by(operator.pk).ordinary().exclude(category="")
        kept = list(sold.order_by("category").values_list("category", flat=True).distinct())
        cache.set(key, kept, KEPT_FOR)
    return kept
