"""Two people, two tabs or a worker at the same order, at the same moment: one of them wins, the other is told why.

Each race is judged by a function. Its twin runs the same race with a guard taken out, and the judge turns red: on
PostgreSQL a constraint, on SQLite the transactions that begin as writers.
"""

from contextlib import contextmanager

import pytest
from django.db import connection, connections, transaction

from plans import mending
from plans.baskets import lines_in, wanted_in
from plans.execution import _locked, claim, execute_order
from plans.mending import amend_item, cancel_order, retry_order
from plans.models import MOVES, Account, AliasClaim, Order, OrderItem, Storefront, Subscription, TermsAcceptance
from plans.ordering import draft_order, order_basket, place_order
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.refusals import Refused
from plans.verify import broken
from tests import cast

from .at_once import Outcome, at_once, codes, without

pytestmark = pytest.mark.django_db(transaction=True)

CLICKS = 20


def fresh(account: Account) -> Account:
    return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)


def click(account: Account, *products, form_key: str, alias: str | None = "harbor"):
    """The button of the checkout as it is shown now, not pressed yet."""
    account, by = fresh(account), cast.buyer_of(account)
    basket = cast.basket(account, *products) if products else by.baskets.get()
    shown = preview_order(account, wanted=wanted_in(lines_in(basket)), by=by)
    return lambda: order_basket(
        basket, account=account, alias=alias, fingerprint=shown.fingerprint, accepted=True, reference="",
        form_key=form_key, address="192.0.2.7", by=by,
    )  # fmt: skip


@contextmanager
def transactions_that_begin_as_readers():
    """SQLite as Django would have it: a transaction becomes a writer only when it writes."""
    options = connections.settings["default"]["OPTIONS"]
    before = options.pop("transaction_mode")
    try:
        yield
    finally:
        options["transaction_mode"] = before


def guard_out(*promises):
    return without(*promises) if connection.vendor == "postgresql" else transactions_that_begin_as_readers()


@contextmanager
def without_form_keys():
    """A form key may be there twice. (On SQLite the transactions do it.)"""
    if connection.vendor != "postgresql":
        with transactions_that_begin_as_readers():
            yield
        return
    column = Order._meta.get_field("form_key")
    several = column.clone()
    several._unique = False
    several.set_attributes_from_name("form_key")
    with connection.schema_editor() as editor:
        editor.alter_field(Order, column, several)
    try:
        yield
    finally:
        Order.objects.update(form_key=None)
        with connection.schema_editor() as editor:
            editor.alter_field(Order, several, column)


# --- a double click ---


def one_order_for_all_clicks(outcomes: list[Outcome]) -> None:
    assert codes(outcomes) == ["done"] * CLICKS
    assert Order.objects.count() == 1
    order = Order.objects.get()
    assert {outcome.value.pk for outcome in outcomes} == {order.pk}
    assert order.state == "placed"
    assert order.activities.filter(verb="order.place").count() == 1


def test_twenty_clicks_on_a_plan_are_one_order():
    account = cast.reseller(cast.distributor())
    press = click(account, cast.plan_product(account.operator, "standard"), form_key="one")
    one_order_for_all_clicks(at_once(*[press] * CLICKS, gate=Order))
    assert (TermsAcceptance.objects.count(), AliasClaim.objects.get().held_until) == (1, None)
    assert press().pk == Order.objects.get().pk  # and once more, later: back, and sent again
    execute_order(Order.objects.get().pk)
    assert press().pk == Order.objects.get().pk
    assert broken() == {}


def test_twenty_clicks_on_a_product_are_one_order():
    account = cast.reseller(cast.distributor())
    press = click(account, cast.product(account.operator), form_key="one", alias=None)
    one_order_for_all_clicks(at_once(*[press] * CLICKS, gate=Order))


def test_twin_without_form_keys_many_orders():
    account = cast.reseller(cast.distributor())
    press = click(account, cast.product(account.operator), form_key="one", alias=None)
    with without_form_keys():
        outcomes = at_once(*[press] * CLICKS, gate=Order)
        with pytest.raises(AssertionError):
            one_order_for_all_clicks(outcomes)


# --- two tabs, two doors: two plan orders of one account ---


def one_plan_order_and_the_other_is_told(outcomes: list[Outcome]) -> None:
    assert codes(outcomes) == ["done"] + ["open_order_exists"] * (len(outcomes) - 1)
    winner = next(outcome.value for outcome in outcomes if outcome.code == "done")
    assert Order.objects.open_plan_orders().count() == 1
    standing = Order.objects.open_plan_orders().get()
    assert standing.pk == winner.pk
    for loser in (outcome.problem for outcome in outcomes if outcome.problem):
        assert (loser.sentence, loser.mend) == (
            f"An order for a reseller plan is already open: {standing.number}. "
            "Wait for it, or mend or cancel it first.",
            "order",
        )


