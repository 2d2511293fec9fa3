"""The table of moves as a whole: what may become of an order, and that nothing else ever does."""

import os
from itertools import product

import pytest
from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from plans import execution
from plans.execution import claim, execute_order
from plans.mending import amend_item, cancel_order, retry_order
from plans.models import MOVES, Account, Activity, AliasClaim, Order, Storefront, Subscription
from plans.moves import move
from plans.ordering import draft_order, place_order
from plans.preview import Wanted
from plans.refusals import Refused
from plans.verify import broken
from tests import cast

from .all_rows import all_rows

pytestmark = pytest.mark.django_db

# PRODUCT.md section 4, typed once more: (from, verb) -> to.
LEGAL = {
    ("draft", "submit"): "awaiting_approval",
    ("awaiting_approval", "approve"): "placed",
    ("awaiting_approval", "decline"): "cancelled",
    ("draft", "place"): "placed",
    ("placed", "claim"): "executing",
    ("executing", "claim"): "executing",
    ("executing", "execute"): "executed",
    ("executing", "try_later"): "placed",
    ("executing", "fail"): "failed",
    ("failed", "retry"): "placed",
    ("draft", "cancel"): "cancelled",
    ("placed", "cancel"): "cancelled",
    ("failed", "cancel"): "cancelled",
}
STATES = ["draft", "awaiting_approval", "placed", "executing", "executed", "failed", "cancelled"]
VERBS = ["submit", "approve", "decline", "place", "claim", "execute", "try_later", "fail", "retry", "cancel"]
LEASE = {"lease_owner": "12345678-1234-5678-1234-567812345678", "lease_until": Now()}
# What the database asks for beside the state.
NEEDS = {"executing": LEASE, "executed": {"executed_at": Now()}, "failed": {"error_code": "alias_taken"}}
WORDS = {"awaiting_approval": "awaiting approval", "placed": "queued"}


def an_order(state: str, *, alias: str = "harbor") -> Order:
    account = Account.objects.filter(kind="reseller").first() or cast.reseller(cast.distributor())
    wanted = [Wanted(cast.plan_product(account.operator, "standard"))]
    staff = cast.user("ops@nordwind.example")
    order = draft_order(account, wanted=wanted, channel="bss_order", by=staff, alias=alias)
    Order.objects.filter(pk=order.pk).update(state=state, **NEEDS.get(state, {}))
    order.refresh_from_db()
    return order


def test_the_table_is_the_products():
    assert {(str(f), verb): str(to) for verb, (froms, to) in MOVES.items() for f in froms} == LEGAL
    assert {verb for _, verb in LEGAL} == set(VERBS)


@pytest.mark.parametrize("state", STATES)
def test_each_verb_from_each_state(state):
    order = an_order(state)
    for verb in VERBS:
        assert order.may(verb) == ((state, verb) in LEGAL)
        before, trail = all_rows(), Activity.objects.count()
        with transaction.atomic():
            to = LEGAL.get((state, verb))
            if to is None:
                with pytest.raises(Refused) as refused:
                    move(order, verb, text="A text.", error_code="no")
                word = WORDS.get(state, state)
                assert (refused.value.code, refused.value.sentence) == (
                    "order_locked", f"The order {order.number} is {word} and can’t be changed.",
                )  # fmt: skip
                assert (all_rows(), order.state) == (before, state)
            else:
                move(order, verb, text="A text.", **NEEDS.get(to, {}))
                stored = Order.objects.get(pk=order.pk)
                assert (stored.state, stored.version, order.state) == (to, order.version + 1, to)
                assert Activity.objects.count() == trail + 1
                written = order.activities.latest("id")
                assert (written.verb, written.from_state, written.to_state, written.text, written.actor_name) == (
                    f"order.{verb}", state, to, "A text.", "Automatic",
                )  # fmt: skip
            transaction.set_rollback(True)
        order.refresh_from_db()


def test_a_condition_that_is_not_met_refuses_the_move_too():
    order = an_order("executing")
    before = all_rows()
    with pytest.raises(Refused, match="order_locked"):
        move(order, "fail", text="", when=Q(lease_owner="87654321-1234-5678-1234-567812345678"), error_code="no")
    assert all_rows() == before


# --- the verbs that people and workers call ---

CALLS = {
    "place": lambda order, by: place_order(order, by=by),
    "cancel": lambda order, by: cancel_order(order, by=by),
    "retry": lambda order, by: retry_order(order, by=by),
    "amend": lambda order, by: amend_item(order.items.get(), alias="alpine", by=by),
}
MAY = {(state, verb) for state, verb in LEGAL if verb in CALLS} | {("draft", "amend"), ("failed", "amend")}


