"""Who may have an alias, whatever happens in whatever order: holding, drafting, placing, cancelling, ending, time.

The model is a ledger of promises, not a copy of the code: each promise names an alias, an account and an end. While
one stands nobody else gets the alias; when none stands anybody may have it. A hold that shortened another one, a
quarantine that was forgotten or an alias that nobody can ever have again would each part the two.
"""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from plans import aliases
from plans.execution import execute_order
from plans.mending import amend_item, cancel_order
from plans.models import Account, AliasClaim, Order, Storefront
from plans.ordering import draft_order, place_order
from plans.preview import Wanted
from plans.refusals import Refused
from plans.verify import holds_of_nobody, open_storefronts_without_their_alias
from tests import cast

ALIASES = ["harbor", "alpine", "kestrel"]
WHO = ["Harbor IT", "Alpine Cloud"]
FOREVER = datetime.max.replace(tzinfo=UTC)
QUARANTINE = timedelta(days=90)
EXAMPLES = int(os.environ.get("HOLDS_EXAMPLES", "8"))  # a thousand before a release

who, which = st.sampled_from(WHO), st.sampled_from(ALIASES)


@dataclass
class Promise:
    """`order` is whose alias it is: none for a hold of the checkout, a live alias and a quarantine."""

    alias: str
    owner: int
    until: datetime
    order: int | None = None
    is_final: bool = False  # a live alias or a quarantine: no order that is cancelled ends it


class Ledger(list[Promise]):
    def is_free(self, alias: str, owner: int) -> bool:
        standing = [p for p in self if p.alias == alias and p.until >= timezone.now()]
        return all(promise.owner == owner for promise in standing)

    def add(self, promise: Promise) -> None:
        """Whatever others were promised is over, or this one would have been refused."""
        self[:] = [p for p in self if p.alias != promise.alias or p.owner == promise.owner]
        self.append(promise)

    def give_up(self, order: int) -> None:
        """The order's alias is free again, a hold of the checkout goes with it, unless another order wants it.

        That one keeps the hold as it is; if the hold had no end and it is only a draft, for 48 hours from now.
        """
        mine = [p for p in self if p.order == order]
        self[:] = [p for p in self if p.order != order]
        for gone in mine:
            others = [p for p in self if p.alias == gone.alias and p.order is not None]
            for other in others:
                other.until = max(other.until, min(gone.until, timezone.now() + aliases.DRAFT_HOLD))
            if not others:
                self[:] = [p for p in self if p.alias != gone.alias or p.is_final]


def from_now(pause: timedelta | None) -> datetime:
    return FOREVER if pause is None else timezone.now() + pause


