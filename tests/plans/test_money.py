"""Money to the last unit: the worked examples of the product, rounding, tax, periods."""

import calendar
from datetime import date, datetime
from decimal import Decimal

import pytest
import time_machine
from hypothesis import given, settings
from hypothesis import strategies as st

from plans import money, periods, pricing
from plans.execution import execute_order
from plans.models import Charge, Plan, Price, Subscription
from plans.verify import broken
from tests import cast

D = Decimal


def on(day: str):
    return time_machine.travel(f"{day}T09:00:00+00:00", tick=False)


def lines_of(account) -> list[tuple[str, Decimal, Decimal]]:
    """What the last order put on the statement: kind, net, tax."""
    last = account.orders.latest("id")
    return list(last.charges.order_by("id").values_list("kind", "net", "tax"))


def renewals(subscription: Subscription, *, count: int) -> list[date]:
    found, start = [], subscription.period_start_on
    for _ in range(count):
        start = periods.period_end(subscription.anchor_on, start, subscription.cycle)
        found.append(start)
    return found


@pytest.fixture
def nordwind(db):
    return cast.distributor()


# --- PRODUCT.md section 4, example by example ---


def test_basic_to_standard_monthly_on_15_nov(nordwind):
    with on("2026-11-15"):
        account = cast.on_plan(cast.reseller(nordwind), "standard")
    order = account.orders.get()
    assert (order.net, order.tax, order.total, order.currency) == (D("149.00"), D("28.31"), D("177.31"), "EUR")
    assert order.preview["taxes"] == [{"text": "VAT 19 %", "rate": "19.000", "tax": "28.31"}]
    assert lines_of(account) == [("charge", D("149.00"), D("28.31"))]
    assert account.held().subscription.period_end_on == date(2026, 12, 15)
    assert broken() == {}


def test_the_same_with_reverse_charge(nordwind):
    with on("2026-11-15"):
        account = cast.on_plan(cast.reseller(nordwind, tax_treatment="reverse_charge"), "standard")
    order = account.orders.get()
    assert (order.net, order.tax, order.total) == (D("149.00"), D(0), D("149.00"))
    assert [tax["text"] for tax in order.preview["taxes"]] == ["Reverse charge"]
    assert Charge.objects.get().tax_text == "Reverse charge"


def test_free_to_standard_monthly_on_3_mar(nordwind):
    with on("2027-02-20"):
        account = cast.on_plan(cast.reseller(nordwind), "free")
    with on("2027-03-03"):
        account = cast.on_plan(account, "standard", alias=None)
    assert lines_of(account) == [("charge", D("149.00"), D("28.31")), ("credit", D("0.00"), D(0))]
    assert account.orders.latest("id").total == D("177.31")
    assert account.held().subscription.period_end_on == date(2027, 4, 3)
    assert broken() == {}


def test_standard_to_a_plan_at_390_after_ten_of_thirty_days(nordwind):
    with on("2026-11-15"):
        account = cast.on_plan(cast.reseller(nordwind), "standard")
    Plan.objects.filter(code="tenant").update(is_offered=True)
    nordwind.products.update(is_sold=True)
    with on("2026-11-25"):
        account = cast.on_plan(account, "tenant", alias=None)
    order = account.orders.latest("id")
    assert [line["net"] for line in order.preview["lines"]] == ["390.00", "-99.33"]
    assert order.preview["lines"][1]["text"] == "Credit: 20 of 30 days not used"
    assert (order.net, order.tax, order.total) == (D("290.67"), D("55.23"), D("345.90"))
    assert sum(tax for _, _, tax in lines_of(account)) == D("55.23")
    assert account.held().subscription.period_end_on == date(2026, 12, 25)
    assert broken() == {}


def test_standard_monthly_from_31_jan_keeps_the_31st(nordwind):
    with on("2027-01-31"):
        account = cast.on_plan(cast.reseller(nordwind), "standard")
    assert renewals(account.held().subscription, count=15) == [
        date(2027, 2, 28), date(2027, 3, 31), date(2027, 4, 30), date(2027, 5, 31), date(2027, 6, 30),
        date(2027, 7, 31), date(2027, 8, 31), date(2027, 9, 30), date(2027, 10, 31), date(2027, 11, 30),
        date(2027, 12, 31), date(2028, 1, 31), date(2028, 2, 29), date(2028, 3, 31), date(2028, 4, 30),
    ]  # fmt: skip


def test_standard_yearly_from_29_feb(nordwind):
    with on("2028-02-29"):
        order = cast.order_plan(cast.reseller(nordwind), "standard", cycle="year")
        execute_order(order.pk)
    subscription = Subscription.objects.get()
    assert (subscription.unit_price, order.net) == (D("1490.00"), D("1490.00"))
    assert renewals(subscription, count=5) == [
        date(2029, 2, 28), date(2030, 2, 28), date(2031, 2, 28), date(2032, 2, 29), date(2033, 2, 28),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "amount", "credit"),
    [("JPY", "22000", "-14667"), ("KWD", "45.500", "-30.333"), ("EUR", "149.00", "-99.33")],
)
def test_ended_by_staff_with_credit_after_ten_of_thirty_days(nordwind, currency, amount, credit):
    product = cast.plan_product(nordwind, "standard")
    Price.objects.update_or_create(product=product, cycle="month", currency=currency, defaults={"amount": D(amount)})
    with on("2027-06-01"):
        account = cast.on_plan(cast.reseller(nordwind, currency=currency), "standard")
    line = pricing.credit_line(account.held().subscription, on=date(2027, 6, 11), currency=currency)
    assert (str(line.net), line.text) == (credit, "Credit: 20 of 30 days not used")
    assert (line.tax_text, line.tax_rate) == ("VAT 19 %", 19)
    assert (line.period_start_on, line.period_end_on) == (date(2027, 6, 11), date(2027, 7, 1))


