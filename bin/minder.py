"""Outlives the process that started it by a moment, to end the children that it left behind.

Reads on standard input, line by line, which process groups there are: "+4711 12.5" (and the seconds that its leader is
given to end by itself), "-4711" when it has ended. End of input means that the parent is gone, killed perhaps: then all
groups still there are ended, the last started first, because a worker that outlives its broker may hang.
"""

import contextlib
import os
import signal
import sys
import time


def main() -> None:
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: dict[int, float] = {}
    for line in sys.stdin:
        number, _, patience = line[1:].strip().partition(" ")
        if line.startswith("+"):
            groups[int(number)] = float(patience)
        else:
            groups.pop(int(number), None)
    for group, patience in reversed(groups.items()):
        end(group, patience=patience)


def end(group: int, *, patience: float) -> None:
    """SIGTERM for the leader; when it is gone, or after `patience` seconds, SIGKILL for what is left of its group."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(group, signal.SIGTERM)
        deadline = time.monotonic() + patience
        while is_there(group) and time.monotonic() < deadline:
            time.sleep(0.05)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)


def is_there(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    main()
