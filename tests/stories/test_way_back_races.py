"""The way back, raced: what is undone in the moment it falls due, cancelled while it is upgraded, undone twice.

Each race is run fifty times. Its outcome is one that could have come one after the other, and the loser reads why.
"""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db.models.functions import Now

from notifications.models import Notification
from plans import due_changes
from plans.changing_down import change_down, withdraw_change
from plans.due_changes import carry_out_due
from plans.execution import execute_order
from plans.models import Account, Charge, Order, PendingChange, Plan, Subscription
from plans.ordering import Confirmation, order_change
from plans.preview import Timing, Wanted
from plans.previewing import preview_order
from plans.previewing_down import preview_down
from plans.renewing import renew_due
from plans.verify import broken
from tests import cast
from tests.plans.at_once import at_once, codes
from tests.sharing import rounds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared("postgresql")]  # it has many writers

ROUNDS, SOME = rounds(50), rounds(40)
BEGUN = datetime(2027, 1, 15, 9, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(BEGUN, tick=True) as moved:
        yield moved


class Reseller:
    """One reseller on a plan; each verb looks at its page now, and gives back the press of its button."""

    def __init__(self, operator, number: int, *, code: str) -> None:
        self.alias = f"harbor-{number}"
        self.pk = cast.on_plan(cast.reseller(operator, f"Reseller {number}"), code, alias=self.alias).pk

    @property
    def account(self) -> Account:
        return Account.objects.select_related("operator", "account_manager").get(pk=self.pk)

    @property
    def subscription(self) -> Subscription:
        held = Subscription.objects.active().for_plans()
        return held.select_related("account__operator", "account__account_manager", "plan").get(account=self.pk)

    def down(self, to: str = "basic", *, when: str = "now", key: str = "down"):
        account, by = self.account, cast.buyer_of(self.account)
        to_plan = Plan.objects.get(operator=account.operator, code=to)
        asked = {"to_plan": to_plan, "timing": Timing(when), "channel": "storefront", "by": by}
        shown = preview_down(account, **asked).fingerprint
        confirmed = Confirmation(shown, f"{self.pk}-{key}")
        return lambda: change_down(account, confirmed=confirmed, typed_alias=self.alias, **asked)

    def up(self):
        account, by = self.account, cast.user("staff@nordwind.example")
        asked = {"alias": None, "channel": "subscription", "by": by}
        wanted = Wanted(cast.plan_product(account.operator, "standard"))
        shown = preview_order(account, wanted=[wanted], **asked).fingerprint
        confirmed = Confirmation(shown, f"{self.pk}-up")
        return lambda: order_change(account, wanted=wanted, confirmed=confirmed, **asked)

    def keep(self):
        subscription = self.subscription
        return lambda: withdraw_change(subscription, channel="storefront", by=cast.buyer_of(subscription.account))

    @property
    def orders(self) -> list[Order]:
        """Those after the one that it began with."""
        return list(Order.objects.filter(account=self.pk).order_by("pk")[1:])


def all_is_well() -> None:
    Notification.objects.filter(state="queued").update(next_attempt_at=Now())  # nobody carries letters here
    assert broken() == {}


def undone_or_done(reseller: Reseller, outcomes) -> str:
    """Either it was undone, and nothing happened; or its order was made once, and who wanted to undo it reads so."""
    kept, *swept = outcomes
    assert [one.problem for one in swept] == [None] * len(swept)
    assert not PendingChange.objects.filter(subscription__account=reseller.pk).exists()
    made = [order.change for order in reseller.orders]
    assert (kept.code, made, sum(one.value for one in swept)) in [("done", [], 0), ("change_gone", ["cancel"], 1)]
    return kept.code


def test_undone_in_the_moment_in_which_it_falls_due(clock):
    operator, seen = cast.distributor(), Counter()
    for number in range(ROUNDS):
        clock.move_to(BEGUN)
        reseller = Reseller(operator, number, code="standard")
        reseller.down(when="period_end")()
        clock.move_to(BEGUN + timedelta(days=31))
        presses = [reseller.keep(), carry_out_due, carry_out_due]
        seen[undone_or_done(reseller, at_once(*presses, gate=PendingChange if number % 2 else None))] += 1
        for order in reseller.orders:
            execute_order(order.pk)
        renew_due(seconds=20)
    assert set(seen) == {"done", "change_gone"}, seen
    all_is_well()


def test_twin_where_the_row_decides_nothing(clock, monkeypatch):
    """With the change left where it is, two sweepers make two orders, or one makes it and it is undone as well."""
    reseller = Reseller(cast.distributor(), 1, code="standard")
    reseller.down(when="period_end")()
    clock.move_to(BEGUN + timedelta(days=31))

    def without_deciding(change_id: int):
        found = PendingChange.objects.select_related("to_plan", "subscription__plan", "subscription__account__operator")
        change = found.get(pk=change_id)
        return due_changes._ordered(change, change.subscription.account)

    monkeypatch.setattr(due_changes, "carry_out", without_deciding)
    outcomes = at_once(reseller.keep(), carry_out_due, gate=PendingChange)
    with pytest.raises(AssertionError):
        undone_or_done(reseller, outcomes)


def test_two_who_undo_at_once(clock):
    reseller = Reseller(cast.distributor(), 1, code="standard")
    for number in range(ROUNDS):
        reseller.down(when="period_end", key=f"down-{number}")()
        gate = PendingChange if number % 2 else None
        assert codes(at_once(reseller.keep(), reseller.keep(), gate=gate)) == ["change_gone", "done"]
    assert Notification.objects.filter(template_code="change_withdrawn").count() == ROUNDS
    all_is_well()


def test_cancelled_now_and_upgraded_at_once(clock):
    operator, seen = cast.distributor(), Counter()
    for number in range(ROUNDS):
        reseller = Reseller(operator, number, code="free")
        presses = [reseller.down(), reseller.up()]
        outcomes = at_once(*(presses if number % 4 < 2 else reversed(presses)), gate=Order if number % 2 else None)
        assert codes(outcomes) == ["done", "open_order_exists"], outcomes
        [order] = reseller.orders
        execute_order(order.pk)
        plans = list(Subscription.objects.active().for_plans().filter(account=reseller.pk).values_list("plan__code"))
        assert plans == ([("standard",)] if order.change == "upgrade" else [])
        seen[order.change] += 1
    assert set(seen) == {"upgrade", "cancel"}, seen
    all_is_well()


def test_scheduled_and_upgraded_at_once(clock):
    """Whoever comes second finds the other one's, and says so: nothing is both on its way up and about to end."""
    operator, seen = cast.distributor(), Counter()
    for number in range(SOME):
        reseller = Reseller(operator, number, code="free")
        presses = [reseller.down(when="period_end"), reseller.up()]
        outcomes = at_once(*(presses if number % 4 < 2 else reversed(presses)), gate=Order if number % 2 else None)
        found = codes(outcomes)
        assert found in (["done", "open_order_exists"], ["done", "pending_change_exists"]), outcomes
        waits = PendingChange.objects.filter(subscription__account=reseller.pk).count()
        assert (waits, len(reseller.orders)) == ((0, 1) if "open_order_exists" in found else (1, 0))
        seen[found[1]] += 1
        for order in reseller.orders:
            execute_order(order.pk)
    assert set(seen) == {"open_order_exists", "pending_change_exists"}, seen
    all_is_well()


def test_renewed_and_ended_at_once(clock):
    """On its last day a plan is renewed, or it is ended: never charged for a period that it does not run."""
    operator, seen = cast.distributor(), Counter()
    for number in range(SOME):
        clock.move_to(BEGUN)
        reseller = Reseller(operator, number, code="standard")
        clock.move_to(BEGUN + timedelta(days=31))
        when = "period_end" if number % 4 < 2 else "now"
        outcomes = at_once(reseller.down(when=when), lambda: renew_due(seconds=20), gate=Charge if number % 2 else None)
        assert outcomes[0].code in ("done", "preview_stale") and outcomes[1].problem is None, outcomes
        assert carry_out_due() <= 1
        for order in reseller.orders:
            execute_order(order.pk)
            order.refresh_from_db()
            assert (order.state, order.error_code) == ("executed", "")
        renew_due(seconds=20)
        charged = Charge.objects.filter(account=reseller.pk, kind="charge", period_start_on="2027-02-15").count()
        assert charged == (0 if outcomes[0].code == "done" else 1)
        seen[outcomes[0].code] += 1
    assert "done" in seen, seen
    all_is_well()
