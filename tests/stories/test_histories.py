"""Any history of one reseller: up, down, scheduled, undone, days going by, workers killed and back.

A model of a few lines, written from PRODUCT.md, says after each step which plan is held, until when, what waits, and
what became of the storefront. The database says the same, and what was shown is what was done.
"""

import calendar
import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from notifications import faults
from plans.changing_down import change_down, withdraw_change
from plans.due_changes import carry_out_due
from plans.execution import execute_order, in_seconds
from plans.models import Account, Order, PendingChange, Plan, Storefront, Subscription
from plans.ordering import Confirmation, order_change
from plans.preview import Preview, Timing, Wanted
from plans.previewing import preview_order
from plans.previewing_down import preview_down
from plans.refusals import Refused
from plans.renewing import renew_due
from plans.verify import broken
from tests import cast
from tests.sharing import rounds

EXAMPLES = int(os.environ.get("HISTORIES", rounds(20)))  # more of them by hand
STEPS = 30
RANK = {"basic": 0, "free": 10, "standard": 20}
POINTS = ["exec.received", "exec.claimed", "exec.subscription", "exec.storefront", "exec.charges", "exec.letters",
          "exec.before_commit", "exec.committed"]  # fmt: skip
ALIAS = "techsolutions"
kills = st.lists(st.sampled_from(POINTS), max_size=3)


class Killed(BaseException):
    """The worker is gone: nothing that it has not committed has happened."""


@dataclass
class Held:
    """A plan that is paid for by periods: the months since its first day, counted from there."""

    code: str
    first: date
    months: int  # of a period
    gone: int = 0  # periods

    @property
    def begins(self) -> date:
        return later(self.first, self.gone * self.months)

    @property
    def ends(self) -> date:
        return later(self.first, (self.gone + 1) * self.months)