@pytest.mark.parametrize(("verb", "state"), list(product(CALLS, STATES)))
def test_a_story_begins_only_where_the_table_lets_it(verb, state):
    order, by = an_order(state), cast.user("ops@nordwind.example")
    before = all_rows()
    if (state, verb) in MAY:
        CALLS[verb](order, by)
        written = order.activities.latest("id")
        assert (written.verb, written.actor) == ("order.amended" if verb == "amend" else f"order.{verb}", by)
        assert len(all_rows()["plans.Activity"]) == len(before["plans.Activity"]) + 1
        assert Order.objects.get(pk=order.pk).version == order.version + 1
        return
    with pytest.raises(Refused) as refused:
        CALLS[verb](order, by)
    assert refused.value.code == "order_locked"
    assert all_rows() == before


@pytest.mark.parametrize("state", [state for state in STATES if state not in ("placed", "executing")])
def test_a_worker_finds_nothing_to_do(state):
    order = an_order(state)
    before = all_rows()
    assert claim(order.pk) is None
    execute_order(order.pk)
    assert all_rows() == before


# --- any order of things ---


class Life(RuleBasedStateMachine):
    """One reseller, one order at a time, against a model of state, trail and effects."""

    @initialize()
    def begin(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.account = cast.reseller(cast.distributor())
        self.staff = cast.user("ops@nordwind.example")
        self.wanted = [Wanted(cast.plan_product(self.account.operator, "standard"))]
        self.lease = None
        self.draft()

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            assert broken() == {}
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def draft(self) -> None:
        about = {"wanted": self.wanted, "channel": "bss_order", "by": self.staff, "alias": "harbor"}
        self.order = draft_order(self.account, **about)
        self.state, self.trail, self.attempts, self.is_due, self.leases = "draft", ["order.drafted"], 0, False, []

    def expect(self, verb: str, act) -> bool:
        """Do it; it works exactly when the table says so."""
        to, code = LEGAL.get((self.state, verb)), ""
        try:
            act(Order.objects.get(pk=self.order.pk))
        except Refused as refusal:
            code = refusal.code
        assert code == ("" if to else "order_locked")
        if to:
            self.state = to
            self.trail.append(f"order.{verb}")
        return bool(to)

    @rule()
    def place(self) -> None:
        if self.expect("place", lambda order: place_order(order, by=self.staff)):
            self.is_due = True

    @rule()
    def retry(self) -> None:
        if self.expect("retry", lambda order: retry_order(order, by=self.staff)):
            self.is_due, self.attempts = True, 0

    @rule()
    def cancel(self) -> None:
        if self.expect("cancel", lambda order: cancel_order(order, by=self.staff)):
            self.draft()

    @rule()
    def claim(self) -> None:
        """A worker takes it when it is due, or when the worker before did not come back."""
        lease = claim(self.order.pk)
        assert bool(lease) == (self.is_due and self.state in ("placed", "executing"))
        if lease:
            self.state, self.attempts, self.is_due = "executing", self.attempts + 1, False
            assert lease.attempt == self.attempts
            self.trail.append("order.claim")
            self.leases.append(lease)

    @rule()
    def time_passes(self) -> None:
        """A pause is over, a lease runs out."""
        long_ago = execution.in_seconds(-1)
        orders = Order.objects.filter(pk=self.order.pk)
        orders.filter(state="placed").update(next_attempt_at=long_ago)
        orders.filter(state="executing").update(lease_until=long_ago)
        self.is_due = self.is_due or self.state in ("placed", "executing")

    @rule(which=st.integers(min_value=0), how=st.sampled_from(["finishes", "finds a reason against it", "stumbles"]))
    def a_worker_comes_back(self, which: int, how: str) -> None:
        """One that has, or once had, a lease. Only the last one, in time, may do anything."""
        if not self.leases:
            return
        lease = self.leases[which % len(self.leases)]
        is_last = self.state == "executing" and lease is self.leases[-1]
        if how == "finishes":
            self.finish(lease, in_time=is_last and not self.is_due)
        elif how == "stumbles" and lease.attempt < execution.MOST_ATTEMPTS:
            execution._try_later(lease)
            self.went("try_later", is_last)
        else:
            execution._fail(lease, Refused("account_suspended", account="Tech Solutions"))
            self.went("fail", is_last)

    def went(self, verb: str, it_did: bool) -> None:
        if it_did:
            self.state, self.is_due = LEGAL["executing", verb], False
            self.trail.append(f"order.{verb}")

    def finish(self, lease, *, in_time: bool) -> None:
        try:
            execution.carry_out(lease)
        except execution.LeaseLost:
            assert not in_time
            return
        assert in_time
        self.state = "executed"
        self.trail += ["subscription.started", "storefront.opened", "order.execute"]

    @invariant()
    def the_order_is_where_the_model_says(self) -> None:
        order = Order.objects.get(pk=self.order.pk)
        assert (order.state, order.attempts) == (self.state, self.attempts)
        assert list(order.activities.order_by("id").values_list("verb", flat=True)) == self.trail
        done = int(self.state == "executed")
        assert (Subscription.objects.count(), Storefront.objects.filter(is_own=False).count()) == (done, done)
        assert AliasClaim.objects.get().state == ("in_use" if done else "held")


def test_any_order_of_placing_claiming_failing_retrying_and_cancelling():
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=int(os.environ.get("MOVES_EXAMPLES", "8")),
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
