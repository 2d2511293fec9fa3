"""Reading the catalogue: which products a visitor looks for, and what they cost in the visitor's currency."""

from dataclasses import dataclass

from django.core.cache import cache
from django.http import HttpRequest

from plans.asking import askable
from plans.kept import categories_key
from plans.models import Operator, Product
from reselling.prices import SellPrice

from .keyset import Page
from .shelves import Row, Shelf, costs_of

KEPT_FOR = 60  # seconds
LONGEST_SEARCH = 80
SOLD = Shelf(lambda operator: Product.objects.sold_by(operator).ordinary(), "operator")
PLANS_TOO = Shelf(lambda operator: Product.objects.sold_by(operator), "operator", also=("plan_id",))


@dataclass(frozen=True)
class Offer:
    """A product with its price for the shortest cycle that has one; without a price it is shown, not sold."""

    product: Row
    price: SellPrice | None


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
    page = SOLD.by_name(request, category=category, words=words, operator=request.operator.pk)
    currency = currency_of(request)
    prices = _prices_of(page.rows, currency=currency)
    offers = [Offer(row, next(iter(prices[row["id"]]), None)) for row in page.rows]
    return Found(offers, page, categories(request.operator), category, words, currency)


def one(operator: Operator, slug: str, *, currency: str) -> tuple[Row, list[SellPrice]] | None:
    """A product that is sold here, with its description and its prices, the monthly one first. One query.

    It may be a plan: then `plan_id` is filled.
    """
    found = PLANS_TOO.one(slug, currency=currency, operator=operator.pk)
    return (found[0], [_price(cost, currency) for cost in found[1]]) if found else None


def _prices_of(products: list[Row], *, currency: str) -> dict[int, list[SellPrice]]:
    """Product id to its prices, the monthly one first. One query."""
    found: dict[int, list[SellPrice]] = {row["id"]: [] for row in products}
    for cost in costs_of(list(found), currency=currency):
        found[cost["product_id"]].append(_price(cost, currency))
    return found


def _price(cost: Row, currency: str) -> SellPrice:
    return SellPrice(cost["cycle"], currency, cost["amount"])


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