def later(day: date, months: int) -> date:
    """The same day so many months on, or the last one of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Reseller(RuleBasedStateMachine):
    @initialize(day=st.dates(min_value=date(2027, 1, 1), max_value=date(2028, 12, 31)))
    def begins_on_basic(self, day: date) -> None:
        self.savepoint = transaction.atomic()
        self.savepoint.__enter__()
        self.day, self.forms = day, 0
        self.travel = time_machine.travel(noon(day), tick=False)
        self.clock = self.travel.start()
        operator = cast.distributor()
        self.pk = cast.reseller(operator).pk
        self.staff = cast.user("ops@nordwind.example")
        self.held: Held | None = None
        self.waits: tuple[str, date] | None = None
        self.storefront = ""
        self.placed: tuple[dict, str, int] | None = None  # what was agreed, the plan it leads to, months of a period

    def teardown(self) -> None:
        if not hasattr(self, "savepoint"):
            return
        try:
            assert broken() == {}
        finally:
            self.travel.stop()
            transaction.set_rollback(True)
            self.savepoint.__exit__(None, None, None)

    @property
    def account(self) -> Account:
        return Account.objects.select_related("operator", "account_manager").get(pk=self.pk)

    @property
    def plan(self) -> str:
        return self.held.code if self.held else "basic"

    def why_not(self, to: str, *, up: bool) -> set[str]:
        """Every reason against it that there is."""
        reasons = {"pending_change_exists"} if self.waits else set()
        reasons |= {"open_order_exists"} if self.placed else set()
        if to == self.plan:
            reasons.add("already_on_plan")
        elif (RANK[to] > RANK[self.plan]) != up:
            reasons.add("no_upgrade_path")
        return reasons

    def ask(self, act, shown: Preview, *, against: set[str]):
        """What was made; nothing where there is a reason against it, and then that is what is said."""
        try:
            made, code = act(), ""
        except Refused as refusal:
            made, code = None, refusal.code
        assert code in against if against else code == "", (code, against)
        if not against:
            assert shown.refusals == []
        return made

    def form(self, shown: Preview) -> Confirmation:
        self.forms += 1
        return Confirmation(shown.fingerprint, f"form {self.forms}", accepted=True)

    # --- what people do ---

    @rule(
        to=st.sampled_from(["free", "standard", "standard"]),
        cycle=st.sampled_from(["month", "year"]),
        own=st.booleans(),
        fate=st.one_of(st.none(), kills),
    )
    def goes_up(self, to: str, cycle: str, own: bool, fate: list[str] | None) -> None:
        cycle = "month" if to == "free" else cycle
        account, by, channel = self.account, *self.who(own)
        wanted, alias = Wanted(cast.plan_product(account.operator, to), cycle), self.typed()
        shown = preview_order(account, wanted=[wanted], alias=alias, by=by, channel=channel)
        about = {"wanted": wanted, "alias": alias, "channel": channel, "by": by, "confirmed": self.form(shown)}
        against = self.why_not(to, up=True)
        if self.ask(lambda: order_change(self.account, **about), shown, against=against):
            assert shown.storefront == {"": "open", "open": "keep", "parked": "restore"}[self.storefront]
            self.placed = shown.as_dict(), to, 12 if cycle == "year" else 1
            self.meets(fate)

    @precondition(lambda self: self.held)
    @rule(
        to=st.sampled_from(["basic", "free"]),
        later=st.booleans(),
        credit=st.booleans(),
        own=st.booleans(),
        fate=st.one_of(st.none(), kills),
    )
    def goes_down(self, to: str, later: bool, credit: bool, own: bool, fate: list[str] | None) -> None:
        by, channel = self.who(own)
        to_plan = Plan.objects.get(operator=self.account.operator, code=to)
        timing = Timing("period_end" if later else "now", with_credit=credit)
        asked = {"to_plan": to_plan, "timing": timing, "channel": channel, "by": by}
        shown = preview_down(self.account, **asked)
        about = {"confirmed": self.form(shown), "typed_alias": ALIAS}
        made = self.ask(lambda: change_down(self.account, **asked, **about), shown, against=self.why_not(to, up=False))
        if isinstance(made, PendingChange):
            self.waits = to, self.held.ends
            assert shown.on == self.held.ends
        elif made:
            self.placed = shown.as_dict(), to, 1
            assert any(line.kind == "credit" for line in shown.lines) == (credit and not own)
            self.meets(fate)

    @precondition(lambda self: self.held)
    @rule(own=st.booleans())
    def undoes(self, own: bool) -> None:
        newest = Subscription.objects.for_plans().filter(account=self.pk).order_by("-pk")
        found = newest.select_related("account__operator", "account__account_manager", "plan").first()
        if found is None:
            return
        by, channel = self.who(own)
        if self.waits is None:
            with pytest.raises(Refused, match="change_gone"):
                withdraw_change(found, channel=channel, by=by)
        else:
            withdraw_change(found, channel=channel, by=by)
            self.waits = None

    # --- what time and workers do ---

    @rule(days=st.integers(min_value=1, max_value=70))
    def days_go_by(self, days: int) -> None:
        self.day += timedelta(days=days)
        self.clock.move_to(noon(self.day))
        self.sweeps()

    def meets(self, fate: list[str] | None) -> None:
        """A worker who is killed at these points, and comes back; or none for now."""
        if fate is not None:
            self.a_worker_executes(fate)

    @precondition(lambda self: self.placed)
    @rule(killed_at=kills)
    def a_worker_comes(self, killed_at: list[str]) -> None:
        self.a_worker_executes(killed_at)

    def a_worker_executes(self, killed_at: list[str]) -> None:
        order = Order.objects.get(account=self.pk, state="placed")
        for point in killed_at:
            if Order.objects.get(pk=order.pk).state != "executed":
                killed(order.pk, at=point)
        execute_order(order.pk)
        order.refresh_from_db()
        agreed, to, months = self.placed
        assert (order.state, order.error_message) == ("executed", "")
        assert {name: value for name, value in order.preview.items() if name != "sold"} == agreed
        self.storefront = {"basic": "parked" if self.storefront else ""}.get(to, "open")
        self.held = None if to == "basic" else Held(to, date.fromisoformat(agreed["on"]), months)
        self.placed = None
        self.sweeps()

    def sweeps(self) -> None:
        """What a sweeper does: first what is due, then renewals."""
        due = self.waits and self.waits[1] <= self.day and not self.placed
        agreed = PendingChange.objects.values_list("preview", flat=True).first() if due else None
        assert carry_out_due() == (1 if due else 0)
        if due:
            letters = [one for one in agreed["letters"] if one["template"] in ("plan_downgraded", "plan_cancelled")]
            agreed.pop("sold")
            self.placed, self.waits = (agreed | {"letters": letters}, self.waits[0], 1), None
        renew_due(seconds=20)
        while self.held and not self.placed and self.held.ends <= self.day:
            self.held.gone += 1

    # --- what is so after each step ---

    @invariant()
    def the_database_says_the_same(self) -> None:
        if not hasattr(self, "pk"):
            return
        held = Subscription.objects.active().for_plans().filter(account=self.pk)
        found = list(held.values_list("plan__code", "period_start_on", "period_end_on"))
        assert found == ([(self.held.code, self.held.begins, self.held.ends)] if self.held else [])
        changes = PendingChange.objects.filter(subscription__account=self.pk).values_list("to_plan__code", "due_on")
        assert list(changes) == ([self.waits] if self.waits else [])
        window = Storefront.objects.filter(account=self.pk).values_list("state", "claim__alias")
        assert list(window) == ([(self.storefront, ALIAS)] if self.storefront else [])

    def who(self, own: bool):
        return (cast.buyer_of(self.account), "storefront") if own else (self.staff, "subscription")

    def typed(self) -> str | None:
        return None if self.storefront == "open" else ALIAS


def noon(day: date) -> datetime:
    return datetime.combine(day, time(11), UTC)


def killed(order_id: int, *, at: str) -> None:
    """A worker takes the order and dies at that point; then its lease is over."""

    def hit(point: str, pk: int | None = None) -> None:
        if point == at:
            raise Killed

    real, faults.hit = faults.hit, hit
    try:
        with pytest.raises(Killed):
            execute_order(order_id)
    finally:
        faults.hit = real
    Order.objects.filter(pk=order_id, state="executing").update(lease_until=in_seconds(-1))


@pytest.mark.django_db
def test_any_history():
    run_state_machine_as_test(
        Reseller,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            phases=[Phase.generate],  # to have a failure made small add Phase.shrink: it takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )
