"""The broker is away, or forgets what it was told: nobody notices, and every order is executed all the same."""

import threading
import time
from collections.abc import Iterator

import celery
import pytest
from django.db import transaction

import plans.placing
from notifications import doorbell
from plans import doorbells
from plans.models import Account, Order
from tests import cast
from tests.processes import free_port

from .brokers import ringing_at
from .judge import complaints
from .passing_time import at_rest, until
from .proxy import Proxy

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared]
AT_ONCE = 2.0  # seconds that a person waits for a page at most
OUTAGES = {"refuse": {}, "blackhole": {}, "latency": {"seconds": 3}}


@pytest.fixture
def nordwind(transactional_db, faults):
    faults.set()
    return cast.distributor()


# --- The bell itself ---


def rung_in_vain(account: Account) -> list[str]:
    """What a person notices of a bell that cannot be rung, and whether the order stands."""
    started = time.monotonic()
    found = []
    try:
        cast.order_plan(account)
    except Exception as problem:  # noqa: BLE001  whatever comes through to the person is the complaint
        found.append(type(problem).__name__)
    if time.monotonic() - started > AT_ONCE:
        found.append("slow")
    return found + ([] if Order.objects.filter(state="placed").count() == 1 else ["no order"])


@pytest.fixture
def network(own_broker) -> Iterator[Proxy]:
    proxy = Proxy(str(own_broker.socket))
    with ringing_at(f"redis://127.0.0.1:{proxy.port}/0"):
        assert doorbell.ring("plans.execute_order", 0, queue="nobody")  # a connection is open, as in life
        yield proxy
    proxy.close()


@pytest.mark.parametrize("outage", [*OUTAGES, "half_open"])
def test_a_bell_that_cannot_be_rung_is_not_noticed(outage, network, reseller):
    network.turn(outage, **OUTAGES.get(outage, {}))
    assert rung_in_vain(reseller) == []


def test_twin_the_bell_raises(network, reseller, monkeypatch):
    """Neither the bell nor the hook after the commit keep the failure to themselves."""

    def ring_loudly(order_id: int) -> None:
        transaction.on_commit(lambda: celery.current_app.send_task(doorbells.TASK, [{"id": order_id, "v": 1}]))

    monkeypatch.setattr(plans.placing, "ring_after_commit", ring_loudly)
    network.turn("refuse")
    assert rung_in_vain(reseller) == ["OperationalError"]


def test_twin_the_bell_has_all_the_time_in_the_world(network, reseller):
    """Without the short waits of the settings a silent broker keeps the person waiting: here until it speaks again."""
    with ringing_at(celery.current_app.conf.broker_write_url, is_patient=True):
        assert doorbell.ring("plans.execute_order", 0, queue="nobody")
        network.turn("blackhole")
        threading.Timer(AT_ONCE + 0.5, network.turn, ["pass"]).start()
        assert rung_in_vain(reseller) == ["slow"]


# --- No broker at all, or one that forgets ---


def executed_without_any_broker(processes, surroundings, account, mails, *, odd: str, patience: float) -> list[str]:
    nowhere = f"redis://127.0.0.1:{free_port()}/0"
    with ringing_at(nowhere):
        order = cast.order_plan(account)
    worker = processes.worker(REDIS_URL=nowhere, app="tests.faults.odd", ODD=odd, **surroundings)
    assert until(lambda: "Cannot connect to redis" in worker.log.read_text()), worker.log.read_text()
    until(lambda: at_rest(order), seconds=patience)
    return complaints(order, mails=mails, attempts=1)


def test_without_any_broker(processes, surroundings, reseller, journal):
    odd = "hurried sweeper"
    assert executed_without_any_broker(processes, surroundings, reseller, journal, odd=odd, patience=60) == []


def test_twin_nobody_sweeps(processes, surroundings, reseller, journal):
    odd = "no sweeper"
    twin = executed_without_any_broker(processes, surroundings, reseller, journal, odd=odd, patience=6)
    assert twin[0].startswith("the order is placed")


def test_a_broker_that_forgets_twice(processes, surroundings, own_broker, faults, nordwind, journal, tmp_path):
    """Flushed with orders in its queue; then killed with an order in the worker's hand, and started again without its
    disk. Celery's main process ends when that happens to it, so somebody has to look after it, as bin/dev does."""
    url = f"unix://{own_broker.socket}?db=0"
    placed = []

    def place(name: str) -> None:
        with ringing_at(f"redis+socket://{own_broker.socket}"):
            placed.append(cast.order_plan(cast.reseller(nordwind, name), alias=name.lower()))

    def all_at_rest() -> bool:
        worker.look_after()
        return all(map(at_rest, placed))

    place("Alpha")
    place("Beta")
    assert own_broker.waiting() == 2
    own_broker.flush()
    worker = processes.worker(REDIS_URL=url, app="tests.faults.odd", ODD="hurried sweeper", **surroundings)
    assert until(all_at_rest), worker.log.read_text()
    faults.set(f"exec.claimed=wait={tmp_path / 'gate'}*1")
    place("Gamma")
    assert until(faults.fired), worker.log.read_text()
    own_broker.kill()
    own_broker.forget_everything()
    own_broker.start()
    (tmp_path / "gate").touch()
    place("Delta")
    assert until(all_at_rest), worker.log.read_text()
    for order in placed:
        assert complaints(order, mails=journal) == []
