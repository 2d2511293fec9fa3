"""What customers are asked for: cost and markup, else the recommended price, else nothing."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plans.money import digits, round_to
from plans.refusals import Refused
from reselling.prices import Costing, Pricing, SellPrice, plain_markup, read_markup, sell_amount

CURRENCIES = st.sampled_from(["EUR", "JPY", "KWD"])
AMOUNTS = st.decimals(min_value=0, max_value=10**12, places=4)
MARKUPS = st.decimals(min_value=0, max_value=1000, places=2)
MAYBE = st.none() | MARKUPS
PATIENT = settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)


def shown(cost, recommended, pricing: Pricing, own) -> Decimal | None:
    return sell_amount(cost, recommended=recommended, markup=pricing.markup_on(own), currency=pricing.currency)


@PATIENT
@given(AMOUNTS, MARKUPS, CURRENCIES)
def test_a_markup_is_exact_and_rounded_half_up(cost, markup, currency):
    exact = Fraction(cost) * (1 + Fraction(markup) / 100) * 10 ** digits(currency)
    price = sell_amount(cost, recommended=None, markup=markup, currency=currency)
    assert price * 10 ** digits(currency) == (2 * exact + 1) // 2
    assert price >= round_to(cost, currency)


@PATIENT
@given(AMOUNTS, st.none() | AMOUNTS, MAYBE, MAYBE, CURRENCIES)
def test_without_own_prices_cost_and_markups_count_for_nothing(cost, recommended, everywhere, own, currency):
    price = shown(cost, recommended, Pricing(currency, False, everywhere), own)
    assert price == (None if recommended is None else round_to(recommended, currency))


@PATIENT
@given(AMOUNTS, st.none() | AMOUNTS, MAYBE, MAYBE)
def test_the_products_own_markup_comes_first(cost, recommended, everywhere, own):
    price = shown(cost, recommended, Pricing("EUR", True, everywhere), own)
    counts = own if own is not None else everywhere
    if counts is None:
        assert price == (None if recommended is None else round_to(recommended, "EUR"))
    else:
        assert price == sell_amount(cost, recommended=None, markup=counts, currency="EUR")


@pytest.mark.parametrize(
    ("cost", "markup", "currency", "price"),
    [
        ("12.40", "0", "EUR", "12.40"),
        ("12.40", "20", "EUR", "14.88"),
        ("0.05", "10", "EUR", "0.06"),  # 0.055
        ("1490", "2.5", "JPY", "1527"),
        ("45.500", "33.33", "KWD", "60.665"),
    ],
)
def test_examples(cost, markup, currency, price):
    assert sell_amount(Decimal(cost), recommended=None, markup=Decimal(markup), currency=currency) == Decimal(price)


def test_what_customers_see_has_no_cost():
    assert SellPrice._fields == ("cycle", "currency", "amount")


def test_a_margin_is_told_of_the_price():
    row = Costing("month", "EUR", Decimal("10.00"), None, Decimal("12.50"))
    assert (row.margin, row.margin_percent) == (Decimal("2.50"), Decimal("20.0"))
    assert Costing("month", "EUR", Decimal(0), None, Decimal(0)).margin_percent is None
    assert Costing("month", "EUR", Decimal(1), None, None).margin is None


@PATIENT
@given(MAYBE)
def test_a_markup_is_read_as_it_is_written(markup):
    assert read_markup(plain_markup(markup)) == markup


@pytest.mark.parametrize("typed", ["-1", "1000.01", "12,5", "1.234", "1e2", "²", "NaN", "9" * 400, "a\0", "½", "1.2.3"])
def test_what_is_no_markup_is_refused(typed):
    with pytest.raises(Refused, match="from 0 to 1,000"):
        read_markup(typed)
