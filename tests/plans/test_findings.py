"""Each fault that operations could meet is found, with the thing that it is about; a healthy house has none."""

import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import celery
import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import doorbell
from notifications.models import DeliveryEvent, Notification
from plans import findings_of_house, heartbeats, vital_signs
from plans.alarm_kinds import ALARM_KINDS
from plans.findings import findings
from plans.models import (
    Charge,
    ImportFate,
    ImportRun,
    Operator,
    Order,
    PendingChange,
    Subscription,
    User,
    WorkerHeartbeat,
)
from plans.renewing import renew_due
from tests import cast
from tests.config.surroundings import refusing_server, silent_server

pytestmark = pytest.mark.django_db
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def a_living_worker(db, monkeypatch):
    monkeypatch.setattr(vital_signs, "_migrated_until", 0.0)
    monkeypatch.setattr(doorbell, "_asked", (-doorbell.ANSWER_KEPT, False))
    heartbeats.beat("orders@here", found={})


@pytest.fixture
def nordwind() -> Operator:
    """With a reseller on Standard, an order that was placed just now, and the letters of both."""
    operator = cast.distributor()
    cast.on_plan(cast.reseller(operator))
    cast.order_plan(cast.reseller(operator, "Harbor IT"), alias="harborit")
    return operator


def codes(operator: Operator) -> list[str]:
    return [finding.kind.code for finding in findings(operator)]


def orders(**changes) -> None:
    Order.objects.filter(state="placed").update(**changes)


def letters(**changes) -> None:
    Notification.objects.update(**changes)


def fail(code: str) -> None:
    orders(state="failed", error_code=code, error_message="Why.", failed_at=Now(), next_attempt_at=None)


def workers(**changes) -> None:
    WorkerHeartbeat.objects.update(**changes)


def ended_days_ago(days: int) -> None:
    end = timezone.now().date() - days * DAY
    Subscription.objects.update(period_end_on=end, period_start_on=end - 30 * DAY)


def change_due_days_ago(days: int) -> None:
    held = Subscription.objects.get()
    basic = held.plan.__class__.objects.get(operator=held.operator, is_default=True)
    due = timezone.now().date() - days * DAY
    PendingChange.objects.create(operator=held.operator, subscription=held, to_plan=basic, due_on=due)


def import_run(**fields) -> ImportRun:
    operator, by = Operator.objects.get(), User.objects.first()
    values = {"operator": operator, "by": by, "key": "k1", "filename": "resellers.csv", "content": b"", "total": 9}
    return ImportRun.objects.create(**values | fields)


def refused_row() -> None:
    run = import_run(state="done", done=9, ended_at=timezone.now())
    ImportFate.objects.create(run=run, line=2, account="A", plan="", kind="refused", text="No.")


def report() -> None:
    about = {"kind": "bounced", "happened_at": timezone.now(), "provider": "resend", "event_id": "1"}
    event = DeliveryEvent.objects.create(**about)
    DeliveryEvent.objects.filter(pk=event.pk).update(received_at=Now() - 2 * MINUTE)


def forged_reports() -> None:
    for _ in range(findings_of_house.REFUSED_REPORTS):
        answer = Client().post("/api/mail-reports/resend/", b"{}", content_type="application/json")
        assert answer.status_code == 400


def another_worker_died() -> None:
    heartbeats.beat("mail@gone")
    WorkerHeartbeat.objects.filter(worker="mail@gone").update(beat_at=Now() - MINUTE)


WRONG: dict[str, Callable[[], object]] = {
    "no_worker": lambda: workers(beat_at=Now() - MINUTE),
    "worker_dead": another_worker_died,
    "sweeper_silent": lambda: workers(swept_at=Now() - 2 * MINUTE, started_at=Now() - 9 * MINUTE),
    "clock_off": lambda: workers(own_clock_at=datetime.now(UTC) + timedelta(hours=1)),
    "orders_late": lambda: orders(next_attempt_at=Now() - 2 * MINUTE),
    "orders_retried": lambda: orders(next_attempt_at=Now() + MINUTE, attempts=4),
    "orders_dead": lambda: fail("attempts_used_up"),
    "orders_failed": lambda: fail("alias_taken"),
    "letters_late": lambda: letters(next_attempt_at=Now() - 2 * MINUTE),
    "letters_put_off": lambda: letters(state="retry", attempts=2, next_attempt_at=Now() + MINUTE),
    "letters_unknown": lambda: letters(state="unknown", next_attempt_at=None),
    "letters_failed": lambda: letters(state="failed"),
    "letters_bounced": lambda: letters(state="bounced"),
    "reports_unclaimed": report,
    "reports_refused": forged_reports,
    "renewals_late": lambda: ended_days_ago(3),
    "changes_late": lambda: change_due_days_ago(3),
    "import_stuck": lambda: import_run(created_at=timezone.now() - 2 * MINUTE),
    "import_refused": refused_row,
    "migrations_wait": lambda: MigrationRecorder(connection).migration_qs.filter(app="plans").latest("id").delete(),
}


