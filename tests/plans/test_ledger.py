"""Whatever happens to an account, its statement is what a bookkeeper would have written, day by day."""

from dataclasses import astuple
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from plans.models import Charge
from plans.preview import Timing
from plans.statements import balances_of, oldest_first, statement_of
from plans.verify import broken
from tests import cast

from .ledger import DAY, Ledger, Line
from .trading import at, buy, buy_plan, leave, look, noon, offer_all, priced

LADDER = ("basic", "free", "standard", "tenant")
TIMINGS = {
    "down with credit": Timing("now", with_credit=True),
    "down": Timing("now"),
    "down later": Timing("period_end"),
}
MONEY = st.sampled_from([("EUR", "19"), ("EUR", "8.1"), ("EUR", "reverse"), ("JPY", "10"), ("KWD", "5")])
ZONES = st.sampled_from(["Europe/Berlin", "Pacific/Kiritimati", "America/Los_Angeles"])
# Days with an end of a month, or 29 February, near; then any day.
STARTS = st.one_of(
    st.sampled_from([date(2027, 1, 31), date(2027, 1, 30), date(2028, 1, 31), date(2028, 2, 29), date(2027, 12, 31)]),
    st.dates(date(2027, 1, 1), date(2029, 12, 31)),
)
PRICES = st.integers(0, 500_000)
CYCLES = st.sampled_from(["month", "month", "month", "year"])
# What happens next: so many days pass, and then somebody looks who renews, or buys.
ACTS = st.sampled_from(["look", "look", "up", "up", "seats", *TIMINGS])
STEPS = st.lists(st.tuples(st.integers(0, 70), ACTS, PRICES, CYCLES, st.integers(1, 40)), min_size=1, max_size=8)
# Free on the first day, Standard two months later, Tenant three months after that; nobody renewed for 100 days between.
# Then down again: with credit, at the end of a period that nobody renews, and to nothing.
THE_WHOLE_LADDER = [
    (0, "up", 0, "month", 1),
    (59, "look", 0, "month", 1),
    (3, "up", 14900, "month", 1),
    (100, "look", 0, "month", 1),
    (5, "up", 39000, "month", 1),
    (11, "down with credit", 14900, "month", 1),
    (2, "down later", 0, "month", 1),
    (70, "look", 0, "month", 1),
    (1, "down", 0, "month", 1),
    (9, "up", 0, "month", 1),
]


def amount(units: int, currency: str) -> str:
    """A price of so many of the smallest units."""
    digits = {"EUR": 2, "JPY": 0, "KWD": 3}[currency]
    return f"{units / 10**digits:.{digits}f}"


@pytest.mark.shared
@pytest.mark.django_db
@given(money=MONEY, zone=ZONES, start=STARTS, steps=STEPS)
@example(("EUR", "19"), "Europe/Berlin", date(2027, 1, 31), THE_WHOLE_LADDER)
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_the_statement_is_what_was_kept_by_hand(money, zone, start, steps):
    with transaction.atomic():
        _tell(money, zone, start, steps)
        transaction.set_rollback(True)


def _tell(money, zone, start, steps) -> None:
    currency, tax = money
    operator = cast.distributor(time_zone=zone, tax_rate="0" if tax == "reverse" else tax)
    treatment = "reverse_charge" if tax == "reverse" else "normal"
    account = cast.reseller(operator, currency=currency, tax_treatment=treatment)
    offer_all(operator)
    ledger, day = Ledger(currency, Fraction(0 if tax == "reverse" else tax)), start
    for days, act, units, cycle, quantity in steps:
        day += days * DAY
        price = amount(units, currency)
        with at(noon(day, zone)):
            _act(account, ledger, act, on=day, price=price, cycle=cycle, quantity=quantity)
    with at(noon(day + timedelta(days=400), zone)):
        look()
        ledger.look(on=day + timedelta(days=400))
        assert broken() == {}
    _judge(account, ledger)


def _act(account, ledger: Ledger, act: str, *, on: date, price: str, cycle: str, quantity: int) -> None:
    """The same in the stories and by hand. What cannot be done now is not done."""
    place = LADDER.index(held_by(account))
    if act == "look":
        look()
        ledger.look(on=on)
    elif act == "seats":
        seats = cast.product(account.operator, f"Seats {len(ledger.held)}")
        buy(
            account, priced(seats, cycle=cycle, currency=account.currency, amount=price), cycle=cycle, quantity=quantity
        )
        ledger.buy(price, cycle=cycle, on=on, quantity=quantity)
    elif ledger.leaving is not None:
        return  # a change waits: there is no other one before it
    elif act == "up" and place + 1 < len(LADDER):
        buy_plan(account, LADDER[place + 1], cycle=cycle, price=price)
        ledger.upgrade(price, cycle=cycle, on=on)
    elif act in TIMINGS and place:
        _leave(account, ledger, TIMINGS[act], code=LADDER[place - 1], on=on, price=price, cycle=cycle)


def _leave(account, ledger: Ledger, timing: Timing, *, code: str, on: date, price: str, cycle: str) -> None:
    costs = price if code != "basic" else None
    leave(account, code, timing=timing, cycle=cycle, price=costs or "")
    if timing.is_later:
        ledger.leave_later(costs, cycle=cycle)
    else:
        ledger.leave(costs, cycle=cycle, on=on, with_credit=timing.with_credit)


def held_by(account) -> str:
    return type(account).objects.get(pk=account.pk).held().plan.code


def _judge(account, ledger: Ledger) -> None:
    written = [
        Line(charge.kind, charge.net, charge.tax, charge.period_start_on, charge.period_end_on)
        for charge in Charge.objects.order_by("pk")
    ]
    assert sorted(written, key=astuple) == sorted(ledger.lines, key=astuple)
    total = sum(line.net + line.tax for line in ledger.lines)
    assert [(one.currency, one.total) for one in balances_of(account)] == [(ledger.currency, total)] * bool(written)
    assert [entry.balance for entry in oldest_first(statement_of(account).order_by("pk"))][-1:] == [total] * bool(
        written
    )
