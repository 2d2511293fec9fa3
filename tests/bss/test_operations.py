"""Setup > Operations: what waits is counted for this distributor, mended in batches, and dead workers are seen."""

import signal
import time
from datetime import timedelta

import celery
import pytest
from django.core.cache import cache
from django.db import connection
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bss.setup.operations import backlog
from notifications import doorbell
from notifications.models import Notification
from plans import heartbeats
from plans.mending import retry_failed
from plans.models import Activity, Alarm, Order, User, WorkerHeartbeat
from tests import cast
from tests.bss.conftest import sign_in
from tests.bss.test_dashboard import failed_plan_order
from tests.config.surroundings import refusing_server

URL = "/bss/setup/operations/"


def counts(operator) -> dict[str, int]:
    return {f"{kind}: {line.label}": line.count for kind, lines in lines_of(operator) for line in lines if line.count}


def lines_of(operator):
    from django.urls import set_urlconf

    set_urlconf("bss.urls")
    try:
        return [("orders", backlog.orders(operator)), ("letters", backlog.letters(operator))]
    finally:
        set_urlconf(None)


def words(client: Client, url: str = URL) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_what_is_due_stuck_or_failed_is_counted_with_its_list(maren, nordwind):
    failed_plan_order(cast.reseller(nordwind))
    order = cast.order_plan(cast.reseller(nordwind, "Harbor IT"))
    assert counts(nordwind)["orders: Failed"] == 1 and counts(nordwind)["orders: Due now"] == 1
    Order.objects.filter(pk=order.pk).update(next_attempt_at=Now() - timedelta(minutes=2))
    assert counts(nordwind)["orders: Due for over a minute"] == 1
    assert counts(cast.distributor("Sudlicht", host="cloud.other.test")) == {}
    text = words(maren)
    assert '<a href="/bss/orders/?state=failed">Failed</a>' in text


def test_retry_all_places_what_failed_again_and_says_how_many(maren, nordwind):
    orders = [failed_plan_order(cast.reseller(nordwind, f"Failed {number}")) for number in range(3)]
    theirs = failed_plan_order(cast.reseller(cast.distributor("Sudlicht", host="cloud.other.test"), "Lumen"))
    answer = maren.post(f"{URL}retry-all/", follow=True)
    assert "3 failed orders were placed again." in answer.content.decode()
    assert {Order.objects.get(pk=order.pk).state for order in orders} == {"placed"}
    assert Order.objects.get(pk=theirs.pk).state == "failed"
    assert Activity.objects.filter(verb="order.retry", actor_name="Maren Holt").count() == 3


def test_retry_all_takes_a_batch_the_oldest_first(nordwind):
    by = User.objects.get(email="maren.holt@nordwind.example")
    orders = [failed_plan_order(cast.reseller(nordwind, f"Failed {number}")) for number in range(3)]
    assert retry_failed(nordwind, by=by, limit=2) == 2
    assert [Order.objects.get(pk=order.pk).state for order in orders] == ["placed", "placed", "failed"]


def test_sweep_now_hands_on_what_is_due_here_alone(maren, nordwind):
    order = cast.order_plan(cast.reseller(nordwind))
    theirs = cast.order_plan(cast.reseller(cast.distributor("Sudlicht", host="cloud.other.test"), "Lumen"))
    Order.objects.update(next_attempt_at=Now() - timedelta(seconds=30))
    answer = maren.post(f"{URL}sweep/", follow=True)
    assert "Swept: 1 order was handed to a worker." in answer.content.decode()
    assert Order.objects.get(pk=order.pk).rung_at and not Order.objects.get(pk=theirs.pk).rung_at
    assert Activity.objects.filter(verb="operations.swept", operator=nordwind).count() == 1


def test_without_a_worker_the_dashboard_and_operations_sound_the_alarm(maren):
    for url in ("/bss/", URL):
        assert "No worker is running." in words(maren, url)
    heartbeats.begin("orders@here")
    heartbeats.beat("orders@here", found={"orders": 2, "letters": 0})
    for url in ("/bss/", URL):
        assert "No worker is running." not in words(maren, url)
    text = words(maren)
    assert "orders@here" in text and "Alive" in text and "The sweeper last ran at" in text
    age(heartbeats.DEAD_AFTER + timedelta(seconds=1))
    assert "Dead" in words(maren) and "No worker is running." in words(maren, "/bss/")