def test_a_healthy_house_has_none(nordwind):
    assert findings(nordwind) == []


@pytest.mark.parametrize("code", WRONG)
def test_what_is_wrong_is_found_and_told_in_a_sentence(nordwind, code):
    WRONG[code]()
    [found] = findings(nordwind)
    assert (found.kind.code, found.words[-1]) == (code, ".")
    assert "{" not in found.words and (found.words[0].isupper() or found.words[0].isdigit())
    if code in ("renewals_late", "changes_late", "clock_off", "migrations_wait", "reports_refused"):
        assert found.since is None
    else:
        assert found.since <= timezone.now()


def test_a_renewal_that_fails_says_what_it_met(nordwind):
    ended_days_ago(3)
    Charge.objects.update(period_start_on=Subscription.objects.get().period_end_on)  # as if it were charged already
    renew_due(seconds=1)
    [found] = findings(nordwind)
    assert found.kind.code == "renewals_late"
    assert f"{Subscription.objects.get().number} met IntegrityError: " in found.words and "\n" not in found.words


def test_a_report_about_nobodys_letter_says_whose_and_what(nordwind):
    report()
    DeliveryEvent.objects.update(provider_id="re_123")
    [found] = findings(nordwind)
    assert found.words == "1 report is about no letter of ours, the last one bounced, by resend about re_123."


def test_a_broker_that_refuses(nordwind, monkeypatch):
    monkeypatch.setattr(celery.current_app.conf, "broker_write_url", refusing_server())
    assert codes(nordwind) == ["broker_away"]


def test_a_broker_that_says_nothing_is_waited_for_once(nordwind, monkeypatch):
    options = celery.current_app.conf.broker_transport_options
    options["socket_timeout"], before = 10, options["socket_timeout"]  # as in a worker
    try:
        with silent_server() as url:
            monkeypatch.setattr(celery.current_app.conf, "broker_write_url", url)
            begun = time.monotonic()
            assert [codes(nordwind) for _ in range(3)] == [["broker_away"]] * 3
    finally:
        options["socket_timeout"] = before
    assert time.monotonic() - begun < 5


def test_a_disk_that_is_almost_full(nordwind, monkeypatch):
    little = SimpleNamespace(free=findings_of_house.LEAST_FREE - 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: little)
    assert codes(nordwind) == ["disk_full"]


def test_every_kind_is_planted_here():
    assert {*WRONG, "broker_away", "disk_full"} == set(ALARM_KINDS)


def test_things_are_named_and_the_worst_comes_first(nordwind):
    fail("alias_taken")
    workers(beat_at=Now() - MINUTE)
    worst, order = findings(nordwind)
    number = Order.objects.get(state="failed").number
    assert worst.kind.code == "no_worker"
    assert [(thing.noun, thing.key) for thing in order.things] == [("order", number)]


def test_nobody_is_told_of_anothers_rows(nordwind):
    fail("alias_taken")
    letters(state="failed")
    assert findings(cast.distributor("Sudlicht", host="cloud.other.test")) == []


def test_a_letter_that_somebody_dealt_with_is_no_alarm(nordwind):
    letters(state="failed")
    assert codes(nordwind) == ["letters_failed"]
    letters(dealt_with_at=Now())
    assert codes(nordwind) == []


def test_it_asks_the_same_however_much_is_wrong(nordwind):
    def questions() -> int:
        findings(nordwind)
        with CaptureQueriesContext(connection) as asked:
            findings(nordwind)
        return len(asked)

    few = questions()
    for number in range(3):
        cast.order_plan(cast.reseller(nordwind, f"Many {number}"), alias=f"many{number}")
    fail("attempts_used_up")
    letters(state="failed")
    Notification.objects.update(attempts=F("attempts") + 3)
    assert questions() == few <= 18