def two_tabs(account: Account) -> list[Outcome]:
    first = click(account, cast.plan_product(account.operator, "standard"), form_key="one")
    return at_once(first, click(account, form_key="two", alias="alpine"), gate=Order)


def two_drafts(account: Account, *, channel: str = "bss_order") -> list[Order]:
    wanted = [Wanted(cast.plan_product(account.operator, "standard"))]
    staff = cast.user("ops@nordwind.example")
    return [
        draft_order(fresh(account), wanted=wanted, channel=channel, by=staff, alias=alias)
        for alias in ("harbor", "alpine")
    ]


def place_both(account: Account) -> list[Outcome]:
    by = cast.user("ops@nordwind.example")
    return at_once(*(lambda order=order: place_order(order, by=by) for order in two_drafts(account)), gate=OrderItem)


@pytest.mark.parametrize("race", [two_tabs, place_both])
def test_two_plan_orders_of_one_account_at_once(race):
    account = cast.reseller(cast.distributor())
    one_plan_order_and_the_other_is_told(race(account))
    execute_order(Order.objects.open_plan_orders().get().pk)
    assert (Subscription.objects.count(), Storefront.objects.filter(is_own=False).count()) == (1, 1)
    assert broken() == {}


@pytest.mark.parametrize("race", [two_tabs, place_both])
def test_twin_without_the_promise_of_one_open_order(race):
    account = cast.reseller(cast.distributor())
    with guard_out((Order, "one_open_plan_order")):
        outcomes = race(account)
        with pytest.raises(AssertionError):
            one_plan_order_and_the_other_is_told(outcomes)


def test_a_second_tab_a_moment_later_is_told_of_the_order_and_not_that_the_basket_is_empty():
    account = cast.reseller(cast.distributor())
    first = click(account, cast.plan_product(account.operator, "standard"), form_key="one")
    second = click(account, form_key="two", alias="alpine")
    placed = first()
    with pytest.raises(Refused) as refused:
        second()
    assert (refused.value.code, refused.value.values) == ("open_order_exists", {"order": placed.number})


def test_from_free_to_standard_by_staff_and_by_the_reseller_at_once():
    """One new subscription; the old one is superseded once."""
    account = cast.on_plan(cast.reseller(cast.distributor()), "free", alias="harbor")
    standard, staff = cast.plan_product(account.operator, "standard"), cast.user("ops@nordwind.example")
    draft = draft_order(account, wanted=[Wanted(standard)], channel="bss_order", by=staff)
    outcomes = at_once(
        click(account, standard, form_key="one", alias=None), lambda: place_order(draft, by=staff), gate=Order
    )
    one_plan_order_and_the_other_is_told(outcomes)
    execute_order(Order.objects.open_plan_orders().get().pk)
    old, new = Subscription.objects.order_by("id")
    assert (old.state, old.end_reason, new.state, new.replaces) == ("ended", "superseded", "active", old)
    assert broken() == {}


# --- one order, two hands ---


def executed_or_cancelled(order: Order) -> None:
    """One of the two happened, whole; nothing of the other."""
    order.refresh_from_db()
    effects = (Subscription.objects.count(), Storefront.objects.filter(is_own=False).count())
    assert (order.state, effects) in [("executed", (1, 1)), ("cancelled", (0, 0))]
    assert set(AliasClaim.objects.values_list("state", flat=True)) == ({"in_use"} if effects[0] else set())
    assert broken() == {}


@pytest.mark.parametrize("first", ["cancel", "execute"])
def test_cancelling_while_a_worker_takes_it(first):
    account = cast.reseller(cast.distributor())
    by = cast.buyer_of(account)
    ended = set()
    for _ in range(4):
        order = cast.order_plan(account, "standard", alias="harbor")
        hands = [lambda: cancel_order(order, by=by), lambda: execute_order(order.pk)]  # noqa: B023
        outcomes = at_once(*(hands if first == "cancel" else reversed(hands)), gate=Order)
        executed_or_cancelled(order)
        refused = [outcome for outcome in outcomes if outcome.problem]
        assert codes(refused) == ([] if order.state == "cancelled" else ["order_locked"])
        ended.add(order.state)
        if order.state == "executed":
            break
    assert ended <= {"executed", "cancelled"}


def test_twin_that_looks_at_the_state_before_it_moves(monkeypatch):
    """The look says placed; the worker comes; the write says cancelled all the same."""
    account = cast.reseller(cast.distributor())
    order = cast.order_plan(account, "standard", alias="harbor")

    def look_then_write(order, verb, *, text, by=None, when=None, **changes) -> None:
        from_states, to_state = MOVES[verb]
        assert Order.objects.get(pk=order.pk).state in from_states
        execute_order(order.pk)
        Order.objects.filter(pk=order.pk).update(state=to_state, executed_at=None)

    monkeypatch.setattr(mending, "move", look_then_write)
    cancel_order(order, by=cast.buyer_of(account))
    with pytest.raises(AssertionError):
        executed_or_cancelled(order)


