"""A reseller's catalogue by price, a page at a time, cheapest first; what has no monthly price follows by name.

Nothing is sorted that grows with the catalogue. Where one markup counts for all, the order of the prices is the order
of the costs, and an index leads through it; products with a markup of their own, which are few, are merged in. What
stands in addresses is the last product seen, never what it costs.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cache, partial
from heapq import merge
from itertools import islice

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest

from plans.models import Price, Product
from plans.models.product import Cycle
from plans.prepared import PreparedRows
from reselling.catalogue import Chooser, listed
from reselling.prices import Pricing

from .keyset import PAGE, Page, address, after_by_name, last_by_name, page_of_rows
from .shelves import ON_A_TILE, Row, narrowed, numbered

PRICED = "p."
SHOWN = (*ON_A_TILE, "own_markup")
SMALLEST = Decimal("0.0001")  # step of an amount in the database
Key = tuple[Decimal, int]  # what is asked for, not rounded, and the product's id


@dataclass(frozen=True)
class ByPrice:
    """Of a reseller's storefront, narrowed down."""

    shop: Chooser
    pricing: Pricing
    category: str
    words: str

    @property
    def products(self) -> QuerySet[Product]:
        return narrowed(listed(self.shop), category=self.category, words=self.words)

    def page(self, request: HttpRequest) -> Page:
        """`?after=` is `p.` and the id of the last product with a price, or `id.name` of the last one without."""
        after, first = request.GET.get("after", ""), address(request) if "after" in request.GET else ""
        if after.partition(".")[0].isdecimal():
            last = last_by_name(request)
            return page_of_rows(self._unpriced(PAGE + 1, after=last), request)
        keys = [key for _, key in islice(self._priced(self._anchor(after)), PAGE + 1)]
        if len(keys) > PAGE:
            return Page(self._read(keys[:PAGE]), first, address(request, after=f"{PRICED}{keys[PAGE - 1]}"))
        room = PAGE - len(keys)
        rest = self._unpriced(room + 1)
        following = ""
        if len(rest) > room:
            last = f"{rest[room - 1]['id']}.{rest[room - 1]['name']}" if room else f"{PRICED}{keys[-1]}"
            following = address(request, after=last)
        return Page(self._read(keys) + rest[:room], first, following)

    @property
    def _column(self) -> str:
        """What the prices of all without a markup of their own follow."""
        return "recommended" if self.pricing.markup_on(None) is None else "amount"

    def _anchor(self, after: str) -> Key | None:
        """Where the last page ended, by what that product costs now; None: at the start."""
        number = after.removeprefix(PRICED)
        if not number.isdecimal() or len(number) > 18:
            return None
        rows = _with_monthly(self.products, self.pricing.currency).filter(pk=int(number))
        last = rows.values_list("amount", "recommended", "own_markup")
        for cost, recommended, own in last:
            asked = self._asked(cost, recommended, own)
            return None if asked is None else (asked, int(number))
        return None

    def _asked(self, cost: Decimal, recommended: Decimal | None, own: Decimal | None) -> Decimal | None:
        markup = self.pricing.markup_on(own)
        return recommended if markup is None else cost * (100 + markup) / 100

    def _priced(self, anchor: Key | None) -> Iterator[Key]:
        return merge(self._in_order(anchor), self._with_own_markup(anchor))

    def _in_order(self, anchor: Key | None) -> Iterator[Key]:
        shape = self.shop.lists_everything, self._column, self.pricing.has_own_prices
        found = self._ask(_first, *shape) if anchor is None else self._further(self._build(_in_order, *shape), anchor)
        factor = self._factor
        yield from ((row["asked"] * factor, row["id"]) for row in found)

    def _further(self, rows: QuerySet, anchor: Key) -> QuerySet:
        # Where the anchor has a markup of its own, this is the column's value for as much; no row has its like.
        value = anchor[0] / self._factor
        least = value.quantize(SMALLEST, rounding=ROUND_FLOOR)
        further = Q(asked__gt=least)
        if least == value:
            further |= Q(asked=least, pk__gt=anchor[1])
        return rows.filter(further, asked__gte=least)[: PAGE + 1]

    def _ask(self, build: Callable[..., QuerySet], *shape: object) -> list[Row] | QuerySet:
        """With SQL that is written once, unless words are looked for."""
        if self.words:
            return self._build(build, *shape)
        return _prepared(build, *shape, bool(self.category))(**self._values)

    def _build(self, build: Callable[..., QuerySet], *shape: object) -> QuerySet:
        return build(*shape, bool(self.category), **self._values, words=self.words)

    @property
    def _values(self) -> dict[str, int | str]:
        whose = {"storefront": self.shop.pk, "operator": self.shop.operator_id}
        return whose | {"currency": self.pricing.currency, "category": self.category}

    @property
    def _factor(self) -> Decimal:
        markup = self.pricing.markup_on(None)
        return Decimal(1) if markup is None else (100 + markup) / 100

    def _with_own_markup(self, anchor: Key | None) -> list[Key]:
        if not self.pricing.has_own_prices:
            return []
        own = self._ask(_with_own_markup)
        keys = sorted((row["amount"] * (100 + row["own"]) / 100, row["id"]) for row in own if row["amount"] is not None)
        return [key for key in keys if anchor is None or key > anchor]

    def _read(self, keys: list[int]) -> list[Row]:
        if not keys:
            return []
        found = _these(self.shop.lists_everything, len(keys))(
            storefront=self.shop.pk, operator=self.shop.operator_id, **numbered(keys)
        )
        rows = {row["id"]: row for row in found}
        return [rows[key] for key in keys if key in rows]

    def _unpriced(self, most: int, *, after: tuple[int, str] | None = None) -> list[Row]:
        """Nothing monthly in the currency, or neither a markup nor a recommendation for it."""
        monthly = Price.objects.filter(product=OuterRef("pk"), currency=self.pricing.currency, cycle=Cycle.MONTH)
        priced = Q(Exists(monthly.filter(**{f"{self._column}__isnull": False})))
        if self.pricing.has_own_prices:
            priced |= Q(own_markup__isnull=False) & Q(Exists(monthly))
        rows = self.products.filter(~priced)
        rows = after_by_name(rows, *after) if after else rows
        return list(rows.order_by("name", "pk").values(*SHOWN)[:most])


