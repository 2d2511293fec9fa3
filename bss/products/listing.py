"""The rows of the list of products, put into words before the template sees them."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from plans.models import Price
from plans.models.product import Cycle
from plans.money import display, plain

COLUMNS = ("pk", "name", "slug", "category", "unit", "is_sold", "plan__code")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class ProductRow:
    name: str
    url: str
    category: str
    unit: str
    month: str
    year: str
    is_sold: bool


def rows_of(found: list, *, currency: str) -> list[ProductRow]:
    """The rows for products that were read with COLUMNS; one query for all their prices in the currency."""
    prices = _amounts(found, currency=currency)
    return [
        ProductRow(
            product.name,
            address_of(product.slug, plan_code=product.plan__code),
            product.category,
            product.unit,
            *(display(amount, currency) if (amount := prices[product.pk].get(cycle)) is not None else ""
              for cycle in Cycle.values),
            product.is_sold,
        )
        for product in found
    ]  # fmt: skip


def address_of(slug: str, *, plan_code: str | None) -> str:
    """Where the product is looked after: one that sells a plan, where the plan is."""
    return reverse("reseller_plan", args=[plan_code]) if plan_code else reverse("product", args=[slug])


def heads(currency: str) -> list[str]:
    return ["Product", "Address", "Category", "Unit", f"{currency} per month", f"{currency} per year",
            f"{currency} recommended per month", f"{currency} recommended per year", "Sold"]  # fmt: skip


def cells_of(products: QuerySet, *, currency: str) -> Iterator[tuple]:
    """The same rows for a file, amounts as plain numbers; a chunk at a time, two queries for the prices of each."""
    chunk = []
    for product in products.iterator(chunk_size=CHUNK):
        chunk.append(product)
        if len(chunk) == CHUNK:
            yield from _cells(chunk, currency)
            chunk = []
    yield from _cells(chunk, currency)


def _cells(chunk: list, currency: str) -> Iterator[tuple]:
    prices = _amounts(chunk, currency=currency)
    recommended = _amounts(chunk, currency=currency, column="recommended")
    for product in chunk:
        amounts = [
            plain(kind[product.pk][cycle], currency) if kind[product.pk].get(cycle) is not None else ""
            for kind in (prices, recommended)
            for cycle in Cycle.values
        ]
        sold = "yes" if product.is_sold else "no"
        yield (product.name, product.slug, product.category, product.unit, *amounts, sold)


def _amounts(found: list, *, currency: str, column: str = "amount") -> dict[int, dict]:
    amounts: dict[int, dict] = defaultdict(dict)
    wanted = Price.objects.filter(product__in=[product.pk for product in found], currency=currency)
    for product_id, cycle, amount in wanted.values_list("product_id", "cycle", column):
        amounts[product_id][cycle] = amount
    return amounts
