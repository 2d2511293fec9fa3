"""bin/dev's family: what dies is started again, and nobody outlives the parent."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from children import BACKOFF, Child, Minder

BIN = Path(__file__).resolve().parents[2] / "bin"
# A parent with one stubborn child, which has a child of its own as a worker has its pool.
FAMILY = f"""
import sys, time
sys.path.insert(0, {str(BIN)!r})
from pathlib import Path
from children import Child, Minder

STUBBORN = '''
import os, signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print(os.getpid())
print(os.fork(), flush=True)
time.sleep(60)
'''
child = Child("stubborn", [sys.executable, "-c", STUBBORN], Path(sys.argv[1]), Minder(), patience=0.3)
child.start()
time.sleep(60)
"""


def wait_for(condition, seconds: float = 15) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def child(tmp_path: Path, minder: Minder):
    child = Child(
        "sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log", minder, patience=1
    )
    yield child
    child.kill()


def test_what_is_killed_is_started_again_after_a_rest(child):
    child.start()
    first = child.process.pid
    assert child.look_after() == ""
    os.kill(first, signal.SIGKILL)
    wait_for(child.look_after)  # says what happened
    assert child.process is None
    child.look_after()
    assert child.process is None, "no rest"
    wait_for(lambda: child.look_after() or child.process)
    assert child.process.pid != first


def test_what_keeps_dying_rests_longer(tmp_path, minder):
    child = Child("broken", [sys.executable, "-c", "raise SystemExit(3)"], tmp_path / "log", minder)
    child.start()
    events: list[str] = []
    wait_for(lambda: events.append(child.look_after()) or sum(map(bool, events)) == 3)
    told = [event for event in events if event]
    assert [
        f"(exit code 3); starting it again in {rest:g} s" in event for rest, event in zip(BACKOFF, told, strict=False)
    ] == [True] * 3


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
def test_the_minder_ends_a_stubborn_family_whose_parent_was_killed(tmp_path):
    log = tmp_path / "log"
    parent = subprocess.Popen([sys.executable, "-c", FAMILY, str(log)])
    try:
        wait_for(lambda: log.exists() and len(log.read_text().split()) >= 2)
        family = [int(pid) for pid in log.read_text().split() if pid != "0"]
        assert all(map(is_there, family))
    finally:
        parent.kill()
        parent.wait()
    wait_for(lambda: not any(map(is_there, family)))


def test_a_minder_that_was_killed_learns_anew_what_to_mind(tmp_path):
    minder = Minder()
    child = Child(
        "sleeper", [sys.executable, "-c", "import time; time.sleep(60)"], tmp_path / "log", minder, patience=1
    )
    child.start()
    minder.process.kill()
    minder.process.wait()
    minder.look_after()
    minder.leave()
    assert child.process.wait(5) == -signal.SIGTERM