class Holds(RuleBasedStateMachine):
    orders = Bundle("orders")

    @initialize()
    def two_resellers(self) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.travel = time_machine.travel(datetime(2027, 1, 4, 9, tzinfo=UTC), tick=False)
        self.clock = self.travel.start()
        self.operator = cast.distributor()
        self.wanted = [Wanted(cast.plan_product(self.operator, "standard"))]
        self.staff = cast.user("ops@nordwind.example")
        self.accounts = {name: cast.reseller(self.operator, name) for name in WHO}
        self.ledger = Ledger()

    def teardown(self) -> None:
        if hasattr(self, "savepoint"):
            self.travel.stop()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    def expect(self, alias: str, account: Account, act) -> object | None:
        """The act works when the ledger says that the alias is free for the account, else it is refused."""
        free, done, code = self.ledger.is_free(alias, account.pk), None, ""
        try:
            done = act()
        except Refused as refusal:
            code = refusal.code
        assert code == ("" if free else "alias_taken")
        return done

    # --- what people do ---

    @rule(name=who, alias=which)
    def types_it_at_the_checkout(self, name: str, alias: str) -> None:
        account, until = self.accounts[name], aliases.CHECKOUT_HOLD
        if self.expect(alias, account, lambda: aliases.hold(alias.upper(), account=account, until=until)):
            self.ledger.add(Promise(alias, account.pk, from_now(until)))

    @rule(target=orders, name=who, alias=which)
    def saves_a_draft(self, name: str, alias: str):
        account = Account.objects.select_related("operator", "account_manager").get(pk=self.accounts[name].pk)
        if account.held().subscription:
            return multiple()  # its storefront keeps the alias it has
        about = {"wanted": self.wanted, "channel": "bss_order", "by": self.staff, "alias": alias}
        order = self.expect(alias, account, lambda: draft_order(account, **about))
        if order is None:
            return multiple()
        self.ledger.add(Promise(alias, account.pk, from_now(aliases.DRAFT_HOLD), order.pk))
        return order.pk

    @rule(order=orders)
    def places_it(self, order: int) -> None:
        asked = Order.objects.select_related("account").get(pk=order)
        if asked.state != "draft":
            return
        account, alias = asked.account, asked.items.get().alias
        if Order.objects.open_plan_orders().filter(account=account).exists() or account.held().subscription:
            with pytest.raises(Refused, match=r"open_order_exists|already_on_plan"):
                place_order(asked, by=self.staff)
        elif self.expect(alias, account, lambda: place_order(asked, by=self.staff)):
            self.ledger.add(Promise(alias, account.pk, FOREVER, order))

    @rule(order=orders, alias=which)
    def amends_it(self, order: int, alias: str) -> None:
        item = Order.objects.get(pk=order).items.select_related("order__account").get()
        if item.order.state not in ("draft", "failed"):
            return
        before, until = item.alias, aliases.DRAFT_HOLD if item.order.state == "draft" else None
        if self.expect(alias, item.order.account, lambda: amend_item(item, alias=alias, by=self.staff)):
            if before != alias:
                self.ledger.give_up(order)
            self.ledger.add(Promise(alias, item.order.account_id, from_now(until), order))

    @rule(order=consumes(orders))
    def cancels_it(self, order: int) -> None:
        asked = Order.objects.get(pk=order)
        if asked.may("cancel"):
            cancel_order(asked, by=self.staff)
            self.ledger.give_up(order)

    @rule(order=orders)
    def a_worker_executes_it(self, order: int) -> None:
        asked = Order.objects.get(pk=order)
        if asked.state != "placed":
            return
        execute_order(order)
        asked.refresh_from_db()
        assert asked.state == "executed", asked.error_message
        alias = asked.items.get().alias
        self.ledger[:] = [p for p in self.ledger if p.alias != alias]
        self.ledger.add(Promise(alias, asked.account_id, FOREVER, is_final=True))

    @rule(target=orders, name=who, alias=which)
    def buys_at_once(self, name: str, alias: str):
        order = self.saves_a_draft(name, alias)
        if isinstance(order, int):
            self.places_it(order)
            self.a_worker_executes_it(order)
            return order
        return multiple()

    @rule(order=orders)
    def a_worker_fails(self, order: int) -> None:
        asked = Order.objects.get(pk=order)
        if asked.state == "placed":
            Account.objects.filter(pk=asked.account_id).update(state="suspended")
            execute_order(order)
            Account.objects.filter(pk=asked.account_id).update(state="active")
            assert Order.objects.get(pk=order).state == "failed"

    @rule(name=who)
    def the_plan_ends(self, name: str) -> None:
        """What the story of ending a plan will leave: the storefront parked, its alias in quarantine."""
        account, now = self.accounts[name], timezone.now()
        account.subscriptions.active().update(state="ended", ended_at=now)
        Storefront.objects.filter(account=account).update(state="parked", parked_at=now)
        live = AliasClaim.objects.filter(account=account, state="in_use")
        live.update(state="quarantined", quarantined_until=now + QUARANTINE)
        for promise in self.ledger:
            if promise.owner == account.pk and promise.is_final and promise.until == FOREVER:
                promise.until = from_now(QUARANTINE)

    @rule(pause=st.sampled_from([timedelta(minutes=16), timedelta(hours=49), timedelta(days=91)]))
    def time_passes(self, pause: timedelta) -> None:
        self.clock.shift(pause)

    # --- what must hold ---

    @invariant()
    def the_ledger_is_right(self) -> None:
        for alias in ALIASES:
            for account in self.accounts.values():
                answer = aliases.availability(alias, operator=self.operator, account=account)
                assert answer.is_free == self.ledger.is_free(alias, account.pk), (alias, account, self.ledger)

    @invariant()
    def storefronts_and_claims_fit(self) -> None:
        assert (holds_of_nobody(), open_storefronts_without_their_alias()) == ([], [])
        theirs = Storefront.objects.filter(claim__isnull=False).values_list("account_id", "claim__account_id")
        assert all(owner == claimant for owner, claimant in theirs)


@pytest.mark.django_db
def test_a_promise_stands_until_it_is_over():
    run_state_machine_as_test(
        Holds,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            phases=[Phase.generate],  # to have a failure made small add Phase.shrink: it takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