def test_bought_and_ended_on_the_same_day_is_credited_in_full(nordwind):
    with on("2027-06-01"):
        account = cast.on_plan(cast.reseller(nordwind), "standard")
    line = pricing.credit_line(account.held().subscription, on=date(2027, 6, 1), currency="EUR")
    charge = Charge.objects.get()
    assert (charge.net, line.net) == (D("149.00"), D("-149.00"))
    [tax] = pricing.tax_lines([line], currency="EUR")
    assert (charge.tax, tax.tax) == (D("28.31"), D("-28.31"))
    ended = pricing.credit_line(account.held().subscription, on=date(2027, 7, 1), currency="EUR")
    assert str(ended.net) == "0.00"


def test_a_credit_is_taxed_like_its_charge_when_the_rate_has_changed(nordwind):
    with on("2026-12-15"):
        account = cast.on_plan(cast.reseller(nordwind), "standard")
    Plan.objects.filter(code="tenant").update(is_offered=True)
    nordwind.products.update(is_sold=True)
    nordwind.tax_rate = D(21)
    nordwind.save()
    with on("2026-12-25"):
        account = cast.on_plan(account, "tenant", alias=None)
    # 21 of 31 days of 149.00 are 100.94; 19 % of them are 19.18; 21 % of 390.00 are 81.90
    assert lines_of(account) == [("charge", D(390), D("81.90")), ("credit", D("-100.94"), D("-19.18"))]
    taxes = account.orders.latest("id").preview["taxes"]
    assert [(tax["text"], tax["tax"]) for tax in taxes] == [("VAT 21 %", "81.90"), ("VAT 19 %", "-19.18")]
    assert broken() == {}


def test_the_day_is_the_operators(nordwind):
    with time_machine.travel("2026-11-14T23:30:00+00:00", tick=False):
        assert periods.today(nordwind) == date(2026, 11, 15)
        account = cast.on_plan(cast.reseller(nordwind), "standard")
    assert account.held().subscription.anchor_on == date(2026, 11, 15)
    west = cast.distributor("Sudlicht", host="sudlicht.test", time_zone="America/Los_Angeles")
    assert periods.today(west, now=datetime.fromisoformat("2026-11-15T07:59:00+00:00")) == date(2026, 11, 14)


# --- rounding, tax and periods, over everything ---


@pytest.mark.parametrize(
    ("amount", "currency", "long", "short"),
    [
        ("149", "EUR", "€149.00", "€149"),
        ("149.5", "EUR", "€149.50", "€149.50"),
        ("-99.325", "EUR", "-€99.33", "-€99.33"),
        ("0", "EUR", "€0.00", "€0"),
        ("-0.001", "EUR", "€0.00", "€0"),
        ("22000", "JPY", "JPY 22,000", "JPY 22,000"),
        ("45.5", "KWD", "KWD 45.500", "KWD 45.500"),
        ("1234567.895", "USD", "$1,234,567.90", "$1,234,567.90"),
    ],
)
def test_how_money_is_read(amount, currency, long, short):
    assert (money.display(D(amount), currency), money.display(D(amount), currency, short=True)) == (long, short)


amounts = st.decimals(min_value=0, max_value=10**9, places=4)
currencies = st.sampled_from(["EUR", "JPY", "KWD"])
quick = settings(max_examples=200, deadline=None)


@given(amount=amounts, currency=currencies)
@quick
def test_rounding_is_half_up_to_the_smallest_unit_and_the_same_for_credits(amount, currency):
    unit = D(1).scaleb(-{"EUR": 2, "JPY": 0, "KWD": 3}[currency])
    rounded = money.round_to(amount, currency)
    assert rounded % unit == 0
    assert -unit / 2 <= amount - rounded < unit / 2
    assert money.round_to(-amount, currency) == -rounded


rates = st.sampled_from([(D(19), "VAT 19 %"), (D(7), "VAT 7 %"), (D("8.1"), "VAT 8.1 %"), (D(0), "Reverse charge")])


@given(nets=st.lists(st.tuples(amounts, st.booleans(), rates), min_size=1, max_size=6), currency=currencies)
@quick
def test_the_tax_of_the_lines_is_the_tax_of_the_order(nets, currency):
    day = date(2027, 1, 1)
    lines = [
        pricing.Line(
            "credit" if back else "charge", "", money.round_to(-net if back else net, currency), *rate, day, day
        )
        for net, back, rate in nets
    ]
    taxes = pricing.tax_lines(lines, currency=currency)
    shares = pricing.tax_shares(lines, taxes, currency=currency)
    for tax in taxes:
        mine = [i for i, line in enumerate(lines) if line.tax_text == tax.text]
        exact = sum(lines[i].net for i in mine) * tax.rate / 100
        assert sum(shares[i] for i in mine) == tax.tax == money.round_to(exact, currency)


@given(anchor=st.dates(date(2026, 1, 1), date(2040, 12, 31)), cycle=st.sampled_from(["month", "year"]))
@quick
def test_renewals_keep_the_anchor_day_for_years(anchor, cycle):
    start = anchor
    for number in range(1, 40):
        end = periods.period_end(anchor, start, cycle)
        months = anchor.year * 12 + anchor.month - 1 + number * (12 if cycle == "year" else 1)
        last = calendar.monthrange(months // 12, months % 12 + 1)[1]
        assert end == date(months // 12, months % 12 + 1, min(anchor.day, last))
        assert end > start
        start = end
