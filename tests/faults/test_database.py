"""The database drops a worker's connection, or its answer to COMMIT is lost on the way (PostgreSQL)."""

import os
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

import pytest
from children import Child, Minder
from django.db import connection

from plans.models import Order
from plans.sweeping import sweep
from tests import cast
from tests.processes import Processes, environment

from .conftest import kill_all
from .judge import complaints
from .passing_time import put_back, recover, time_passes, until
from .proxy import Proxy
from .test_kills import BEFORE_COMMIT, HALVES, SENDING

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.pg, pytest.mark.usefixtures("postgresql")]


@pytest.fixture(scope="module")
def network() -> Iterator[Proxy]:
    """Between the worker and PostgreSQL."""
    server = urlsplit(os.environ["DATABASE_URL"])
    proxy = Proxy((server.hostname, server.port or 5432))
    yield proxy
    proxy.close()


@pytest.fixture(scope="module")
def worker(
    postgresql, network, django_db_setup, broker, minder: Minder, surroundings, tmp_path_factory
) -> Iterator[Child]:
    url = urlsplit(environment()["DATABASE_URL"])
    login = url.netloc.rpartition("@")[0]
    netloc = f"{login}@127.0.0.1:{network.port}" if login else f"127.0.0.1:{network.port}"
    # In the clear, so that the proxy can read along.
    behind = urlunsplit(url._replace(netloc=netloc, query="sslmode=disable"))
    started = Processes(tmp_path_factory.mktemp("worker"), minder)
    yield started.worker(DATABASE_URL=behind, **surroundings)
    kill_all(started)


def hang_up_on_workers() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'uplift-worker' AND datname = current_database()"
        )


@pytest.mark.parametrize("points", [*HALVES, SENDING])
def test_the_connection_drops_at_every_step(points, worker, faults, reseller, journal, tmp_path):
    """One order meets it at each; the worker lives on and connects again. Where no statement stands between two steps,
    one attempt takes both."""
    faults.set(*(f"{point}=wait={tmp_path / point}*1" for point in points))
    order = cast.order_plan(reseller)

    def all_have_dropped() -> bool:
        waiting = [gate for line in faults.fired() if not (gate := tmp_path / line.partition("=")[0]).exists()]
        if waiting:
            hang_up_on_workers()
        for gate in waiting:
            gate.touch()
        if not waiting and (put_back(order) or points is SENDING):
            time_passes()
            sweep()
        return len(faults.fired()) == len(points)

    assert until(all_have_dropped), worker.log.read_text()
    recover(order)
    dropped = len(set(BEFORE_COMMIT) & set(points))
    assert max(dropped, 1) <= Order.objects.get().attempts <= dropped + 1
    # A letter that was being carried when everything was cut off may have been handed over already.
    assert complaints(order, mails=journal, copies=2) == []
    assert "exited with" not in worker.log.read_text()


def test_the_answer_to_commit_is_lost(worker, network, faults, reseller, journal, tmp_path):
    """It was committed, and the worker does not know: it looks before it does anything again."""
    faults.set(f"exec.before_commit=wait={tmp_path / 'gate'}*1")
    order = cast.order_plan(reseller)
    assert until(faults.fired), worker.log.read_text()
    before = network.dropped
    network.lose_answer(word=b"COMMIT")
    (tmp_path / "gate").touch()
    assert until(lambda: network.dropped == before + 1), worker.log.read_text()
    assert until(lambda: Order.objects.get(pk=order.pk).state == "executed")
    recover(order)
    assert complaints(order, mails=journal, attempts=1) == []
