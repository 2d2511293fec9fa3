"""The products of a catalogue as its pages show them: plain rows, by prepared questions.

Most pages are rendered already and only have to be told that they still hold, so no row is made into an instance.
"""

from collections.abc import Callable
from functools import cache, partial

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.http import HttpRequest

from plans.models import Price, Product
from plans.prepared import PreparedRows

from .keyset import PAGE, Page, after_by_name, last_by_name, page_of_rows

ON_A_TILE = ("id", "version", "name", "slug", "category", "icon", "summary", "unit")
ON_A_PAGE = (*ON_A_TILE, "description")
A_PRICE = ("cycle", "amount", "recommended")
Row = dict[str, object]


class Shelf:
    """`products` makes a queryset from the numbers that `whose` names; `also` are columns of its own."""

    def __init__(self, products: Callable[..., QuerySet[Product]], *whose: str, also: tuple[str, ...] = ()) -> None:
        self.products, self.whose, self.also = products, dict.fromkeys(whose, int), also
        self.with_prices = PreparedRows(self._with_prices, slug=str, currency=str, **self.whose)
        self.asked: dict[tuple[bool, bool], PreparedRows] = {}

    def by_name(self, request: HttpRequest, *, category: str, words: str, **whose: int) -> Page:
        """A page by name, then id. One query."""
        last = last_by_name(request)
        shape = bool(category), last is not None
        number, name = last or (0, "")
        values = {"category": category, "number": number, "name": name, **whose}
        if words:
            return page_of_rows(list(self._by_name(*shape, words=words, **values)), request)
        if shape not in self.asked:
            build = partial(self._by_name, *shape)
            self.asked[shape] = PreparedRows(build, category=str, number=int, name=str, **self.whose)
        return page_of_rows(self.asked[shape](**values), request)

    def one(self, slug: str, *, currency: str, **whose: int) -> tuple[Row, list[Row]] | None:
        """A product with its description, and its prices as `costs_of` gives them. One query."""
        rows = self.with_prices(slug=slug, currency=currency, **whose)
        if not rows:
            return None
        costs = [{"product_id": row["id"], **{name: row.pop(name) for name in A_PRICE}} for row in rows]
        return rows[0], [cost for cost in costs if cost["cycle"] is not None]

    def _with_prices(self, *, slug: str, currency: str, **whose: int) -> QuerySet:
        """A row for each price; one, with none of it, where there is no price."""
        prices = FilteredRelation("prices", condition=Q(prices__currency=currency))
        rows = self.products(**whose).filter(slug=slug).annotate(price=prices).order_by("price__cycle")
        return rows.values(*ON_A_PAGE, *self.also, **{name: F(f"price__{name}") for name in A_PRICE})

    def _by_name(
        self, is_narrow: bool, is_later: bool, *, category: str, words: str = "", number: int = 0, name: str = "",
        **whose: int,
    ) -> QuerySet:  # fmt: skip
        rows = narrowed(self.products(**whose), category=category if is_narrow else "", words=words)
        rows = after_by_name(rows, number, name) if is_later else rows
        return rows.order_by("name", "pk").values(*ON_A_TILE, *self.also)[: PAGE + 1]


def narrowed(products: QuerySet[Product], *, category: str, words: str) -> QuerySet[Product]:
    if category:
        products = products.filter(category=category)
    if words:
        products = products.filter(Q(name__icontains=words) | Q(summary__icontains=words))
    return products


def costs_of(keys: list[int], *, currency: str) -> list[Row]:
    """The prices of products as the distributor made them, the monthly ones first. One query."""
    return _costs(len(keys))(currency=currency, **numbered(keys)) if keys else []


@cache
def _costs(many: int) -> PreparedRows:
    """For so many products: as many as a page shows at most."""

    def build(*, currency: str, **keys: int) -> QuerySet:
        prices = Price.objects.filter(product__in=list(keys.values()), currency=currency).order_by("cycle")
        return prices.values("product_id", *A_PRICE)

    return PreparedRows(build, currency=str, **numbered([int] * many))


def numbered(keys: list) -> dict[str, object]:
    return {f"key_{place}": key for place, key in enumerate(keys)}
