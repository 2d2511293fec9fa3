"""Two doors at the same moment, for one account: fifty times, one of them orders and the other is told why.

The outcome is always one that could have come one after the other. The twin shows what the constraint is for.
"""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest
from django.db import connection
from django.db.models.functions import Now

from notifications.models import Notification
from plans import ordering
from plans.baskets import lines_in, wanted_in
from plans.execution import execute_order
from plans.models import Account, Order
from plans.ordering import Confirmation, order_basket, order_change
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.refusals import Refused
from plans.verify import broken
from tests import cast
from tests.plans.at_once import Outcome, at_once, codes
from tests.plans.test_races import guard_out
from tests.sharing import rounds

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared("postgresql")]  # it has many writers

ROUNDS = rounds(50)
SENTENCE = "An order for a reseller plan is already open: {order}. Wait for it, or mend or cancel it first."


class Doors:
    """Each with its page open and the button in sight: what is returned is the press."""

    def __init__(self, account: Account) -> None:
        self.account_id = account.pk
        self.staff = cast.user("staff@nordwind.example")

    def fresh(self) -> Account:
        return Account.objects.select_related("operator", "account_manager").get(pk=self.account_id)

    def alias(self) -> str | None:
        return None if self.fresh().held().subscription else f"harbor-{self.account_id}"

    def basket(self, key: str):
        account = self.fresh()
        by, alias = cast.buyer_of(account), self.alias()
        held = cast.basket(account, cast.plan_product(account.operator, "standard"))
        shown = preview_order(account, wanted=wanted_in(lines_in(held)), by=by)
        return lambda: order_basket(
            held, account=account, alias=alias, fingerprint=shown.fingerprint, accepted=True, reference="",
            form_key=key, address=None, by=by,
        )  # fmt: skip

    def _change(self, key: str, *, channel: str, by):
        account, alias = self.fresh(), self.alias()
        wanted = Wanted(cast.plan_product(account.operator, "standard"), "year")
        shown = preview_order(account, wanted=[wanted], by=by, channel=channel)
        return lambda: order_change(
            account,
            wanted=wanted,
            alias=alias,
            confirmed=Confirmation(shown.fingerprint, key, accepted=True),
            channel=channel,
            by=by,
        )

    def dialog(self, key: str):
        return self._change(key, channel="shortcut", by=self.staff)

    def subscription(self, key: str):
        return self._change(key, channel="subscription", by=self.staff)

    def own_subscription(self, key: str):
        return self._change(key, channel="storefront", by=cast.buyer_of(self.fresh()))


def pairs() -> list[tuple[str, str]]:
    names = [name for name in vars(Doors) if not name.startswith("_") and name not in ("fresh", "alias")]
    return [(one, other) for one, other in product(names, repeat=2) if one <= other]


def one_has_ordered(outcomes: list[Outcome], account: Account) -> Order:
    assert codes(outcomes) == ["done", "open_order_exists"], outcomes
    [order] = Order.objects.filter(account=account).exclude(state="executed")
    [loser] = [outcome.problem for outcome in outcomes if outcome.problem]
    assert loser.sentence == SENTENCE.format(order=order.number)
    return order


def test_fifty_rounds_of_two_doors():
    operator = cast.distributor()
    won, chosen = Counter(), pairs()
    for number in range(ROUNDS):
        account = cast.reseller(operator, f"Reseller {number}")
        if number % 2:
            account = cast.on_plan(account, "free", alias=f"harbor-{account.pk}")
        doors, names = Doors(account), chosen[number % len(chosen)]
        presses = [getattr(doors, name)(f"door-{account.pk}-{at}") for at, name in enumerate(names)]
        outcomes = at_once(*presses, gate=Order)
        order = one_has_ordered(outcomes, account)
        won[order.channel] += 1
        execute_order(order.pk)
        assert account.subscriptions.active().for_plans().count() == 1
    assert len(won) > 1, won
    Notification.objects.filter(state="queued").update(
        next_attempt_at=Now()
    )  # nobody carries letters here, however long it took
    assert broken() == {}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="there is one writer: nothing comes in between")
def test_who_looked_before_the_other_order_was_carried_out_is_told(monkeypatch):
    """Nothing was in its way when it looked, and nothing is again when it writes: the plan is there already."""
    account = cast.reseller(cast.distributor())
    doors, preview, ordered = Doors(account), ordering.preview_order, []
    late, quick = doors.dialog("late"), doors.basket("quick")

    def order_in_between(*args, **how):
        shown = preview(*args, **how)
        monkeypatch.setattr(ordering, "preview_order", preview)
        with ThreadPoolExecutor(1) as somebody_else:
            ordered.append(somebody_else.submit(carried_out, quick).result())
        return shown

    monkeypatch.setattr(ordering, "preview_order", order_in_between)
    with pytest.raises(Refused) as told:
        late()
    assert told.value.code == "preview_stale"
    assert list(Order.objects.values_list("pk", "state")) == [(ordered[0].pk, "executed")]


def carried_out(press) -> Order:
    try:
        return cast.executed(press())
    finally:
        connection.close()


def test_twin_without_the_constraint_both_order():
    account = cast.reseller(cast.distributor())
    doors = Doors(account)
    with guard_out((Order, "one_open_plan_order")):
        outcomes = at_once(doors.basket("one"), doors.dialog("other"), gate=Order)
        with pytest.raises(AssertionError):
            one_has_ordered(outcomes, account)
        Order.objects.filter(account=account).update(state="cancelled")
