"""Operations are written to about what is new, once however many sweepers look, and never in a flood."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from plans import heartbeats
from plans.models import Alarm, Operator, Order, WorkerHeartbeat
from plans.sweeping import sweep
from plans.watching import look_at, watch
from tests import cast
from tests.plans.at_once import at_once

MINUTE = timedelta(minutes=1)


@pytest.fixture
def nordwind(db) -> Operator:
    heartbeats.beat("orders@here", found={})
    return cast.distributor()


def digests(operator: Operator | None = None) -> list[Notification]:
    found = Notification.objects.filter(template_code="operations_digest").order_by("id")
    return list(found.filter(operator=operator) if operator else found)


def pass_time(minutes: float) -> None:
    """As if all that was noted so far had been so much earlier."""
    back = timedelta(minutes=minutes)
    Alarm.objects.update(opened_at=F("opened_at") - back, seen_at=F("seen_at") - back, told_at=F("told_at") - back)
    Operator.objects.update(watched_at=F("watched_at") - back)
    for letter in digests():  # its key names its quarter of an hour
        Notification.objects.filter(pk=letter.pk).update(key=f"earlier:{letter.pk}")


def look(times: int = 1) -> None:
    for _ in range(times):
        pass_time(1.1)
        watch()


def a_late_order(operator: Operator, name: str = "Tech Solutions") -> Order:
    order = cast.order_plan(cast.reseller(operator, name), alias=name.lower().replace(" ", ""))
    Order.objects.filter(pk=order.pk).update(next_attempt_at=Now() - 9 * MINUTE)
    return order


def sent() -> None:
    """The mail system took all that was written."""
    Notification.objects.filter(state="queued").update(state="sent", sent_at=Now(), next_attempt_at=None)


def test_what_is_wrong_is_told_at_the_second_look_to_operations(nordwind):
    look(2)
    assert digests() == [] == list(Alarm.objects.all())
    a_late_order(nordwind)
    look()
    assert [alarm.code for alarm in Alarm.objects.ringing()] == ["orders_late"] and digests() == []
    look()
    [letter] = digests()
    assert letter.recipient_email == "ops@nordwind.example"
    assert letter.subject == "Nordwind Distribution: something needs operations"
    assert "1 order waits for a worker." in letter.text and "/bss/setup/operations/" in letter.text
    assert "Still so" not in letter.text


def test_a_blip_is_kept_and_not_told(nordwind):
    order = a_late_order(nordwind)
    look()
    Order.objects.filter(pk=order.pk).update(next_attempt_at=Now())
    look(2)
    assert digests() == []
    assert [(alarm.code, alarm.ended_at is None) for alarm in Alarm.objects.all()] == [("orders_late", False)]


def test_what_goes_on_is_not_told_again_and_what_is_new_waits_for_a_quarter_of_an_hour(nordwind):
    a_late_order(nordwind)
    look(3)
    sent()
    look(20)
    assert len(digests()) == 1
    WorkerHeartbeat.objects.update(swept_at=Now() - 5 * MINUTE, started_at=Now() - 9 * MINUTE)
    look(2)
    [_, second] = digests()
    assert "none has swept for over a minute" in second.text and "Still so: 1 order waits for a worker." in second.text
    sent()
    WorkerHeartbeat.objects.update(beat_at=Now() - 5 * MINUTE)
    look(9)
    assert len(digests()) == 2  # "No worker is running" is new, and waits
    pass_time(7)
    look()
    assert "No worker is running." in digests()[-1].text and len(digests()) == 3


def test_where_the_mail_system_is_away_one_letter_waits_and_no_more(nordwind):
    a_late_order(nordwind)
    look(2)
    Notification.objects.update(state="retry", attempts=3, next_attempt_at=Now() + 60 * MINUTE)
    for _ in range(4):  # an hour in which one thing after the other breaks
        pass_time(15)
        look(2)
        WorkerHeartbeat.objects.update(swept_at=Now() - 5 * MINUTE, started_at=Now() - 9 * MINUTE)
    assert len(digests()) == 1
    assert "letters_put_off" in set(Alarm.objects.ringing().values_list("code", flat=True))
    sent_now = Notification.objects.filter(template_code="operations_digest")
    sent_now.update(state="sent", sent_at=Now(), next_attempt_at=None)
    look()
    assert len(digests()) == 2 and "none has swept for over a minute" in digests()[-1].text


def test_what_has_a_letter_of_its_own_begins_none(nordwind):
    order = a_late_order(nordwind)
    refused = {"state": "failed", "error_code": "alias_taken", "error_message": "Taken.", "next_attempt_at": None}
    Order.objects.filter(pk=order.pk).update(**refused, failed_at=Now())
    look(3)
    assert digests() == [] and Alarm.objects.ringing().get().code == "orders_failed"


def test_each_operator_hears_of_its_own(nordwind):
    sudlicht = cast.distributor("Sudlicht", host="cloud.other.test", operations_email="")
    a_late_order(sudlicht)
    look(2)
    assert digests(nordwind) == []
    assert [letter.recipient_email for letter in digests(sudlicht)] == [sudlicht.support_email]


def test_operations_read_it_in_their_language(nordwind):
    Operator.objects.update(language="de")
    a_late_order(nordwind)
    look(2)
    [letter] = digests()
    assert letter.subject == "Nordwind Distribution: der Betrieb braucht Sie"
    assert "Niemand bearbeitet wartende Bestellungen." in letter.text and "Weiterhin" not in letter.text


def test_a_minute_between_two_looks_and_one_question_where_it_is_nobodys_turn(nordwind):
    assert (watch(), watch()) == (1, 0)
    with CaptureQueriesContext(connection) as asked:
        watch()
    assert len(asked) == 1
    pass_time(1.1)
    sweep()
    assert watch() == 0  # the sweeper has just looked


def test_a_sweep_by_hand_tells_that_no_worker_lives(nordwind):
    WorkerHeartbeat.objects.all().delete()
    for _ in range(2):
        pass_time(1.1)
        sweep(execute=True)
    [letter] = digests()
    assert "No worker is running." in letter.text


@pytest.mark.django_db(transaction=True)
def test_sweepers_that_look_at_once_write_one_letter():
    heartbeats.beat("orders@here", found={})
    nordwind = cast.distributor()
    a_late_order(nordwind)
    look()
    pass_time(1.1)
    outcomes = at_once(*[lambda: look_at(nordwind)] * 4)
    assert [outcome.code for outcome in outcomes] == ["done"] * 4
    assert len(digests()) == 1 and Alarm.objects.count() == 1
