"""RULE: the prices of a product, per billing cycle and currency: what changed, in words, and writing it."""

from collections.abc import Iterator
from decimal import Decimal

from .models import Price, Product
from .models.product import Cycle
from .money import plain

# (currency, cycle) -> amount of one unit for one cycle, net
Prices = dict[tuple[str, str], Decimal]
PER = {Cycle.MONTH: "per month", Cycle.YEAR: "per year"}


def prices_of(product: Product | None) -> Prices:
    """What the product costs now. One query."""
    if product is None:
        return {}
    return {(price.currency, price.cycle): price.amount for price in Price.objects.filter(product=product)}


def differences(before: Prices, after: Prices) -> Iterator[str]:
    """Each change as a few words: EUR per month 149.00 to 159.00."""
    for key in sorted(before.keys() | after.keys()):
        currency, cycle = key
        if before.get(key) != after.get(key):
            old, new = (plain(p[key], currency) if key in p else "none" for p in (before, after))
            yield f"{currency} {PER[Cycle(cycle)]} {old} to {new}"


def write_prices(product: Product, prices: Prices) -> None:
    """Make these the product's prices. Orders and subscriptions keep the price they were sold at."""
    kept = prices_of(product)
    for (currency, cycle), amount in prices.items():
        if kept.get((currency, cycle)) != amount:
            Price.objects.update_or_create(product=product, currency=currency, cycle=cycle, defaults={"amount": amount})
    for currency, cycle in kept.keys() - prices.keys():
        Price.objects.filter(product=product, currency=currency, cycle=cycle).delete()