def alarms_of(client: Client) -> dict[str, tuple[str, list[str]]]:
    """By code: the sentence, and where its links lead."""
    rows = client.get(URL).context["alarms"]
    return {row.kind.code: (row.words, [link.url for link in row.links]) for row in rows}


def test_each_alarm_leads_to_its_thing_and_its_list_and_a_click_mends_it(maren, nordwind):
    heartbeats.beat("orders@here", found={})
    assert alarms_of(maren) == {} and "Nothing is wrong." in words(maren)
    order = failed_plan_order(cast.reseller(nordwind))
    said, links = alarms_of(maren)["orders_dead"]
    assert said == "1 order was given up after its last attempt."
    assert links == [f"/bss/orders/{order.number}/", "/bss/orders/?state=failed"]
    assert 'aria-label="Retry all: Orders were given up"' in words(maren)
    maren.post(f"{URL}retry-all/")
    assert alarms_of(maren) == {}


@pytest.mark.parametrize("state", ["failed", "bounced", "complained"])
def test_the_list_of_an_alarm_holds_the_letter_it_is_about(maren, nordwind, state):
    cast.on_plan(cast.reseller(nordwind))
    letter = Notification.objects.get(template_code="welcome_standard")
    Notification.objects.filter(pk=letter.pk).update(state=state, sent_at=Now())
    [links] = [links for code, (_, links) in alarms_of(maren).items() if code in ("letters_failed", "letters_bounced")]
    page = f"/bss/setup/notifications/outbox/{letter.pk}/"
    assert links[0] == page and page.split("/")[-2] + "/" in maren.get(links[1]).text.split("<tbody", 1)[1]


def test_letters_that_were_put_off_are_tried_now_and_those_given_up_are_sent_again(maren, nordwind):
    heartbeats.beat("orders@here", found={})
    cast.on_plan(cast.reseller(nordwind))
    theirs = cast.distributor("Sudlicht", host="cloud.other.test")
    cast.on_plan(cast.reseller(theirs, "Lumen"), alias="lumen")
    Notification.objects.update(state="retry", attempts=3, next_attempt_at=Now() + timedelta(hours=6))
    assert set(alarms_of(maren)) == {"letters_put_off"}
    many = Notification.objects.of_operator(nordwind).count()
    assert f"{many} letters are tried again now." in maren.post(f"{URL}try-letters/", follow=True).content.decode()
    assert Notification.objects.due().of_operator(nordwind).count() == many
    assert not Notification.objects.due().of_operator(theirs).exists()

    Notification.objects.update(state="failed", next_attempt_at=None)
    assert set(alarms_of(maren)) == {"letters_failed"}
    for said in (f"{many} letters were sent again.", "0 letters were sent again."):
        assert said in maren.post(f"{URL}resend-all/", follow=True).content.decode()
    assert Notification.objects.of_operator(nordwind).filter(resend_of__isnull=False).count() == many
    assert not Notification.objects.of_operator(theirs).filter(resend_of__isnull=False).exists()
    verbs = Activity.objects.filter(actor_name="Maren Holt").values_list("verb", flat=True)
    assert {"operations.letters_tried", "letter.resent"} <= set(verbs)


def refuse_the_broker(broken: pytest.MonkeyPatch) -> None:
    broken.setattr(celery.current_app.conf, "broker_write_url", refusing_server())


def fill_the_disk(broken: pytest.MonkeyPatch) -> None:
    """/proc is a file system without a free byte."""
    broken.setattr("django.conf.settings.MEDIA_ROOT", "/proc/media")


@pytest.mark.parametrize(
    ("break_it", "title", "says"),
    [
        (refuse_the_broker, "The broker does not answer", "Start it, or correct REDIS_URL."),
        (fill_the_disk, "The disk is almost full", "0 MB are free where uploads are kept: make room on the disk of"),
    ],
)
def test_a_fault_that_no_click_mends_says_what_does(maren, break_it, title, says):
    heartbeats.beat("orders@here", found={})
    assert "Nothing is wrong." in words(maren)
    with pytest.MonkeyPatch.context() as broken:
        break_it(broken)
        forget_what_was_asked()
        [row] = maren.get(URL).context["alarms"]
        assert says in row.words
        assert f'<span class="badge bad">{title}</span><span class="sec">{row.words}</span>' in words(maren)
        banner = f'<strong>{row.words}</strong> <a href="{URL}">Open Operations</a>'
        assert banner in words(maren, "/bss/orders/")
    forget_what_was_asked()
    assert "Nothing is wrong." in words(maren) and banner not in words(maren, "/bss/orders/")


