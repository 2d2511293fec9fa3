"""One storm from the first order to the verdict."""

import argparse
import contextlib
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from children import Minder
from django.db import DatabaseError, connection
from django.utils import timezone

from api.idempotency import IN_FLIGHT
from notifications.models import Notification
from plans.models import IdempotencyRecord, Order
from plans.verify import broken
from tests.faults.clusters import OwnCluster
from tests.faults.passing_time import time_passes

from .callers import Crowd
from .house import House
from .post_office import PostOffice
from .report import tell
from .upgrades import make_world
from .verdict import judge
from .weather import Weather

CALLERS = 4
CALM_WITHIN = 60.0  # seconds, once nothing dies any more, until nothing is due
QUIET = 2.5  # seconds without a change after which nobody seems to be at work
LASTS_AT_MOST = 1800.0
TAKES_AT_MOST = timedelta(seconds=6)  # a call of the API


def blow(
    asked: argparse.Namespace, *, folder: Path, minder: Minder, cluster: OwnCluster | None, broker_port: int, started
) -> bool:
    """Whether all is well in the end."""
    clock = {"begun": started}
    house = House(folder, minder, cluster=cluster, broker_port=broker_port)
    post_office = PostOffice(folder / "mail", minder, seed=asked.seed, by=asked.mail)
    try:
        world = make_world(asked.many)
        assert broken() == {}, broken()
        clock["world made"] = time.monotonic()
        house.start(**post_office.environment())
        crowd = Crowd(house.base, world, callers=CALLERS)
        weather = Weather(house, seed=asked.seed, progress=crowd.progress)
        clock["house stands"] = time.monotonic()
        crowd.start()
        weather.start()
        until(lambda: crowd.is_through() and weather.has_done_all(), house, hurry=asked.hurry)
        weather.stop()
        connection.close()  # ours was cut, too
        met = post_office.calm_down()
        clock["storm over"] = time.monotonic()
        turned = come_to_rest(house, patience=QUIET if asked.hurry else CALM_WITHIN)
        clock["all at rest"] = time.monotonic()
        house.look_after()
        verdict = judge(world, post_office=post_office, base=house.base, seen=crowd.seen)
        clock["judged"] = time.monotonic()
        blown = {"weather": weather, "house": house, "crowd": crowd, "met": met, "turned": turned}
        tell(verdict, many=asked.many, clock=clock, **blown)
        return verdict.is_clean
    finally:
        house.stop()
        post_office.stop()
        connection.close()


def until(question: Callable[[], object], house: House, *, hurry: bool) -> None:
    """Look after the house until the answer is yes. In a hurry, keys of calls that died are free after some seconds."""
    end = time.monotonic() + LASTS_AT_MOST
    while not question() and time.monotonic() < end:
        house.look_after()
        if hurry:
            with contextlib.suppress(DatabaseError):
                let_go_of_keys()
            connection.close()
        time.sleep(0.2)


def let_go_of_keys() -> None:
    now = timezone.now()
    dead = IdempotencyRecord.objects.filter(status=0, created_at__range=(now - IN_FLIGHT, now - TAKES_AT_MOST))
    dead.update(created_at=now - 2 * IN_FLIGHT)


def moving() -> tuple:
    """All that is not at its end yet, as far as it is: a letter that waits for a person is."""
    orders = Order.objects.filter(state__in=["placed", "executing"])
    letters = Notification.objects.filter(state__in=["queued", "sending", "retry", "unknown"])
    letters = letters.exclude(state="unknown", next_attempt_at=None)
    return (
        *orders.order_by("pk").values_list("pk", "state", "attempts"),
        *letters.order_by("pk").values_list("pk", "state", "attempts"),
    )


def come_to_rest(house: House, *, patience: float) -> dict[str, int]:
    """Wait until nothing moves any more; what waits for longer than `patience` has its leases and pauses turned.

    How many rows that were, by state.
    """
    turned: dict[str, int] = {}
    end = time.monotonic() + CALM_WITHIN + patience
    before, changed_at, waits_since = (), time.monotonic(), time.monotonic()
    while (now := moving()) and time.monotonic() < end:
        house.look_after()
        if now != before:
            before, changed_at = now, time.monotonic()
        if time.monotonic() - changed_at > QUIET and time.monotonic() - waits_since > patience:
            for _, state, _ in now:
                turned[state] = turned.get(state, 0) + 1
            time_passes()
            waits_since = changed_at = time.monotonic()
            patience = QUIET * 2
        time.sleep(0.25)
    return turned
