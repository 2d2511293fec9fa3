"""Everybody comes at once, and too late: one execution, one letter. Twins show which guard it is that holds."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction
from django.db.models import Q

from notifications.models.notification import NotificationQuerySet
from notifications.post import post_all
from plans import execution, letters, upgrading
from plans.baskets import lines_in, wanted_in
from plans.execution import LeaseLost, carry_out, claim, execute_order
from plans.models import Account, Order, Subscription
from plans.ordering import order_basket
from plans.previewing import preview_order
from plans.verify import broken
from tests import cast

from .judge import complaints
from .passing_time import recover, time_passes
from .promises import without

pytestmark = pytest.mark.django_db(transaction=True)


def ten_at_once(call: Callable[[], object]) -> list[BaseException]:
    """Ten threads at a barrier, each with a connection of its own; what they raised."""
    barrier = threading.Barrier(10)

    def one() -> None:
        barrier.wait()
        try:
            call()
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        return [problem for each in [pool.submit(one) for _ in range(10)] if (problem := each.exception())]


def order_suite(account: Account) -> Order:
    """An order without a plan: fewer promises of the database stand behind it."""
    account = Account.objects.select_related("operator").get(pk=account.pk)
    basket, by = cast.basket(account, cast.product(account.operator)), cast.buyer_of(account)
    shown = preview_order(account, wanted=wanted_in(lines_in(basket)), by=by)
    return order_basket(
        basket, account=account, alias=None, fingerprint=shown.fingerprint, accepted=False, reference="",
        form_key="suite", address=None, by=by,
    )  # fmt: skip


# --- The same message many times ---


def executed_by_ten(order: Order, *, mails: list) -> list[str]:
    problems = [repr(problem) for problem in ten_at_once(lambda: execute_order(order.pk))]
    recover(order, by_hand=True, rounds=3)
    return problems + complaints(order, mails=mails, attempts=1)


def test_ten_workers_at_once_are_one_execution(reseller, journal):
    assert executed_by_ten(cast.order_plan(reseller), mails=journal) == []


def test_twin_whoever_comes_may_claim(reseller, journal, monkeypatch):
    monkeypatch.setattr(execution, "DUE", Q())
    assert executed_by_ten(cast.order_plan(reseller), mails=journal) != []


# --- A worker that is so slow that somebody else has its order ---


def carried_out_twice(order: Order, *, mails: list) -> list[str]:
    """The slow worker had claimed the order, and comes to itself after the next one has executed it."""
    slow = claim(order.pk)
    time_passes()
    carry_out(claim(order.pk))
    found = []
    try:
        carry_out(slow)
        found.append("the slow worker was not told")
    except LeaseLost:
        pass
    recover(order, by_hand=True, rounds=3)
    return found + complaints(order, mails=mails, attempts=2)


@pytest.mark.parametrize("order_it", [cast.order_plan, order_suite])
def test_a_lost_lease_is_noticed(order_it, reseller, journal):
    assert carried_out_twice(order_it(reseller), mails=journal) == []


def test_twin_the_lease_is_not_asked_for(reseller, journal, monkeypatch):
    """Without the lease only the constraints stand there; without them, too, there are two of everything."""
    order = order_suite(reseller)

    def take_it(lease):
        mine = Order.objects.filter(pk=lease.order_id)
        mine.update(state="executing", lease_owner=lease.owner, lease_until=execution.in_seconds(30), executed_at=None)
        order = mine.select_related("to_plan", "from_plan", "placed_by").get()
        return order, Account.objects.select_related("operator", "account_manager").get(pk=order.account_id)

    monkeypatch.setattr(execution, "_locked", take_it)
    with without(Subscription, constraints=("subscription_number_unique",), one_to_one=("order_item",)):
        found = carried_out_twice(order, mails=journal)
    assert "2 subscriptions of 1 items" in found
    assert "the slow worker was not told" in found


# --- The same letter many times ---


def told_by_ten(order: Order, *, mails: list) -> list[str]:
    account = Account.objects.select_related("operator", "account_manager").get(pk=order.account_id)

    def tell() -> None:
        with transaction.atomic():
            post_all(letters.order_received(order, account=account), operator_id=order.operator_id)

    execute_order(order.pk)
    order.refresh_from_db()
    problems = [repr(problem) for problem in ten_at_once(tell)]
    recover(order, by_hand=True, rounds=3)
    return problems + complaints(order, mails=mails, attempts=1)


def test_a_letter_told_ten_times_more_is_one_letter(reseller, journal):
    assert told_by_ten(order_suite(reseller), mails=journal) == []


def test_twin_every_letter_has_a_key_of_its_own(reseller, journal, monkeypatch):
    write = NotificationQuerySet.bulk_create

    def write_strange_keys(self, rows, **options):
        for row in rows:
            row.key += f":{row.message_id}"
        return write(self, rows, **options)

    monkeypatch.setattr(NotificationQuerySet, "bulk_create", write_strange_keys)
    found = told_by_ten(order_suite(reseller), mails=journal)
    assert "11 letters order_received to owner@techsolutions.example" in found


# --- One active plan, whatever the code believes ---


def second_active_plan(account: Account, monkeypatch) -> list[str]:
    """A story that forgets to end what the account had."""
    execute_order(cast.order_plan(account, "free").pk)
    order = cast.order_plan(account, "standard", alias=None)
    with monkeypatch.context() as forgetful:
        forgetful.setattr(upgrading, "end_subscription", lambda subscription, *, reason: None)
        execute_order(order.pk)
    active = Subscription.objects.active().for_plans().filter(account=account).count()
    return ([] if active == 1 else [f"{active} active plans"]) + [name.split()[0] for name in broken()]


def test_the_database_keeps_a_second_active_plan_out(reseller, monkeypatch):
    assert second_active_plan(reseller, monkeypatch) == []


def test_twin_the_database_promises_nothing(reseller, monkeypatch):
    with without(Subscription, constraints=("one_active_plan_subscription",)):
        assert second_active_plan(reseller, monkeypatch) == ["2 active plans", "I3"]