def forget_what_was_asked() -> None:
    """As if twenty seconds had passed."""
    cache.clear()
    doorbell._asked = (-doorbell.ANSWER_KEPT, False)


def test_a_dead_worker_is_forgotten_and_a_living_one_is_not(maren):
    heartbeats.beat("orders@here", found={})
    heartbeats.beat("mail@gone")
    WorkerHeartbeat.objects.filter(worker="mail@gone").update(beat_at=Now() - timedelta(minutes=2))
    assert "The worker mail@gone is silent." in words(maren) and "Forget mail@gone" in words(maren)
    answer = maren.post(f"{URL}forget-worker/", {"worker": "orders@here"}, follow=True)
    assert "Only a worker that is dead is forgotten." in answer.content.decode()
    assert (
        "mail@gone is forgotten."
        in maren.post(f"{URL}forget-worker/", {"worker": "mail@gone"}, follow=True).content.decode()
    )
    assert [each.worker for each in heartbeats.workers()] == ["orders@here"]


def test_the_banner_is_on_every_page_of_who_looks_after_the_house(maren, nordwind, office):
    sentence = "No worker is running. Orders and letters are kept, and wait until one starts."
    everybody = {role: office(cast.staff(nordwind, role).user) for role in ("operations", "finance", "read_only")}
    assert words(maren, "/bss/accounts/").count(sentence) == 1
    assert words(everybody["operations"], "/bss/accounts/").count(sentence) == 1
    assert sentence not in words(everybody["finance"], "/bss/accounts/")
    assert sentence not in words(everybody["read_only"], "/bss/accounts/")
    assert words(maren, URL).count(sentence) == 1  # in the list there


def test_a_fault_of_the_rows_costs_no_page_more_questions(maren, nordwind):
    heartbeats.beat("orders@here", found={})
    words(maren, "/bss/orders/")
    with CaptureQueriesContext(connection) as before:
        words(maren, "/bss/orders/")
    with CaptureQueriesContext(connection) as page:
        words(maren)
    for number in range(3):
        failed_plan_order(cast.reseller(nordwind, f"Failed {number}"))
    Alarm.objects.create(operator=nordwind, code="orders_dead", words="Was so.", ended_at=Now())
    with CaptureQueriesContext(connection) as after:
        words(maren)
    assert len(after) == len(page) <= 34
    assert not any("plans_workerheartbeat" in each["sql"] for each in before.captured_queries)  # the cache knows


def age(back: timedelta) -> None:
    WorkerHeartbeat.objects.update(beat_at=Now() - back)


def test_a_worker_that_starts_anew_keeps_its_row_and_forgets_the_long_dead(db):
    heartbeats.begin("orders@here")
    heartbeats.begin("orders@gone")
    age(heartbeats.FORGOTTEN_AFTER + timedelta(seconds=1))
    heartbeats.begin("orders@here")
    assert [(each.worker, each.is_alive) for each in heartbeats.workers()] == [("orders@here", True)]
    heartbeats.leave("orders@here")
    assert not heartbeats.workers().exists()


def test_a_worker_counts_as_dead_within_a_minute():
    assert heartbeats.DEAD_AFTER.total_seconds() <= 55


@pytest.mark.faults
@pytest.mark.shared
def test_a_killed_worker_is_shown_dead_within_a_minute_and_a_stopped_one_is_gone(processes, settings):
    settings.BSS_HOST = "bss.disti.test"
    cast.distributor()
    maren = sign_in(User.objects.get(email="maren.holt@nordwind.example"))
    first, second = processes.worker(slots=1), processes.worker(slots=1)
    until(lambda: WorkerHeartbeat.objects.filter(swept_at__isnull=False).count() == 2, 90)
    assert words(maren).count("Alive") == 2
    second.ask_to_stop()
    until(lambda: WorkerHeartbeat.objects.count() == 1, 60)
    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    assert "Alive" in words(maren)
    most = heartbeats.DEAD_AFTER - timedelta(seconds=8)
    WorkerHeartbeat.objects.update(beat_at=F("beat_at") - most)  # so much time passes at once
    until(lambda: "Dead" in words(maren), 15)
    assert "No worker is running." in words(maren, "/bss/")


def until(true, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.5)
