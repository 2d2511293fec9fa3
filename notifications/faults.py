"""Faults on purpose, for tests of recovery: each step calls `hit(point, id)`, which normally does nothing.

settings.FAULTS_FILE names a file of lines `point[:id]=action[*times]`, as in `exec.claimed=kill*1`. Actions: `kill`
(SIGKILL to this process), `raise`, `sleep=seconds`, `wait=path` (until the file exists, at most a minute). What has
fired is counted in a file beside it, so that "once" is once for all processes. Lines may change while processes run.
"""

import fcntl
import os
import signal
import time
from pathlib import Path

from django.conf import settings

LONGEST_WAIT = 60.0  # seconds
# Every step of an order, of its letters and of an import, in turn. Tests hurt each of them, and nothing else is one.
POINTS = (
    "place.placed",  # T0, all written, not committed
    "exec.received", "exec.claimed",  # T1
    "exec.subscription", "exec.alias", "exec.storefront", "exec.charges", "exec.letters", "exec.activities",
    "exec.before_commit", "exec.committed",  # T2
    "send.claimed", "send.handing_over", "send.answered", "send.recorded",  # T3
    "import.row",
)  # fmt: skip


class Fault(Exception):
    """Raised by a `raise` line: an error nobody expected."""


def allowed() -> bool:
    """Whether this installation may hurt itself. In production a FAULTS_FILE alone does nothing."""
    return bool(settings.DEBUG or getattr(settings, "FAULTS_ALLOWED", False))


def hit(point: str, pk: int | None = None) -> None:
    """The step `point` has been reached, for the row `pk`."""
    path = getattr(settings, "FAULTS_FILE", "")
    if not path or not allowed() or not os.path.exists(path):
        return
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        where, _, what = line.strip().partition("=")
        if where not in (point, f"{point}:{pk}"):
            continue
        what, _, times = what.partition("*")
        if _counted(f"{path}.fired", line.strip(), limit=int(times) if times else None):
            _act(what)


def _counted(path: str, line: str, *, limit: int | None) -> bool:
    """Note that `line` fires now, unless it has fired `limit` times; one process at a time may ask."""
    with open(path, "a+", encoding="utf-8") as fired:
        fcntl.flock(fired, fcntl.LOCK_EX)
        fired.seek(0)
        if limit is not None and fired.read().splitlines().count(line) >= limit:
            return False
        fired.write(f"{line}\n")
    return True


def _act(what: str) -> None:
    action, _, value = what.partition("=")
    if action == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    elif action == "raise":
        raise Fault("a fault on purpose")
    elif action == "sleep":
        time.sleep(float(value))
    elif action == "wait":
        end = time.monotonic() + LONGEST_WAIT
        while not os.path.exists(value) and time.monotonic() < end:
            time.sleep(0.02)
    else:
        raise ValueError(f"FAULTS_FILE: unknown action {what}")