def failed_order(account: Account, *, alias: str = "harbor") -> Order:
    order = cast.order_plan(account, "standard", alias=alias)
    Account.objects.filter(pk=account.pk).update(state="suspended")
    execute_order(order.pk)
    Account.objects.filter(pk=account.pk).update(state="active")
    order.refresh_from_db()
    assert (order.state, order.error_code) == ("failed", "account_suspended")
    return order


def test_cancelling_and_retrying_at_once():
    account = cast.reseller(cast.distributor())
    by = cast.buyer_of(account)
    for round_ in range(4):
        order = failed_order(account)
        hands = [lambda: cancel_order(order, by=by), lambda: retry_order(order, by=by)]  # noqa: B023
        outcomes = at_once(*(hands if round_ % 2 else reversed(hands)), gate=Order)
        order.refresh_from_db()
        # Retry first leaves a placed order, which may still be cancelled; cancelled first, there is nothing to retry.
        assert (order.state, codes(outcomes)) in [
            ("cancelled", ["done", "order_locked"]),
            ("cancelled", ["done", "done"]),
        ]
        trail = list(order.activities.order_by("id").values_list("verb", "to_state"))
        assert trail[-1] == ("order.cancel", "cancelled")
        assert AliasClaim.objects.count() == 0
        assert broken() == {}


def the_storefront_is_where_the_order_says(order: Order) -> None:
    order.refresh_from_db()
    item = order.items.get()
    assert order.state == "executed", order.error_message
    storefront = Storefront.objects.select_related("claim").get(account=order.account)
    assert item.alias == order.preview["alias"] == storefront.claim.alias
    assert list(AliasClaim.objects.values_list("alias", "state")) == [(item.alias, "in_use")]
    assert broken() == {}


@pytest.mark.parametrize("first", ["amend", "retry"])
def test_amending_while_it_is_retried_and_executed(first):
    """Amended before, or refused because it is being executed: never a storefront elsewhere than the order says."""
    account = cast.reseller(cast.distributor())
    order, by = failed_order(account), cast.buyer_of(account)
    item = order.items.get()

    def again() -> None:
        retry_order(order, by=by)
        execute_order(order.pk)

    hands = [lambda: amend_item(item, alias="alpine", by=by), again]
    amended, retried = at_once(*hands, gate=Order) if first == "amend" else reversed(at_once(*hands[::-1], gate=Order))
    assert (amended.code, retried.code) in [("done", "done"), ("order_locked", "done")]
    the_storefront_is_where_the_order_says(order)
    assert order.items.get().alias == ("alpine" if amended.code == "done" else "harbor")


def test_twin_of_a_pencil_that_does_not_look_at_the_state():
    account = cast.reseller(cast.distributor())
    order, by = failed_order(account), cast.buyer_of(account)
    retry_order(order, by=by)
    execute_order(order.pk)
    order.items.update(alias="alpine")
    with pytest.raises(AssertionError):
        the_storefront_is_where_the_order_says(order)


def test_amending_a_draft_while_it_is_placed():
    """What was amended is what is placed, or the pencil is refused; it is never lost without a word."""
    account = cast.reseller(cast.distributor())
    staff = cast.user("ops@nordwind.example")
    for _ in range(4):
        [order] = two_drafts(account)[:1]
        item = order.items.get()
        amended, placed = at_once(
            lambda: amend_item(item, alias="kestrel", by=staff),  # noqa: B023
            lambda: place_order(order, by=staff),  # noqa: B023
            gate=OrderItem,
        )
        assert (amended.code, placed.code) in [("done", "done"), ("order_locked", "done")]
        order.refresh_from_db()
        alias = "kestrel" if amended.code == "done" else "harbor"
        assert (order.items.get().alias, order.preview["alias"]) == (alias, alias)
        assert AliasClaim.objects.get(alias=alias).held_until is None
        for each in Order.objects.filter(state__in=["draft", "placed"]):
            cancel_order(each, by=staff)
        assert AliasClaim.objects.count() == 0


def test_placing_a_draft_twice_at_once():
    account = cast.reseller(cast.distributor())
    staff, order = cast.user("ops@nordwind.example"), two_drafts(account)[0]
    twice = [lambda: place_order(Order.objects.get(pk=order.pk), by=staff)] * 2
    assert codes(at_once(*twice, gate=OrderItem)) == ["done", "order_locked"]
    assert order.activities.filter(verb="order.place").count() == 1


@pytest.mark.pg
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
def test_ordering_does_not_wait_for_an_execution_of_the_same_account():
    """Else the operator's series of numbers, which the waiting order holds, would stop everybody's orders."""
    account = cast.reseller(cast.distributor())
    lease = claim(cast.order_plan(account, "standard", alias="harbor").pk)
    press = click(account, cast.product(account.operator), form_key="one", alias=None)
    with transaction.atomic():
        assert _locked(lease)
        assert codes(at_once(press)) == ["done"]
