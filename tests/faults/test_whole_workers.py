"""A whole worker goes, its main process and its pool children at once: out of memory, a power cut, kill -9."""

import pytest

from plans.models import Order
from tests import cast

from .judge import complaints, traces
from .passing_time import recover, until

pytestmark = pytest.mark.django_db(transaction=True)


def killed_half_way(processes, surroundings, faults, account, tmp_path, **worker) -> Order:
    faults.set(f"exec.activities=wait={tmp_path / 'never'}*1")
    first = processes.worker(**surroundings, **worker)
    order = cast.order_plan(account)
    assert until(faults.fired), first.log.read_text()
    first.kill()
    return order


def test_whoever_sweeps_next_takes_over(processes, surroundings, faults, reseller, journal, tmp_path):
    order = killed_half_way(processes, surroundings, faults, reseller, tmp_path)
    assert traces(order) == []
    recover(order, by_hand=True)
    assert complaints(order, mails=journal, attempts=2) == []


def test_twin_without_a_transaction(processes, surroundings, faults, reseller, journal, tmp_path):
    """Half of it stands there, and whoever takes over finds a plan that no order has brought."""
    odd = {"app": "tests.faults.odd", "ODD": "no transaction"}
    order = killed_half_way(processes, surroundings, faults, reseller, tmp_path, **odd)
    assert "1 subscriptions" in traces(order)
    recover(order, by_hand=True)
    found = complaints(order, mails=journal, attempts=2)
    assert found[0].startswith("the order is failed"), found
    assert "verify: I2 no subscription without an executed order" in found
