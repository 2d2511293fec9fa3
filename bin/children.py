"""Child processes that never outlive their parent: own process groups, ended with it, started again when they die.

Standard library only. Start them from the main thread: Linux ties the parent-death signal to the thread that forked.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1
BACKOFF = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before the next start of a child that keeps dying
CALM = 30.0  # seconds of life after which it counts as healthy again
LOG_LIMIT = 5_000_000  # bytes; an older log is set aside once at start


def end_with_parent() -> None:
    """In the child, before exec: SIGTERM when the parent is gone, even if it was killed with SIGKILL."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@dataclass
class Child:
    """One supervised process; its output goes to `log`."""

    name: str
    command: list[str]
    log: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen | None = None
    started_at: float = 0.0
    start_again_at: float = 0.0
    falls: int = 0

    def start(self) -> None:
        self.started_at = time.monotonic()
        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=end_with_parent,
            )

    def look_after(self) -> str:
        """Start it again when it died and its rest is over; what happened in one line, or ""."""
        if self.process is None:
            if time.monotonic() >= self.start_again_at:
                self.start()
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        self.sweep_group()
        self.process = None
        self.falls = 0 if time.monotonic() - self.started_at > CALM else self.falls + 1
        rest = BACKOFF[min(self.falls, len(BACKOFF) - 1)]
        self.start_again_at = time.monotonic() + rest
        return f"{self.name} ended ({ended(code)}); starting it again in {rest:g} s, see {self.log}"

    def stop(self, *, patience: float) -> None:
        """Ask it to end; after `patience` seconds insist. What is left of its group ends with it."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            self.process.wait(patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.sweep_group()
        self.process = None

    def sweep_group(self) -> None:
        """Kill what the dead leader left behind: pool children of a worker that was killed, say."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)


def open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
