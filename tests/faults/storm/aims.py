"""Aimed blows, before the weather begins: for each guard the one moment at which nothing but it stands in the way."""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests
from django.db import DatabaseError, connection

from plans.doorbells import ring
from plans.models import Order
from tests.faults.hurting import Faults
from tests.faults.judge import traces
from tests.faults.passing_time import abandon, time_passes, until

from .callers import Browser, Caller, typed
from .house import House
from .upgrades import Upgrade, World

AT_ONCE = 6  # times that a form, a call or a bell comes at once
HEARD_WITHIN = 20.0


class Aims:
    """Each takes an upgrade of its own; `missed` says in words where a guard did not hold."""

    def __init__(self, house: House, world: World, faults: Faults, caller: Caller) -> None:
        self.house, self.faults, self.caller = house, faults, caller
        basic = [upgrade for upgrade in world.upgrades if upgrade.typed]
        self.free = iter(basic)
        self.taken: list[Upgrade] = []
        self.missed: dict[str, list[str]] = defaultdict(list)

    def blow(self) -> None:
        for aim in (
            self.the_first_bell_is_heard,
            self.a_lost_bell_loses_nothing,
            self.ten_bells_are_one_execution,
            self.a_slow_worker_is_fenced,
            self.who_may_not_is_looked_at_again,
            self.half_an_order_is_none,
            self.an_answer_nobody_heard,
            self.a_double_click_is_one_order,
            self.two_tabs_are_one_order,
            self.a_call_sent_twice_is_one_order,
        ):
            name = aim.__name__.replace("_", " ")
            try:
                aim(self.missed[name])
            except (AssertionError, DatabaseError, requests.RequestException, StopIteration) as problem:
                self.missed[name].append(f"it could not be tried: {problem!r}"[:300])
            self.faults.set()
            connection.close()

    def next(self, door: str = "dialog") -> Upgrade:
        upgrade = next(self.free)
        upgrade.door = door
        self.taken.append(upgrade)
        return upgrade

    def placed(self, *faults: str) -> Order:
        self.faults.set(*faults)
        upgrade = self.next()
        self.caller.bring_in(upgrade)
        return self.order_of(upgrade)

    def order_of(self, upgrade: Upgrade) -> Order:
        found = Order.objects.filter(account_id=upgrade.account_id).exclude(state="draft").order_by("pk").first()
        assert found, f"no order: {upgrade.told}"
        return found

    def wait(self, question: Callable[[], object], *, seconds: float = 40.0) -> bool:
        def asked() -> object:
            self.house.look_after()
            return question()

        return until(asked, seconds=seconds)

    def is_executed(self, order: Order) -> bool:
        return Order.objects.filter(pk=order.pk, state="executed").exists()

    def again(self, order: Order) -> bool:
        """Its lease is over, and somebody is told; whether it is executed now."""
        abandon(order)
        ring(order.pk)
        return self.wait(lambda: self.is_executed(order))

    # --- Aims ---

    def the_first_bell_is_heard(self, missed: list[str]) -> None:
        """A commit that takes its time: who rings before it rings in vain, and then only the sweeper comes."""
        for _ in range(2):
            order = self.placed("place.placed=sleep=1*1")
            self.wait(lambda o=order: self.is_executed(o), seconds=HEARD_WITHIN)
            if Order.objects.filter(pk=order.pk, state="executed", rung_at=None).exists():
                return
        missed.append("no order was executed by its own bell")

    def a_lost_bell_loses_nothing(self, missed: list[str]) -> None:
        self.house.to_broker.turn("refuse")
        order = self.placed()
        self.house.to_broker.turn("pass")
        if not self.wait(lambda: self.is_executed(order), seconds=60):
            missed.append(f"nobody found {order.number}")

    def ten_bells_are_one_execution(self, missed: list[str]) -> None:
        order = self.placed("exec.claimed=sleep=0.5*1")
        for _ in range(10):
            ring(order.pk)
        self.wait(lambda: self.is_executed(order))
        time.sleep(1.0)  # for the bells that come too late
        order.refresh_from_db()
        if (order.state, order.attempts) != ("executed", 1):
            missed.append(f"{order.number} is {order.state} after {order.attempts} attempts")

    def a_slow_worker_is_fenced(self, missed: list[str]) -> None:
        """It sleeps longer than its lease. Who takes over has the order in hand when it wakes, and is there again."""
        gate = self.house.folder / f"gate-{uuid.uuid4()}"
        order = self.placed(f"exec.claimed=wait={gate}*1")
        assert self.wait(self.faults.fired), "nobody claimed it"
        if not self.again(order):
            missed.append(f"nobody took {order.number} over")
        before = self.log().count("execution_fault")
        gate.touch()
        until(lambda: "lease_lost" in self.log() or self.log().count("execution_fault") > before, seconds=10)
        if "lease_lost" not in self.log():
            missed.append(f"{order.number}: who had lost the lease carried the order out all the same")

    def who_may_not_is_looked_at_again(self, missed: list[str]) -> None:
        """A reseller is suspended while its order is under way: it is refused, and goes through when that is over."""
        gate = self.house.folder / f"gate-{uuid.uuid4()}"
        order = self.placed(f"exec.claimed=wait={gate}*1")
        assert self.wait(self.faults.fired), "nobody claimed it"
        account = f"/bss/accounts/{self.taken[-1].account}"
        self.sent(f"{account}/deactivate/", reason="Unpaid")
        gate.touch()
        self.wait(lambda: Order.objects.filter(pk=order.pk, state__in=("failed", "executed")).exists())
        order.refresh_from_db()
        if (order.state, order.error_code) != ("failed", "account_suspended"):
            missed.append(f"{order.number} of a suspended account is {order.state} {order.error_code}")
        self.sent(f"{account}/reactivate/")
        self.sent(f"/bss/orders/{order.number}/retry/", f"/bss/orders/{order.number}/")
        if not self.wait(lambda: self.is_executed(order)):
            missed.append(f"{order.number} is not executed after all")

    def half_an_order_is_none(self, missed: list[str]) -> None:
        order = self.placed("exec.charges=kill*1")
        assert self.wait(self.faults.fired), "nobody came so far"
        missed += [f"{order.number}, half executed: {trace}" for trace in traces(order)]
        if not self.again(order):
            missed.append(f"{order.number} is not executed")

    def an_answer_nobody_heard(self, missed: list[str]) -> None:
        """The provider has the letter, and whoever brought it is dead before he could say so."""
        order = self.placed("send.answered=kill*1")
        assert self.wait(self.faults.fired), "no letter was brought"
        for _ in range(6):
            time_passes()
            if self.wait(lambda: self.letters_are_sent(order), seconds=8):
                return
        missed.append(f"letters of {order.number} are not sent")

    def letters_are_sent(self, order: Order) -> bool:
        states = set(order.notifications.values_list("state", flat=True))
        return bool(states) and states <= {"sent", "delivered"}

    def a_double_click_is_one_order(self, missed: list[str]) -> None:
        upgrade = self.next()
        url, form = self.form_for(upgrade)
        answers = self.at_once([lambda: self.staff().send(url, form)] * AT_ONCE)
        where = {answer.headers.get("Location") for answer in answers}
        if {answer.status_code for answer in answers} != {302} or len(where) != 1:
            missed.append(f"{upgrade.account}: {[answer.status_code for answer in answers]}, leading to {where}")
        upgrade.is_in = any(answer.status_code == 302 for answer in answers)

    def two_tabs_are_one_order(self, missed: list[str]) -> None:
        """Each tab's form has a key of its own, so that nothing but the promise of the database keeps them apart."""
        upgrade = self.next()
        forms = [self.form_for(upgrade) for _ in range(AT_ONCE)]
        answers = self.at_once([lambda form=form: self.staff().send(*form) for form in forms])
        codes = sorted(answer.status_code for answer in answers)
        if codes != [302, *[422] * (AT_ONCE - 1)]:
            missed.append(f"{upgrade.account}: {codes}, and not one order and its reason for all others")
        upgrade.is_in = 302 in codes

    def a_call_sent_twice_is_one_order(self, missed: list[str]) -> None:
        upgrade = self.next("api")
        wanted = {"account": upgrade.account, "plan": "standard", "cycle": "month"} | typed(upgrade)
        program = self.caller.program
        shown = program.ask("POST", "/api/v1/plan-changes/preview/", json=wanted).json()
        call = {
            "json": wanted | {"fingerprint": shown["fingerprint"]},
            "headers": {"Idempotency-Key": str(uuid.uuid4())},
        }
        one = lambda: program.ask("POST", "/api/v1/plan-changes/", **call)  # noqa: E731
        answers = [*self.at_once([one] * AT_ONCE), one()]
        told = {(answer.status_code, answer.json().get("number")) for answer in answers}
        if {code for code, _ in told} != {201} or len(told) != 1:
            missed.append(f"{upgrade.account}: {sorted(map(str, told))}")
        upgrade.is_in = any(code == 201 for code, _ in told)

    # --- How ---

    def form_for(self, upgrade: Upgrade) -> tuple[str, dict[str, str]]:
        url = f"/bss/accounts/{upgrade.account}/upgrade/standard/"
        return url, self.staff().form(url, url) | typed(upgrade) | {"cycle": "month"}

    def sent(self, url: str, page: str = "", **fields: str) -> None:
        form = self.staff().form(page or url, url)
        if form is not None:
            self.staff().send(url, form | fields)

    def staff(self) -> Browser:
        return self.caller.staff

    def at_once(self, sends: list[Callable[[], requests.Response]]) -> list[requests.Response]:
        with ThreadPoolExecutor(len(sends)) as pool:
            return [each.result() for each in [pool.submit(send) for send in sends]]

    def log(self) -> str:
        return self.house.workers[0].log.read_text(errors="replace")
