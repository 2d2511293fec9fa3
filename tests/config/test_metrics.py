"""/metrics: figures for who has the token, the same number of questions however much there is."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from config import metrics
from notifications.models import Notification
from plans import heartbeats
from plans.models import Order, Subscription, WorkerHeartbeat
from tests import cast
from tests.config.surroundings import fresh_process, refusing_server

TOKEN = "only-for-tests-" + "0123456789" * 3
LINE = re.compile(r'(uplift_[a-z_]+)(?:\{([a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*)\})? (-?[0-9.e+-]+)')


@pytest.fixture
def token(settings) -> str:
    settings.METRICS_TOKEN = TOKEN
    return TOKEN


def ask(client, given: str = TOKEN, method: str = "get"):
    return getattr(client, method)("/metrics", headers={"host": "10.1.2.3:9999", "authorization": f"Bearer {given}"})


def figures(client) -> dict[str, float]:
    """Each line as {"uplift_orders{operator=...}": 3.0}, having looked that each is one."""
    answer = ask(client)
    assert answer.status_code == 200 and answer["Content-Type"].startswith("text/plain; version=0.0.4")
    found = {}
    for line in answer.content.decode().splitlines():
        if not line.startswith("#"):
            name, labels, value = LINE.fullmatch(line).groups()
            found[f"{name}{{{labels}}}" if labels else name] = float(value)
    return found


def let_periods_end(*, days: int) -> None:
    end = timezone.now().date() - timedelta(days=days)
    Subscription.objects.update(period_end_on=end, period_start_on=end - timedelta(days=30))


def test_without_a_token_of_its_own_nobody_finds_it(client, settings):
    settings.METRICS_TOKEN = ""
    assert ask(client).status_code == ask(client, "").status_code == 404  # pytest-django refuses databases here


@pytest.mark.parametrize("given", ["", "wrong", TOKEN + "x", TOKEN[:-1], "ü"])
def test_with_another_token_one_is_refused(client, token, given):
    answer = ask(client, given)
    assert (answer.status_code, answer.content) == (401, b"")


@pytest.mark.django_db
def test_it_is_read_and_nothing_else(client, token):
    assert [ask(client, method=method).status_code for method in ("post", "put", "delete")] == [405, 405, 405]


def test_a_token_that_can_be_guessed_is_refused_at_the_start():
    assert "METRICS_TOKEN needs 32" in fresh_process("import config.settings", METRICS_TOKEN="short").stderr


@pytest.mark.django_db
def test_figures_come_from_the_rows(client, token):
    nordwind = cast.distributor()
    cast.on_plan(cast.reseller(nordwind))
    waiting = cast.order_plan(cast.reseller(nordwind, "Harbor IT"), alias="harborit")
    Order.objects.filter(pk=waiting.pk).update(next_attempt_at=Now() - timedelta(minutes=3), attempts=4)
    Notification.objects.update(next_attempt_at=Now() - timedelta(minutes=2), attempts=1)
    let_periods_end(days=3)
    heartbeats.beat("orders@here", found={})
    WorkerHeartbeat.objects.update(beat_at=Now() - timedelta(seconds=40))
    found = figures(client)
    assert found['uplift_orders{operator="testserver",state="placed"}'] == 1
    assert found['uplift_orders_attempts{operator="testserver",state="placed"}'] == 4
    assert found['uplift_orders{operator="testserver",state="executed"}'] == 1
    assert found['uplift_letters{operator="testserver",state="queued"}'] == Notification.objects.count() > 0
    assert 180 <= found["uplift_oldest_due_order_seconds"] < 240
    assert 120 <= found["uplift_oldest_due_letter_seconds"] < 180
    assert 2.5 * 86_400 < found['uplift_oldest_due_renewal_seconds{operator="testserver"}'] < 4.5 * 86_400
    assert 40 <= found['uplift_worker_last_beat_seconds{worker="orders@here"}'] < 80
    assert 0 <= found["uplift_sweeper_last_run_seconds"] < 40
    assert found["uplift_broker_up"] == found["uplift_cache_up"] == 1
    assert found['uplift_queue_length{queue="mail"}'] >= 0
    assert found['uplift_info{version="0.1.0"}'] == 1


@pytest.mark.django_db
def test_a_renewal_that_waits_for_a_plan_order_is_not_late(client, token):
    account = cast.on_plan(cast.reseller(cast.distributor()), "free")
    let_periods_end(days=3)
    assert figures(client)['uplift_oldest_due_renewal_seconds{operator="testserver"}'] > 0
    cast.order_plan(account, alias=None)
    assert figures(client)['uplift_oldest_due_renewal_seconds{operator="testserver"}'] == 0


@pytest.mark.django_db
def test_it_asks_the_same_however_much_there_is(client, token):
    first = cast.distributor()
    cast.order_plan(cast.reseller(first))

    def questions() -> int:
        figures(client)  # what is settled is counted now, and kept
        with CaptureQueriesContext(
            connection,
        ) as asked:
            figures(client)
        return len(asked)

    few = questions()
    second = cast.distributor("Sudlicht", host="cloud.other.test")
    for number in range(4):
        cast.on_plan(cast.reseller(second, f"Many {number}"), alias=f"many{number}")
        heartbeats.beat(f"orders@host{number}")
    assert questions() == few <= 8


@pytest.mark.django_db
def test_a_broker_that_is_away_is_told_and_the_rest_too(client, token, settings):
    import celery

    before = celery.current_app.conf.broker_write_url
    celery.current_app.conf.broker_write_url = refusing_server()
    try:
        found = figures(client)
    finally:
        celery.current_app.conf.broker_write_url = before
    assert found["uplift_broker_up"] == 0 and found["uplift_oldest_due_order_seconds"] == 0


def test_a_label_cannot_break_out_of_its_quotes():
    gauge = metrics.Gauge("orders", "Orders.", [({"operator": 'a"b\\c\nd'}, 2)])
    assert list(gauge.lines())[-1] == 'uplift_orders{operator="a\\"b\\\\c\\nd"} 2'
