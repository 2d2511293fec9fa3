"""Ringing costs a page next to nothing, whether the broker refuses or hangs; and the worker gets the word."""

from celery import current_app
from django.conf import settings

from config.celery import app, wait_longer_in_workers
from notifications.doorbell import ring
from tests.config.surroundings import answer_of, refusing_server, silent_server

RING_TWICE = """
import json, time, config.wsgi
from notifications.doorbell import ring
rings = []
for _ in range(2):
    start = time.monotonic()
    rings.append([ring("plans.execute_order", 7, queue="orders"), time.monotonic() - start])
print(json.dumps({"rings": rings}))
"""


def test_the_word_reaches_the_queue_as_a_versioned_payload(broker):
    assert ring("plans.execute_order", 7, queue="bell-test")
    with current_app.connection_for_read() as connection:
        message = connection.SimpleQueue("bell-test", no_ack=True).get(timeout=2)
    arguments, _keywords, _rest = message.decode()
    assert (message.headers["task"], arguments) == ("plans.execute_order", [{"id": 7, "v": 1}])


def test_a_broker_that_refuses_is_a_no_at_once():
    (first, second) = answer_of(RING_TWICE, REDIS_URL=refusing_server())["rings"]
    assert (first[0], second[0]) == (False, False)
    assert first[1] < 0.5


def test_a_broker_that_hangs_costs_a_second_once():
    with silent_server() as url:
        (first, second) = answer_of(RING_TWICE, REDIS_URL=url)["rings"]
    assert (first[0], second[0]) == (False, False)
    assert first[1] < 1.3
    assert second[1] < 0.05


def test_workers_wait_longer_than_the_web_or_they_would_drop_their_connection():
    class Conf:
        broker_transport_options = settings.CELERY_BROKER_TRANSPORT_OPTIONS

    wait_longer_in_workers(conf=Conf)
    assert settings.CELERY_BROKER_TRANSPORT_OPTIONS["socket_timeout"] < 1
    assert Conf.broker_transport_options["socket_timeout"] >= 10
    assert Conf.broker_transport_options["visibility_timeout"] == 300 > app.conf.task_time_limit


def test_tasks_go_to_the_queue_of_their_room():
    routes = {name: app.amqp.router.route({}, name)["queue"].name for name in ("plans.x", "notifications.y")}
    assert routes == {"plans.x": "orders", "notifications.y": "mail"}
