"""Execute beside the pencil and beside Cancel, at the same moment, fifty times: one of the serial outcomes, and who
comes too late reads why."""

import pytest

from plans.mending import add_item, amend_item, cancel_order
from plans.models import Account, AliasClaim, Order, OrderItem
from plans.ordering import draft_order, place_order
from plans.preview import Wanted
from plans.verify import broken
from tests import cast
from tests.sharing import rounds

from .at_once import at_once

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared("postgresql")]  # it has many writers
ROUNDS = rounds(50)


@pytest.fixture
def account():
    made = cast.reseller(cast.distributor())
    return Account.objects.select_related("operator", "account_manager").get(pk=made.pk)


def a_draft(account: Account, staff) -> Order:
    wanted = [Wanted(cast.plan_product(account.operator, "standard"))]
    return draft_order(account, wanted=wanted, channel="bss_order", by=staff, alias="harbor")


def press_execute(order: Order, staff):
    """With what the page shows now."""
    seen = Order.objects.get(pk=order.pk).fingerprint
    return lambda: place_order(Order.objects.get(pk=order.pk), by=staff, fingerprint=seen)


def clear_away(staff) -> None:
    for order in Order.objects.filter(state__in=["draft", "placed"]):
        cancel_order(order, by=staff)
    assert AliasClaim.objects.count() == 0


def test_execute_and_edit(account):
    staff = cast.user("ops@nordwind.example")
    for number in range(ROUNDS):
        order = a_draft(account, staff)
        item = order.items.get()
        hands = [lambda: amend_item(item, alias="kestrel", by=staff), press_execute(order, staff)]  # noqa: B023
        if number % 2:
            placed, amended = at_once(*hands[::-1], gate=OrderItem)
        else:
            amended, placed = at_once(*hands, gate=OrderItem)
        assert (amended.code, placed.code) in [("done", "done"), ("order_locked", "done")]
        order.refresh_from_db()
        alias = "kestrel" if amended.code == "done" else "harbor"
        assert (order.state, order.items.get().alias, order.preview["alias"]) == ("placed", alias, alias)
        if amended.problem:
            assert amended.problem.sentence == f"The order {order.number} is queued and can’t be changed."
        assert list(AliasClaim.objects.values_list("alias", "held_until")) == [(alias, None)]
        clear_away(staff)
    assert broken() == {}


def test_execute_and_add_a_product(account):
    """The other one is executed without it, or what was shown is no longer so: never ordered unseen."""
    staff, suite = cast.user("ops@nordwind.example"), cast.product(account.operator)
    for _ in range(10):
        order = a_draft(account, staff)
        added, placed = at_once(
            lambda: add_item(order, product=suite, cycle="month", by=staff),  # noqa: B023
            press_execute(order, staff),
            gate=OrderItem,
        )
        assert (added.code, placed.code) in [("done", "preview_stale"), ("order_locked", "done")]
        order.refresh_from_db()
        assert (order.state, order.items.count()) == (("draft", 2) if added.code == "done" else ("placed", 1))
        clear_away(staff)
    assert broken() == {}


def test_execute_and_cancel(account):
    staff = cast.user("ops@nordwind.example")
    for number in range(ROUNDS):
        order = a_draft(account, staff)
        hands = [lambda: cancel_order(Order.objects.get(pk=order.pk), by=staff), press_execute(order, staff)]  # noqa: B023
        if number % 2:
            placed, cancelled = at_once(*hands[::-1], gate=Order)
        else:
            cancelled, placed = at_once(*hands, gate=Order)
        assert (cancelled.code, placed.code) in [("done", "done"), ("done", "order_locked")]
        order.refresh_from_db()
        assert (order.state, AliasClaim.objects.count()) == ("cancelled", 0)
        if placed.problem:
            assert placed.problem.sentence == f"The order {order.number} is cancelled and can’t be changed."
        verbs = list(order.activities.order_by("id").values_list("verb", flat=True))
        expected = ["order.place"] if placed.code == "done" else []
        assert verbs == ["order.drafted", *expected, "order.cancel"]
    assert broken() == {}
