"""Real processes for tests: workers and web servers on the database, broker and cache of the run."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from children import Child, Minder
from django.db import connection

from tests.warm import WarmChild


def environment() -> dict[str, str]:
    """What a process needs to meet the rows of the test that starts it (a test with `transactional_db`)."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    return {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Processes:
    """Starts them, keeps their logs in the test's folder, ends them."""

    def __init__(self, folder: Path, minder: Minder) -> None:
        self.folder = folder
        self.minder = minder
        self.running: list[Child] = []

    def worker(self, *, queues: str = "orders,bulk,mail", slots: int = 2, app: str = "config", **more: str) -> Child:
        """A Celery worker; `more` are environment variables. It may still be starting when this returns."""
        command = [sys.executable, "-m", "celery", "-A", app, "worker", "-Q", queues, "-c", str(slots)]
        command += ["-n", f"{len(self.running)}-{os.getpid()}@%h", "--without-gossip", "--without-mingle", "-l", "INFO"]
        return self._start("worker", command, {"UPLIFT_PROCESS": "worker", "REMAP_SIGTERM": "SIGQUIT", **more})

    def web(self, *, port: int | None = None, **more: str) -> str:
        """A gunicorn that answers; its address. `more` are environment variables."""
        port = port or free_port()
        command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
        address = f"127.0.0.1:{port}"
        child = self._start("web", command, {"BIND": address, "PUBLIC_PORT": str(port), "WEB_CONCURRENCY": "1", **more})
        deadline = time.monotonic() + 20
        while not answers(f"http://{address}/healthz"):
            assert child.process.poll() is None, child.log.read_text()
            assert time.monotonic() < deadline, child.log.read_text()
            time.sleep(0.05)
        return f"http://{address}"

    def stop(self) -> None:
        for child in reversed(self.running):
            child.stop()
        self.running.clear()

    def _start(self, name: str, command: list[str], more: dict[str, str]) -> Child:
        log = self.folder / f"{name}-{len(self.running)}.log"
        child = WarmChild(name, command, log, self.minder, {**environment(), **more})
        child.start()
        self.running.append(child)
        return child


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except (OSError, urllib.error.URLError):
        return False
