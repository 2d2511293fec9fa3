"""One worker, whose pool children are killed with SIGKILL at each step. Nothing is lost, nothing comes twice."""

import re
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models.functions import Now

from notifications import faults as faults_on_purpose
from notifications.faults import POINTS
from notifications.models import Notification
from plans.execution import LEASE, MOST_ATTEMPTS, execute_order
from plans.import_runs import start_import
from plans.models import AliasClaim, ImportRun, Order, Storefront, Subscription
from plans.verify import broken
from tests import cast

from .judge import complaints, traces
from .passing_time import abandon, at_rest, put_back, recover, until

pytestmark = pytest.mark.django_db(transaction=True)

PLACING = ["place.placed"]
BEFORE_CLAIM = ["exec.received"]
BEFORE_COMMIT = [
    "exec.claimed", "exec.subscription", "exec.alias", "exec.storefront", "exec.charges", "exec.letters",
    "exec.activities", "exec.before_commit",
]  # fmt: skip
AFTER_COMMIT = ["exec.committed"]
SENDING = ["send.claimed", "send.handing_over", "send.answered", "send.recorded"]
IMPORTING = ["import.row"]
STEPS = [*BEFORE_CLAIM, *BEFORE_COMMIT, *AFTER_COMMIT]
HALVES = [STEPS[:5], STEPS[5:]]


def test_every_step_of_the_code_is_among_these():
    root = Path(__file__).parents[2]
    code = "".join(path.read_text() for name in ("plans", "notifications") for path in (root / name).glob("*.py"))
    points = set(re.findall(r'faults\.hit\("([^"]+)"', code))
    assert points == set(POINTS)
    assert [*PLACING, *BEFORE_CLAIM, *BEFORE_COMMIT, *AFTER_COMMIT, *SENDING, *IMPORTING] == list(POINTS)


def test_no_two_effects_share_a_step(reseller, monkeypatch):
    """Between two points an order writes to one table: whatever is half done, somebody can die there."""
    order, steps = cast.order_plan(reseller), [set()]
    monkeypatch.setattr(faults_on_purpose, "hit", lambda *_: steps.append(set()))

    def look(execute, sql, *more):
        if written := re.match(r'(?:INSERT INTO|UPDATE|DELETE FROM) "(\w+)"', sql):
            steps[-1].add(written[1])
        return execute(sql, *more)

    with connection.execute_wrapper(look):
        execute_order(order.pk)
    claimed = {"plans_order", "plans_activity"}  # the attempt, and that it is one
    assert [tables for tables in steps if tables] == [
        claimed, {"plans_subscription"}, {"plans_aliasclaim"}, {"plans_storefront"}, {"plans_charge"},
        {"notifications_notification"}, {"plans_activity"}, {"plans_order"},
    ]  # fmt: skip


def test_dead_before_the_order_is_placed(reseller, faults, settings):
    """Nothing is written and nobody is told; the same form again is the order."""
    settings.FAULTS_FILE = str(faults.path)
    faults.set("place.placed=raise*1")
    with pytest.raises(faults_on_purpose.Fault):
        cast.order_plan(reseller)
    assert (Order.objects.count(), AliasClaim.objects.count()) == (0, 0)
    assert cast.order_plan(reseller).state == "placed"


@pytest.mark.parametrize("point", [*BEFORE_CLAIM, *BEFORE_COMMIT, *AFTER_COMMIT])
def test_killed_while_executing(point, worker, faults, reseller, journal):
    faults.set(f"{point}=kill*1")
    order = cast.order_plan(reseller)
    assert until(faults.fired), worker.log.read_text()
    if point in BEFORE_COMMIT:
        assert (traces(order), Order.objects.get().state) == ([], "executing")
    recover(order)
    attempts = 2 if point in BEFORE_COMMIT else 1
    assert complaints(order, mails=journal, attempts=attempts) == []


@pytest.mark.parametrize("points", HALVES)
def test_an_error_nobody_expected_at_every_step(points, worker, faults, reseller, journal):
    """One order meets them one after the other: each attempt comes one step further. After eight it would be failed."""
    faults.set(*(f"{point}=raise*1" for point in points))
    order = cast.order_plan(reseller)
    for number in range(1, len(points)):
        assert until(lambda n=number: len(faults.fired()) >= n), worker.log.read_text()
        assert until(lambda: put_back(order) or at_rest(order)), worker.log.read_text()
        recover(order, rounds=1)
    recover(order)
    assert faults.fired() == [f"{point}=raise*1" for point in points]
    assert complaints(order, mails=journal, attempts=len(set(BEFORE_COMMIT) & set(points)) + 1) == []


