"""Processes of the house that start warm: what they all import is imported once, where they are forked from.

A worker or web server takes two seconds of CPU to start, most of it for other people's modules, and a run of tests
starts some hundred. The process that forks (Python's own fork server) knows no setting: each child reads its own
environment, and from there on everything is as if it had been started by its command.
"""

import contextlib
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from children import Child, open_log
from django.conf import settings

# Heavy, and without an eye for settings. Whatever is not here a child imports by itself.
MODULES = [
    "celery.apps.worker", "celery.bin.celery", "celery.concurrency.prefork", "kombu.transport.redis", "redis",
    "django.core.handlers.wsgi", "django.core.management", "django.db.migrations.executor", "django.db.models",
    "django.db.backends.postgresql.psycopg_any", "django.forms", "django.http", "django.template.defaulttags",
    "django.test.signals", "django_filters", "gunicorn.app.wsgiapp", "gunicorn.workers.gthread", "liquid", "PIL.Image",
    "psycopg", "requests", "structlog", "uritemplate", "yaml",
]  # fmt: skip
STARTING = multiprocessing.get_context("forkserver")
STARTING.set_forkserver_preload(MODULES)


@dataclass
class Running:
    """As much of `subprocess.Popen` as those who start children ask for."""

    process: ForkServerProcess

    @property
    def pid(self) -> int:
        return self.process.pid

    def poll(self) -> int | None:
        return self.process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self.process.join(timeout)
        if self.process.exitcode is None:
            raise subprocess.TimeoutExpired(str(self.pid), timeout)
        return self.process.exitcode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class WarmChild(Child):
    """Its command is a module of Python, as in `[sys.executable, "-m", "celery", …]`."""

    def start(self) -> None:
        self.started_at = time.monotonic()
        assert self.command[:2] == [sys.executable, "-m"]
        environment = {**os.environ, **self.environment}
        open_log(self.log).close()  # there to be read, however long the start takes
        process = STARTING.Process(target=become, args=(self.command[2:], environment, self.log))
        process.start()
        self.process = Running(process)
        self.minder.watch(process.pid, patience=self.patience)


def become(command: list[str], environment: dict[str, str], log: Path) -> None:
    """In the child: what `python -m` does, in a session, an environment and with an output of its own."""
    assert not settings.configured
    os.setsid()
    with open_log(log) as out, open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
        os.dup2(out.fileno(), 1)
        os.dup2(out.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = list(command)
    runpy.run_module(command[0], run_name="__main__", alter_sys=True)
