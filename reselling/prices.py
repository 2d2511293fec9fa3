"""RULE: what a reseller's storefront asks for a product. What it costs the reseller is for its managers alone.

With own prices in the plan and a markup (the listing's, else the storefront's): the cost and the markup on it. Else
what the distributor recommends; where it recommends nothing there is no price, and customers ask for one.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from plans.models import Price, Product
from plans.models.product import Cycle
from plans.money import round_to
from plans.refusals import Refused

PERCENT = re.compile(r"[0-9]{1,4}(?:\.[0-9]{1,2}0*)?", re.ASCII)
HIGHEST_MARKUP = Decimal(1000)  # percent; the database keeps to it, too


@dataclass(frozen=True)
class Pricing:
    """How one storefront prices. `markup` is the one for all its products, in percent."""

    currency: str
    has_own_prices: bool
    markup: Decimal | None = None

    def markup_on(self, own: Decimal | None) -> Decimal | None:
        """The markup that counts for a product whose listing has `own`; None: the recommended price is asked for."""
        if not self.has_own_prices:
            return None
        return self.markup if own is None else own


class SellPrice(NamedTuple):
    """What customers see: nothing in it tells the cost."""

    cycle: str
    currency: str
    amount: Decimal

    @property
    def label(self) -> str:
        return Cycle(self.cycle).label


@dataclass(frozen=True, slots=True)
class Costing:
    """What managers see of one price: cost, what is recommended, and what customers are asked for, if anything."""

    cycle: str
    currency: str
    cost: Decimal
    recommended: Decimal | None
    amount: Decimal | None

    @property
    def margin(self) -> Decimal | None:
        return None if self.amount is None else self.amount - self.cost

    @property
    def margin_percent(self) -> Decimal | None:
        """Of the price; None where there is no price, or it is 0."""
        return round(self.margin * 100 / self.amount, 1) if self.amount else None


def sell_amount(cost: Decimal, *, recommended: Decimal | None, markup: Decimal | None, currency: str) -> Decimal | None:
    """The price of one unit for one cycle, net, rounded half up to the currency's digits; None: ask for a price."""
    if markup is not None:
        return round_to(cost * (100 + markup) / 100, currency)
    return None if recommended is None else round_to(recommended, currency)


def costings(products: Iterable[Product], *, pricing: Pricing) -> dict[int, list[Costing]]:
    """Product id to its prices, the monthly one first. One query. Products as `catalogue_of` reads them."""
    own = {product.pk: product.own_markup for product in products}
    found: dict[int, list[Costing]] = {key: [] for key in own}
    for price in (
        Price.objects.filter(product__in=list(own), currency=pricing.currency).order_by("cycle") if own else ()
    ):
        markup = pricing.markup_on(own[price.product_id])
        amount = sell_amount(price.amount, recommended=price.recommended, markup=markup, currency=price.currency)
        found[price.product_id].append(Costing(price.cycle, price.currency, price.amount, price.recommended, amount))
    return found


def sell_prices(
    own: dict[int, Decimal | None], costs: Iterable[dict[str, object]], *, pricing: Pricing
) -> dict[int, list[SellPrice]]:
    """The same for customers: only what has a price. `own`: product id to the markup of its listing; `costs`: rows of
    prices in the currency, the monthly ones first."""
    found: dict[int, list[SellPrice]] = {key: [] for key in own}
    for row in costs:
        key, currency = row["product_id"], pricing.currency
        markup = pricing.markup_on(own[key])
        amount = sell_amount(row["amount"], recommended=row["recommended"], markup=markup, currency=currency)
        if amount is not None:
            found[key].append(SellPrice(row["cycle"], currency, amount))
    return found


def read_markup(text: str) -> Decimal | None:
    """The percentage that somebody typed, None where nothing stands. Refuses with markup_invalid."""
    typed = text.strip().removesuffix("%").strip()
    if not typed:
        return None
    if PERCENT.fullmatch(typed) is None or Decimal(typed) > HIGHEST_MARKUP:
        raise Refused("markup_invalid")
    return Decimal(typed).quantize(Decimal("0.01"))


def plain_markup(markup: Decimal | None) -> str:
    """As `read_markup` reads it: 12.5 or 20; nothing for none."""
    return "" if markup is None else f"{markup:.2f}".rstrip("0").rstrip(".")