@cache
def _prepared(build: Callable[..., QuerySet], *shape: object) -> PreparedRows:
    return PreparedRows(partial(build, *shape), storefront=int, operator=int, currency=str, category=str)


@cache
def _these(lists_everything: bool, many: int) -> PreparedRows:
    def build(*, storefront: int, operator: int, **keys: int) -> QuerySet:
        shown = listed(Chooser(storefront, operator, lists_everything)).filter(pk__in=list(keys.values()))
        return shown.values(*SHOWN)

    return PreparedRows(build, storefront=int, operator=int, **numbered([int] * many))


def _in_order(
    lists_everything: bool, column: str, has_own_prices: bool, is_narrow: bool, *,
    storefront: int, operator: int, currency: str, category: str, words: str = "",
) -> QuerySet:  # fmt: skip
    """Products whose price follows the one column."""
    products = listed(Chooser(storefront, operator, lists_everything))
    rows = _with_monthly(narrowed(products, category=category if is_narrow else "", words=words), currency)
    rows = rows.annotate(asked=F(column)).filter(asked__isnull=False)
    rows = rows.filter(own_markup__isnull=True) if has_own_prices else rows
    return rows.order_by("asked", "prices__product_id").values("id", "asked")  # in the order of the index


def _first(*shape: object, **values: int | str) -> QuerySet:
    return _in_order(*shape, **values)[: PAGE + 1]


def _with_own_markup(
    is_narrow: bool, *, storefront: int, operator: int, currency: str, category: str, words: str = ""
) -> QuerySet:
    """Found by the listings, which are few: not by looking at every product for one."""
    own = Q(listings__storefront=storefront, listings__is_listed=True, listings__markup__isnull=False)
    rows = narrowed(Product.objects.sold_by(operator).ordinary(), category=category if is_narrow else "", words=words)
    monthly = Price.objects.filter(product=OuterRef("pk"), currency=currency, cycle=Cycle.MONTH)
    return rows.filter(own).values("id", amount=Subquery(monthly.values("amount")), own=F("listings__markup"))


def _with_monthly(products: QuerySet[Product], currency: str) -> QuerySet[Product]:
    """With `amount` and `recommended` of the monthly price."""
    rows = products.filter(prices__currency=currency, prices__cycle=Cycle.MONTH)
    return rows.annotate(amount=F("prices__amount"), recommended=F("prices__recommended"))
