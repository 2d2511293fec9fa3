"""Several workers renew at the same moment: each period begins once, and is charged once."""

from datetime import date

import pytest
import time_machine

from plans.execution import execute_order
from plans.models import Account, Charge, Subscription
from plans.periods import period_end
from plans.renewing import renew_due
from plans.verify import broken
from tests import cast
from tests.sharing import rounds

from .at_once import at_once, without

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared("postgresql")]  # it has many writers
ROUNDS = rounds(50)
SOLD = "2027-01-31T09:00:00+00:00"


def renew() -> int:
    return renew_due(seconds=20)


def ends(*, count: int) -> list[date]:
    """The days on which what was sold on 31 January 2027 renews."""
    found, start = [], date(2027, 1, 31)
    for _ in range(count):
        start = period_end(date(2027, 1, 31), start, "month")
        found.append(start)
    return found


@pytest.fixture
def held():
    """Standard and three products of two resellers."""
    nordwind = cast.distributor()
    with time_machine.travel(SOLD, tick=False):
        tech = cast.on_plan(cast.reseller(nordwind), "standard")
        for n in range(2):
            cast.subscribed(tech, cast.product(nordwind, f"Suite {n}"))
        cast.subscribed(cast.reseller(nordwind, "Harbor"), cast.product(nordwind, "Vault"))
    return nordwind


def test_two_sweepers_on_fifty_days(held):
    for day in ends(count=ROUNDS):
        with time_machine.travel(f"{day}T12:00:00+00:00", tick=True):
            outcomes = at_once(renew, renew)
        assert [outcome.problem for outcome in outcomes] == [None, None]
        with time_machine.travel(f"{day}T12:00:00+00:00", tick=True):
            renew()  # what both had let go because the other one was at it
            assert broken() == {}
        assert set(Subscription.objects.values_list("period_start_on", flat=True)) == {day}
    assert Charge.objects.count() == 4 * (ROUNDS + 1)


def test_three_sweepers_that_were_all_away_for_a_year(held):
    with time_machine.travel("2028-02-02T12:00:00+00:00", tick=True):
        outcomes = at_once(renew, renew, renew)
        assert [outcome.problem for outcome in outcomes] == [None, None, None]
        assert sum(outcome.value for outcome in outcomes) + renew() == 4 * 12
        assert broken() == {}


def test_it_goes_on_beside_an_execution(held):
    """The plan is upgraded on the day on which it renews: the order was first, and so nothing is charged twice."""
    free = cast.reseller(held, "Free One")
    with time_machine.travel(SOLD, tick=False):
        cast.on_plan(free, "free", alias="freeone")
    with time_machine.travel("2027-02-28T12:00:00+00:00", tick=True):
        placed = cast.order_plan(Account.objects.get(pk=free.pk), "standard", alias=None)
        outcomes = at_once(lambda: execute_order(placed.pk), renew, renew)
        assert [outcome.problem for outcome in outcomes] == [None, None, None]
        renew()
        assert broken() == {}
    assert list(free.subscriptions.order_by("pk").values_list("state", "period_end_on")) == [
        ("ended", date(2027, 2, 28)), ("active", date(2027, 3, 28)),
    ]  # fmt: skip


def test_the_promise_stands_behind_it(held):
    """Whoever reads an old period writes nothing: the row has moved on. The constraint says the same of the charge."""
    standard = Subscription.objects.for_plans().get()
    with time_machine.travel("2027-02-28T12:00:00+00:00", tick=True):
        renew()
        Subscription.objects.filter(pk=standard.pk).update(
            period_start_on=standard.period_start_on, period_end_on=standard.period_end_on
        )
        assert renew() == 0
        assert Charge.objects.filter(subscription=standard).count() == 2
        with without((Charge, "one_charge_per_period")):
            assert renew() == 1
            assert Charge.objects.filter(subscription=standard).count() == 3
