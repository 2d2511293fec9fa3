"""All that runs in a storm: broker, web and workers, each a child of ours with a log of its own."""

import os
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

from children import Child, Minder
from servers_for_tests import free_port

from tests.faults.brokers import OwnBroker
from tests.faults.clusters import OwnCluster
from tests.faults.proxy import Proxy
from tests.processes import answers

REST = 0.5  # seconds from the death of a process to its next life
SLOTS = 2  # pool children of each worker
GROWN_UP = 1.0  # seconds


class House:
    """Between its processes and its servers there are proxies. What is set in os.environ is shared by all of them."""

    def __init__(self, folder: Path, minder: Minder, *, cluster: OwnCluster | None, broker_port: int) -> None:
        self.folder, self.minder, self.cluster = folder, minder, cluster
        self.logs = folder / "log"
        self.broker = OwnBroker(minder)
        self.to_broker = Proxy(str(self.broker.socket), port=broker_port)
        names = ("web", "orders", "mail") if cluster else ()
        self.to_database = {name: Proxy(("127.0.0.1", cluster.port)) for name in names}
        self.environment: dict[str, str] = {}
        self.port = free_port()
        self.base = f"http://localhost:{self.port}"
        self.web: Child | None = None
        self.workers: list[Child] = []
        self.lives: Counter = Counter()
        self._lives_seen: dict[str, tuple[int, int, float]] = {}  # pid, where its log begins, when it was ready
        self._lock = threading.Lock()  # one at a time starts and kills

    def start(self, **environment: str) -> None:
        self.environment |= environment
        self.web = self._child(
            "web", ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"],
            BIND=f"127.0.0.1:{self.port}", PUBLIC_PORT=str(self.port), WEB_CONCURRENCY="2", **self._database_of("web"),
        )  # fmt: skip
        self.workers = [self._worker("orders", "orders,bulk"), self._worker("mail", "mail")]
        for child in self.children():
            child.start()
        self.look_after()
        deadline = time.monotonic() + 40
        while not answers(f"{self.base}/healthz"):
            if time.monotonic() > deadline:
                raise RuntimeError(self.web.log.read_text())
            time.sleep(0.1)

    def children(self) -> list[Child]:
        return [self.web, *self.workers]

    def _worker(self, name: str, queues: str) -> Child:
        command = ["celery", "-A", "config", "worker", "-n", f"{name}@storm", "-Q", queues, "-c", str(SLOTS)]
        command += ["--without-gossip", "--without-mingle", "--loglevel", "INFO"]
        more = {"UPLIFT_PROCESS": "worker", "REMAP_SIGTERM": "SIGQUIT", **self._database_of(name)}
        return self._child(f"worker-{name}", command, **more)

    def _database_of(self, name: str) -> dict[str, str]:
        way = self.to_database.get(name)
        return {"DATABASE_URL": self.cluster.url("storm", port=way.port)} if way else {}

    def _child(self, name: str, command: list[str], **more: str) -> Child:
        log = self.logs / f"{name}.log"
        return Child(name, [sys.executable, "-m", *command], log, self.minder, {**self.environment, **more})

    def look_after(self) -> None:
        """What a supervisor does: whatever has died is started again, half a second later, however often."""
        with self._lock:
            for worker in self.workers:
                self.grown_up(worker)  # sees each life begin
            for child in self.children():
                child.falls = 0
                if child.look_after():
                    self.lives[child.name] += 1

    def pool_children(self) -> list[int]:
        """Whoever works for the workers, by pid. Not of one that still starts: a worker that loses one of its first
        children before it has looked at all of them ends, and on a busy machine none would ever begin to work."""
        return [pid for worker in self.workers for pid in self.grown_up(worker)]

    def grown_up(self, worker: Child) -> list[int]:
        process = worker.process
        if process is None or not self.is_at_work(worker, process.pid):
            return []
        return [pid for pid in children_of(process.pid) if age_of(pid) > GROWN_UP]

    def is_at_work(self, worker: Child, pid: int) -> bool:
        """Whether this life of the worker has said that it is ready, a moment ago at least."""
        life = self._lives_seen.get(worker.name)
        if life is None or life[0] != pid:
            life = self._lives_seen[worker.name] = (pid, worker.log.stat().st_size, 0.0)
        _, begun_at, ready_at = life
        if not ready_at:
            with worker.log.open("rb") as log:
                log.seek(begun_at)
                if b" ready." in log.read():
                    self._lives_seen[worker.name] = (pid, begun_at, time.monotonic())
            return False
        return time.monotonic() - ready_at > GROWN_UP

    def stop(self) -> None:
        for child in filter(None, self.children()):
            child.kill()
        for proxy in (self.to_broker, *self.to_database.values()):
            proxy.close()
        self.broker.remove()


def age_of(pid: int) -> float:
    """In seconds."""
    try:
        started = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])
    except OSError:
        return 0.0
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started / os.sysconf("SC_CLK_TCK")


def children_of(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def new_folder() -> Path:
    return Path(tempfile.mkdtemp(prefix=f"uplift-storm-{os.getpid()}-"))
