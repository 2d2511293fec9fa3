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


def recommended_for(product: Product | None) -> Prices:
    """What end customers should pay a reseller for it, where the operator says so. One query."""
    if product is None:
        return {}
    rows = Price.objects.filter(product=product, recommended__isnull=False)
    return {(price.currency, price.cycle): price.recommended for price in rows}


def differences(before: Prices, after: Prices, *, what: str = "") -> Iterator[str]:
    """Each change as a few words: EUR per month 149.00 to 159.00; `what` stands before the cycle."""
    for key in sorted(before.keys() | after.keys()):
        currency, cycle = key
        if before.get(key) != after.get(key):
            old, new = (plain(p[key], currency) if key in p else "none" for p in (before, after))
            yield f"{currency} {what}{PER[Cycle(cycle)]} {old} to {new}"


def write_prices(product: Product, prices: Prices, *, recommended: Prices | None = None) -> None:
    """Make these the product's prices. Orders and subscriptions keep the price they were sold at.

    `recommended` stands beside a price and goes with it; None leaves it as it is.
    """
    kept = {(price.currency, price.cycle): price for price in Price.objects.filter(product=product)}
    for key, amount in prices.items():
        values = {"amount": amount} | ({} if recommended is None else {"recommended": recommended.get(key)})
        there = kept.get(key)
        if there is None or any(getattr(there, name) != value for name, value in values.items()):
            currency, cycle = key
            Price.objects.update_or_create(product=product, currency=currency, cycle=cycle, defaults=values)
    for currency, cycle in kept.keys() - prices.keys():
        Price.objects.filter(product=product, currency=currency, cycle=cycle).delete()
