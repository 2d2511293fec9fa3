"""A reseller's catalogue by price, a page at a time, cheapest first; what has no monthly price follows by name.

Nothing is sorted that grows with the catalogue. Where one markup counts for all, the order of the prices is the order
of the costs, and an index leads through it; products with a markup of their own, which are few, are merged in. What
stands in addresses is the last product seen, never what it costs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from heapq import merge
from itertools import islice

from django.db.models import Exists, F, FilteredRelation, OuterRef, Q, QuerySet
from django.http import HttpRequest

from plans.models import Price, Product
from plans.models.product import Cycle
from reselling.prices import Pricing

from .keyset import PAGE, Page, address, after_by_name, last_by_name, page_of_rows
from .shelves import ON_A_TILE, Row

PRICED = "p."
SHOWN = (*ON_A_TILE, "own_markup")
SMALLEST = Decimal("0.0001")  # step of an amount in the database
Key = tuple[Decimal, int]  # what is asked for, not rounded, and the product's id


@dataclass(frozen=True)
class ByPrice:
    """`products` as `listed` gives them, narrowed down."""

    products: QuerySet[Product]
    pricing: Pricing

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

    def _monthly(self) -> QuerySet[Product]:
        """With `amount` and `recommended` of the monthly price."""
        is_it = Q(prices__currency=self.pricing.currency, prices__cycle=Cycle.MONTH)
        monthly = FilteredRelation("prices", condition=is_it)
        rows = self.products.annotate(
            monthly=monthly, amount=F("monthly__amount"), recommended=F("monthly__recommended")
        )
        return rows.filter(amount__isnull=False)

    @property
    def _column(self) -> str:
        """What the prices of all without a markup of their own follow."""
        return "recommended" if self.pricing.markup_on(None) is None else "amount"

    def _alike(self) -> QuerySet[Product]:
        """Products whose price follows the one column."""
        rows = self._monthly().filter(**{f"{self._column}__isnull": False})
        return rows.filter(own_markup__isnull=True) if self.pricing.has_own_prices else rows

    def _anchor(self, after: str) -> Key | None:
        """Where the last page ended, by what that product costs now; None: at the start."""
        number = after.removeprefix(PRICED)
        if not number.isdecimal() or len(number) > 18:
            return None
        last = self._monthly().filter(pk=int(number)).values_list("amount", "recommended", "own_markup")
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
        column, factor, rows = self._column, self._factor, self._alike()
        if anchor is not None:
            # Where the anchor has a markup of its own, this is the column's value for as much; no row has its like.
            value = anchor[0] / factor
            least = value.quantize(SMALLEST, rounding=ROUND_FLOOR)
            further = Q(**{f"{column}__gt": least})
            if least == value:
                further |= Q(**{column: least}, pk__gt=anchor[1])
            rows = rows.filter(further, **{f"{column}__gte": least})
        found = rows.order_by(column, "pk").values_list(column, "pk")[: PAGE + 1]
        yield from ((value * factor, key) for value, key in found)

    @property
    def _factor(self) -> Decimal:
        markup = self.pricing.markup_on(None)
        return Decimal(1) if markup is None else (100 + markup) / 100

    def _with_own_markup(self, anchor: Key | None) -> list[Key]:
        if not self.pricing.has_own_prices:
            return []
        own = self._monthly().filter(own_markup__isnull=False).values_list("amount", "own_markup", "pk")
        keys = sorted((cost * (100 + markup) / 100, key) for cost, markup, key in own)
        return [key for key in keys if anchor is None or key > anchor]

    def _read(self, keys: list[int]) -> list[Row]:
        found = self.products.filter(pk__in=keys).values(*SHOWN) if keys else ()
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
