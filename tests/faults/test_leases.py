"""Real workers whose lease is over before they are ready, and messages that come many times."""

from collections.abc import Iterator

import pytest
from children import Child, Minder

from plans.doorbells import ring
from tests import cast
from tests.processes import Processes

from .conftest import kill_all
from .judge import complaints
from .passing_time import at_rest, recover, until
from .test_twice import ten_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def hasty(django_db_setup, broker, minder: Minder, surroundings, tmp_path_factory) -> Iterator[Child]:
    """A lease of two seconds, and a sweeper that looks twice a second."""
    started = Processes(tmp_path_factory.mktemp("hasty"), minder)
    yield started.worker(slots=4, app="tests.faults.odd", ODD="short lease,hurried sweeper", **surroundings)
    kill_all(started)


def test_ten_messages_at_once_are_one_execution(hasty, faults, reseller, journal):
    faults.set()
    assert until(lambda: " ready." in hasty.log.read_text())
    order = cast.order_plan(reseller)
    assert ten_at_once(lambda: ring(order.pk)) == []
    assert until(lambda: hasty.log.read_text().count("Task plans.execute_order") >= 11), hasty.log.read_text()
    assert until(lambda: at_rest(order)), hasty.log.read_text()
    assert complaints(order, mails=journal, attempts=1) == []


def test_a_slow_worker_is_fenced_by_a_real_one(hasty, faults, reseller, journal, tmp_path):
    """It sleeps longer than its lease; the second one holds the order, not yet carried out, when the first wakes up."""
    first_may, second_may = tmp_path / "first", tmp_path / "second"
    faults.set(f"exec.claimed=wait={first_may}*1", f"exec.claimed=wait={second_may}*1")
    order = cast.order_plan(reseller)
    assert until(lambda: len(faults.fired()) == 2), hasty.log.read_text()
    first_may.touch()
    assert until(lambda: "lease_lost" in hasty.log.read_text()), hasty.log.read_text()
    second_may.touch()
    recover(order)
    assert complaints(order, mails=journal) == []


def test_a_transaction_that_outlives_its_lease_happens_once(hasty, faults, reseller, journal):
    """Whoever comes after the lease is over waits for the row, and then finds the order executed."""
    faults.set("exec.before_commit=sleep=3*1")
    order = cast.order_plan(reseller)
    assert until(lambda: at_rest(order)), hasty.log.read_text()
    assert complaints(order, mails=journal, attempts=1) == []
