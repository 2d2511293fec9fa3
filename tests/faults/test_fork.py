"""A pool child is never born in the middle of a sweep: it would keep the locks that the sweeper holds, for ever."""

import os

import pytest

from plans import sweeping
from plans.models import Order
from plans.sweeping import Sweeper
from tests import cast
from tests.processes import free_port

from .brokers import ringing_at
from .passing_time import time_passes, until

pytestmark = pytest.mark.django_db(transaction=True)


class Nobody:
    """A lock that keeps nobody out."""

    def acquire(self) -> None: ...

    def release(self) -> None: ...

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def state_when_a_child_is_born(account, faults, settings) -> str:
    """How far the order is, which the sweeper is just executing, at the moment of the fork."""
    settings.FAULTS_FILE = str(faults.path)
    with ringing_at(f"redis://127.0.0.1:{free_port()}/0"):
        faults.set()
        order = cast.order_plan(account)
        time_passes()
        faults.set("exec.claimed=sleep=1*1")
        sweeper = Sweeper(every=0.01)
        sweeper.start()
        assert until(faults.fired)
        child = os.fork()
        if child == 0:
            os._exit(0)
        state = Order.objects.get(pk=order.pk).state
        os.waitpid(child, 0)
        sweeper.stop()
        sweeper.join()
    return state


def test_a_fork_waits_for_the_sweep(reseller, faults, settings):
    assert state_when_a_child_is_born(reseller, faults, settings) == "executed"


def test_twin_forked_in_the_middle(reseller, faults, settings, monkeypatch):
    monkeypatch.setattr(sweeping, "_round", Nobody())
    assert state_when_a_child_is_born(reseller, faults, settings) == "executing"
