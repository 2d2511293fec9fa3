"""One storm from the first order to the verdict."""

import argparse
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from children import Minder
from django.db import DatabaseError, connection
from django.db.models.functions import Now
from django.utils import timezone

from api.idempotency import IN_FLIGHT
from notifications import delivery
from notifications.faults import POINTS
from notifications.models import Notification
from plans.execution import LEASE
from plans.models import IdempotencyRecord, Order
from plans.verify import broken
from tests.faults.clusters import OwnCluster
from tests.faults.hurting import Faults
from tests.faults.passing_time import time_passes

from .aims import Aims
from .callers import Caller, Crowd
from .guards import drop_promises
from .house import House
from .post_office import PostOffice
from .report import tell
from .upgrades import make_world
from .verdict import judge
from .weather import Weather

CALLERS = 4
CALM_WITHIN = 60.0  # seconds, once nothing dies any more, until nothing is due
QUIET = 2.5  # seconds without a change after which nobody seems to be at work
STILL_TO_DO = 0.05  # of the orders, when the weather calms down
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
        drop_promises(asked.without)
        clock["world made"] = time.monotonic()
        faults = Faults(folder / "faults")
        house.start(**post_office.environment(), FAULTS_FILE=str(faults.path), **without(asked.without))
        clock["house stands"] = time.monotonic()
        seen: Counter = Counter()
        aims = Aims(house, world, faults, Caller(house.base, world, seen, 0))
        post_office.calm_down()
        aims.blow()
        clock["aimed"] = time.monotonic()
        post_office.grow_moody()
        crowd = Crowd(house.base, world, seen, left_out=aims.taken, callers=CALLERS)
        faults.set(*([] if asked.aims_only else steps_that_hurt()))
        weather = Weather(house, post_office, seed=asked.seed, progress=crowd.progress)
        crowd.start()
        if not asked.aims_only:
            weather.start()
        worked_off = Backlog(asked.many * STILL_TO_DO, post_office)
        until(
            lambda: crowd.is_through() and (asked.aims_only or (weather.has_done_all() and worked_off())),
            house,
            hurry=asked.hurry,
        )
        weather.stop()
        connection.close()  # ours was cut, too
        met, hurt = post_office.calm_down(), faults.fired()
        faults.set()
        clock["storm over"] = time.monotonic()
        turned = come_to_rest(house, patience=QUIET if asked.hurry else CALM_WITHIN)
        clock["all at rest"] = time.monotonic()
        house.look_after()
        verdict = judge(world, post_office=post_office, house=house, seen=seen)
        verdict.wrong["aimed"] = [f"{aim}: {told}" for aim, missed in aims.missed.items() for told in missed]
        clock["judged"] = time.monotonic()
        blown = {"weather": weather, "house": house, "crowd": crowd, "met": met, "turned": turned, "hurt": hurt}
        blown["lost"] = {"of the provider": post_office.way.dropped} | {
            f"of the database to {name}": way.dropped for name, way in house.to_database.items()
        }
        tell(verdict, many=asked.many, clock=clock, **blown)
        return verdict.is_clean
    finally:
        house.stop()
        post_office.stop()
        connection.close()


class Backlog:
    """Whether no more than so many orders wait: the weather blows while there is work, and until each answer of the
    provider that is to be lost had a letter. Asked every few seconds."""

    def __init__(self, most: float, post_office: PostOffice) -> None:
        self.most, self.post_office, self.asked_at = most, post_office, 0.0

    def __call__(self) -> bool:
        if time.monotonic() < self.asked_at + QUIET:
            return False
        self.asked_at = time.monotonic()
        try:
            if self.post_office.way.to_lose and Notification.objects.filter(state__in=["queued", "sending"]).exists():
                return False
            return Order.objects.filter(state__in=["placed", "executing"]).count() <= self.most
        except DatabaseError:
            return False
        finally:
            connection.close()


def without(names: list[str]) -> dict[str, str]:
    """The environment of processes that lack some guards."""
    if not names:
        return {}
    return {"DJANGO_SETTINGS_MODULE": "tests.faults.storm.unguarded", "STORM_WITHOUT": ",".join(names)}


def steps_that_hurt() -> list[str]:
    """At each step of an order and its letters somebody dies, or finds an error that nobody expected; once, whatever
    the storm's size: the first orders meet all of it, and one that meets eight is failed, as it should be."""
    points = [point for point in POINTS if not point.startswith("import.")]
    # An error in a request is a page that says so, once; in a worker it is nobody's but the next attempt's.
    return [f"{p}={what}*1" for p in points for what in ("kill", "raise") if (p, what) != ("place.placed", "raise")]


def until(question: Callable[[], object], house: House, *, hurry: bool) -> None:
    """Look after the house until the answer is yes."""
    end = time.monotonic() + LASTS_AT_MOST
    while not question() and time.monotonic() < end:
        house.look_after()
        if hurry:
            with contextlib.suppress(DatabaseError):
                let_the_dead_go()
            connection.close()
        time.sleep(0.2)


def let_the_dead_go() -> None:
    """Whoever has had a key, an order or a letter for so long is dead: leases end now, as they would by themselves.
    Should it live after all, it is fenced."""
    now = timezone.now()
    keys = IdempotencyRecord.objects.filter(status=0, created_at__range=(now - IN_FLIGHT, now - TAKES_AT_MOST))
    keys.update(created_at=now - 2 * IN_FLIGHT)
    for rows, state, lease in ((Order.objects, "executing", LEASE), (Notification.objects, "sending", delivery.LEASE)):
        claimed_long_ago = rows.filter(state=state, lease_until__range=(Now(), Now() + lease - TAKES_AT_MOST))
        claimed_long_ago.update(lease_until=Now(), rung_at=None)
    Order.objects.filter(state="placed", next_attempt_at__gt=Now()).update(next_attempt_at=Now(), rung_at=None)


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
    end = time.monotonic() + 2 * CALM_WITHIN  # who listens at a connection that died unheard finds out in half a minute
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
