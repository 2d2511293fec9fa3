"""Child processes that never outlive their parent: process groups of their own, started again when they die.

Standard library only. A Minder beside them ends them if the parent is killed before it could.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

BACKOFF = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before the next start of a child that keeps dying
CALM = 30.0  # seconds of life after which it counts as healthy again
LOG_LIMIT = 5_000_000  # bytes; an older log is set aside once at start


class Minder:
    """The process that cleans up after us; one per process that has children."""

    def __init__(self) -> None:
        self.groups: dict[int, float] = {}
        self._start()

    def watch(self, group: int, *, patience: float) -> None:
        self.groups[group] = patience
        self._tell(f"+{group} {patience}")

    def forget(self, group: int) -> None:
        self.groups.pop(group, None)
        self._tell(f"-{group}")

    def look_after(self) -> None:
        """Start it again where somebody killed it: it learns anew what there is to mind."""
        if self.process.poll() is not None:
            self._start()

    def leave(self) -> None:
        """What is still being watched is ended now."""
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        self.process.wait()

    def _start(self) -> None:
        script = Path(__file__).with_name("minder.py")
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", str(script)], stdin=subprocess.PIPE, start_new_session=True, text=True
        )
        for group, patience in self.groups.items():
            self._tell(f"+{group} {patience}")

    def _tell(self, line: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.write(f"{line}\n")
            self.process.stdin.flush()


@dataclass
class Child:
    """One process; its output goes to `log`. `patience` is the seconds it gets to end when asked."""

    name: str
    command: list[str]
    log: Path
    minder: Minder
    environment: dict[str, str] = field(default_factory=dict)
    patience: float = 5.0
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
            )
        self.minder.watch(self.process.pid, patience=self.patience)

    def look_after(self) -> str:
        """Start it again when it died and its rest is over; what happened in one line, or ""."""
        if self.process is None:
            if time.monotonic() >= self.start_again_at:
                self.start()
            return ""
        code = self.process.poll()
        if code is None:
            return ""
        self._clear_away()
        rest = BACKOFF[min(self.falls, len(BACKOFF) - 1)]
        self.falls = 1 if time.monotonic() - self.started_at > CALM else self.falls + 1
        self.start_again_at = time.monotonic() + rest
        return f"{self.name} ended ({ended(code)}); starting it again in {rest:g} s, see {self.log}"

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting for what comes of it."""
        if self.process is not None:
            self.process.terminate()

    def stop(self) -> None:
        """Ask it to end; when its patience is over insist. What is left of its group ends with it."""
        self.ask_to_stop()
        if self.process is None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(self.patience)
        self.kill()

    def kill(self) -> None:
        """SIGKILL for all of its group: what an out-of-memory killer or a power cut leaves behind."""
        if self.process is None:
            return
        self.process.kill()
        self.process.wait()
        self._clear_away()

    def _clear_away(self) -> None:
        """The leader is dead; so shall be the pool children that it left."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.minder.forget(self.process.pid)
        self.process = None


def open_log(path: Path) -> IO[bytes]:
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists() and path.stat().st_size > LOG_LIMIT:
        path.replace(path.with_suffix(".old.log"))
    return path.open("ab")


def ended(code: int) -> str:
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
