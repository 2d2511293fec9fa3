"""The weather: what kills, cuts, empties and silences while the orders come in, by a seed."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable

import psycopg

from tests.faults.proxy import Proxy

from .house import House, children_of
from .post_office import PostOffice

EVERY = {"pool child": 0.5, "worker": 15.0, "backend": 2.0}  # seconds between two blows of a kind
SOON = 0.3  # seconds after which one that did not strike is tried again
BLOWS_AT = {
    "broker flushed": (0.15, 0.6),
    "broker restarted empty": (0.35, 0.8),
    "database restarted": (0.5,),
    "web worker": (0.25, 0.7),
    "answer to COMMIT lost": (0.1, 0.2, 0.3, 0.4, 0.65, 0.75, 0.9),
    "broker silent": (0.45,),
    "broker slow": (0.55,),
    "connections to the broker dead": (0.85,),
}  # of the orders that are in
DRAWN = {
    "answer of the provider lost": 3,
    "provider silent": 1,
    "provider slow": 1,
    "provider half open": 1,
    "database silent": 2,
    "database slow": 2,
}  # how often, at moments that the seed draws
LOSE_COMMITS = ("orders", "mail", "orders", "web")  # in turn
LONGER_THAN_PATIENCE = 6.0  # seconds: PostOffice.environment() waits five for an answer by HTTP


class Weather(threading.Thread):
    """Blows until it is told to stop; `blows` counts by kind."""

    def __init__(self, house: House, post_office: PostOffice, *, seed: int, progress: Callable[[], float]) -> None:
        super().__init__(name="weather", daemon=True)
        self.house, self.progress, provider = house, progress, post_office.way
        self.random = random.Random(seed)
        self.blows: Counter = Counter()
        self.stopping = threading.Event()
        kinds = {
            "pool child": self.kill_pool_child,
            "worker": self.kill_worker,
            "backend": self.hang_up,
            "broker flushed": house.broker.flush,
            "broker restarted empty": self.empty_broker,
            "database restarted": self.restart_database,
            "web worker": self.kill_web_worker,
            "answer to COMMIT lost": self.lose_an_answer,
            "broker silent": lambda: self.network(house.to_broker, "blackhole", lasts=2.0),
            "broker slow": lambda: self.network(house.to_broker, "latency", lasts=4.0, seconds=0.4),
            "connections to the broker dead": lambda: self.network(house.to_broker, "half_open", lasts=0.1),
            "answer of the provider lost": post_office.lose_an_answer,
            "provider silent": lambda: self.network(provider, "blackhole", lasts=LONGER_THAN_PATIENCE),
            "provider slow": lambda: self.network(provider, "latency", lasts=4.0, seconds=0.4),
            "provider half open": lambda: self.network(provider, "blackhole", lasts=1.0, then="half_open"),
            "database silent": lambda: self.network(self.a_way_to_the_database(), "blackhole", lasts=1.5),
            "database slow": lambda: self.network(self.a_way_to_the_database(), "latency", lasts=3.0, seconds=0.02),
        }
        needs_cluster = {"backend", "database restarted", "answer to COMMIT lost", "database silent", "database slow"}
        self.kinds = {kind: blow for kind, blow in kinds.items() if house.cluster or kind not in needs_cluster}
        self.left = [(at, kind) for kind, ats in BLOWS_AT.items() if kind in self.kinds for at in ats]
        drawn = [(self.random.uniform(0.05, 0.7), kind) for kind, many in DRAWN.items() for _ in range(many)]
        self.left += [(at, kind) for at, kind in drawn if kind in self.kinds]
        self.ways = [house.to_broker, provider, *house.to_database.values()]
        self.calms: dict[Proxy, threading.Timer] = {}

    def run(self) -> None:
        now = time.monotonic()
        next_at = {kind: now + every for kind, every in EVERY.items() if kind in self.kinds}
        while not self.stopping.wait(0.05):
            for kind, at in next_at.items():
                if time.monotonic() >= at:
                    next_at[kind] = time.monotonic() + (EVERY[kind] if self.blow(kind) else SOON)
            for each in sorted(self.left):
                if self.progress() >= each[0]:
                    self.left.remove(each)
                    self.blow(each[1])

    def blow(self, kind: str) -> bool:
        """Whether it struck: what it aimed at may be gone already."""
        try:
            struck = self.kinds[kind]() is not False
        except (OSError, psycopg.Error):
            struck = False
        self.blows[kind] += struck
        return struck

    def has_done_all(self) -> bool:
        return not self.left

    def stop(self) -> None:
        self.stopping.set()
        if self.is_alive():
            self.join()
        for calm in self.calms.values():
            calm.cancel()
        for way in self.ways:
            way.turn("pass")
            way.to_lose = 0

    # --- Processes ---

    def kill_pool_child(self) -> bool:
        there = self.house.pool_children()
        if there:
            os.kill(self.random.choice(there), signal.SIGKILL)
        return bool(there)

    def kill_worker(self) -> bool:
        """Its main process alone: the children of its pool are orphans until the supervisor comes. Not while it is
        still starting, or on a busy machine nobody would ever come to work."""
        worker = self.house.workers[self.blows["worker"] % 2]
        is_at_work = worker.process and self.house.grown_up(worker)
        if is_at_work:
            os.kill(worker.process.pid, signal.SIGKILL)
        return bool(is_at_work)

    def kill_web_worker(self) -> bool:
        there = children_of(self.house.web.process.pid)
        if there:
            os.kill(self.random.choice(there), signal.SIGKILL)
        return bool(there)

    # --- The database ---

    def hang_up(self) -> bool:
        """One session of the house, whatever it is doing."""
        url = self.house.cluster.url().replace("postgres://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True, connect_timeout=2) as connection:
            there = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'uplift-w%' ORDER BY pid"
            ).fetchall()
            if there:
                connection.execute("SELECT pg_terminate_backend(%s)", self.random.choice(there))
        return bool(there)

    def restart_database(self) -> None:
        self.house.cluster.restart_at_once()

    def lose_an_answer(self) -> None:
        turn = self.blows["answer to COMMIT lost"] % len(LOSE_COMMITS)
        self.house.to_database[LOSE_COMMITS[turn]].lose_answer(word=b"COMMIT")

    def a_way_to_the_database(self) -> Proxy:
        return self.random.choice(list(self.house.to_database.values()))

    # --- The broker, and the ways to it and the others ---

    def empty_broker(self) -> None:
        self.house.broker.kill()
        self.house.broker.forget_everything()
        self.house.broker.start()

    def network(self, way: Proxy, mode: str, *, lasts: float, then: str = "pass", **how) -> None:
        """The last word on a way counts: it is calm again when that one is over. With half_open `then` whatever was on
        its way meanwhile stays there."""
        if way in self.calms:
            self.calms[way].cancel()
        way.turn(mode, **how)
        self.calms[way] = threading.Timer(lasts, way.turn, [then])
        self.calms[way].start()