@pytest.mark.parametrize("points", [SENDING[:2], SENDING[2:]])
def test_an_error_nobody_expected_while_sending(points, worker, faults, reseller, journal):
    faults.set(*(f"{point}=raise*1" for point in points))
    order = cast.order_plan(reseller)
    recover(order)
    assert set(faults.fired()) == {f"{point}=raise*1" for point in points}
    assert complaints(order, mails=journal, attempts=1, copies=2 if "send.answered" in points else 1) == []


@pytest.mark.parametrize("point", SENDING)
def test_killed_while_sending(point, worker, faults, reseller, journal):
    """Where the mail server had the letter and its answer was lost, it gets the letter once more, and both under one
    Message-ID: exactly one mail is something that SMTP cannot promise."""
    faults.set(f"{point}=kill*1")
    order = cast.order_plan(reseller)
    assert until(faults.fired), worker.log.read_text()
    recover(order)
    copies = 2 if point == "send.answered" else 1
    assert complaints(order, mails=journal, attempts=1, copies=copies) == []
    assert len(journal) == Notification.objects.count() + (copies - 1)
    is_marked = [letter.possible_duplicate for letter in Notification.objects.all()]
    assert is_marked.count(True) == (point in ("send.handing_over", "send.answered"))


def test_killed_in_the_middle_of_an_import(worker, faults, transactional_db):
    nordwind = cast.distributor()
    faults.set("import.row:3=kill*1")
    rows = [f"Reseller {n},Jo,jo{n}@import.example,Free,reseller-{n}" for n in (2, 3, 4)]
    run = start_import(
        nordwind, content="\n".join(["account,contact,email,plan,alias", *rows]).encode(), filename="resellers.csv",
        send_letters=True, key="k", by=cast.staff(nordwind).user,
    )  # fmt: skip
    assert until(faults.fired), worker.log.read_text()
    assert (run.fates.count(), Subscription.objects.count(), ImportRun.objects.get().done) == (1, 1, 1)
    ImportRun.objects.update(lease_until=Now() - timedelta(hours=1), rung_at=None)
    assert until(lambda: ImportRun.objects.get().is_over), worker.log.read_text()
    assert list(run.fates.order_by("line").values_list("line", "kind")) == [(2, "create"), (3, "create"), (4, "create")]
    assert Subscription.objects.count() == Order.objects.count() == Storefront.objects.filter(is_own=False).count() == 3
    assert until(lambda: Notification.objects.filter(state="sent").count() == 6), worker.log.read_text()
    assert broken() == {}


def test_a_poisoned_order_fails_and_others_proceed(worker, faults, transactional_db, journal):
    nordwind = cast.distributor()
    faults.set("exec.claimed=kill*1")  # the first attempt, before its id is known
    poisoned = cast.order_plan(cast.reseller(nordwind, "Bad Apple"), alias="bad-apple")
    assert until(faults.fired), worker.log.read_text()
    faults.set(f"exec.claimed:{poisoned.pk}=kill")
    healthy = cast.order_plan(cast.reseller(nordwind))
    while Order.objects.get(pk=poisoned.pk).attempts < MOST_ATTEMPTS:
        fired = len(faults.fired())
        abandon(poisoned)
        assert until(lambda: len(faults.fired()) > fired), worker.log.read_text()  # noqa: B023  asked for at once
    abandon(poisoned)
    assert until(lambda: at_rest(poisoned) and at_rest(healthy)), worker.log.read_text()

    poisoned.refresh_from_db()
    assert (poisoned.state, poisoned.error_code, poisoned.attempts) == ("failed", "attempts_used_up", 9)
    told = set(Notification.objects.filter(order=poisoned).values_list("template_code", "state"))
    assert told == {("order_needs_attention", "sent"), ("order_failed", "sent")}
    assert not Subscription.objects.filter(account_id=poisoned.account_id).exists()
    assert not Storefront.objects.filter(account_id=poisoned.account_id).exists()
    assert complaints(healthy, mails=journal, attempts=1) == []


@pytest.mark.shared
def test_abandoned_orders_come_back_when_their_lease_is_over(worker, faults, journal, transactional_db):
    """Nothing is hurried here, and the worker's own sweeper finds them. Each line fires once, so each order loses its
    worker at another step."""
    faults.set(*(f"{point}=kill*1" for point in BEFORE_COMMIT))
    nordwind = cast.distributor()
    resellers = [cast.reseller(nordwind, f"House {number}") for number in range(len(BEFORE_COMMIT))]
    orders = [cast.order_plan(each, alias=f"house-{number}") for number, each in enumerate(resellers)]
    assert until(lambda: len(faults.fired()) == len(orders)), worker.log.read_text()
    hurt_at = time.monotonic()
    abandoned = Order.objects.filter(state="executing").count()
    assert abandoned >= len(orders) - 1
    assert until(lambda: all(map(at_rest, orders)), seconds=75), worker.log.read_text()
    assert time.monotonic() - hurt_at > LEASE.total_seconds() - 10
    for order in orders:
        assert complaints(order, mails=journal, attempts=2) == []
