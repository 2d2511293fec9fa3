"""What bin/test runs: tools, tests on SQLite + Valkey, tests on PostgreSQL + Redis; at the end it says what it did."""

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TextIO
from urllib.parse import urlsplit

import servers_for_tests
from servers_for_tests import Server

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv/bin"
LEGS = ("lint", "sqlite", "pg")
NOTHING = "NOTHING RAN"
RUNNING: list[subprocess.Popen] = []  # the test runs at hand
PYTHON_FOLDERS = ["config", "api", "bss", "storefront", "ui", "reselling", "plans", "notifications", "bin"]
# The first is Chromium without its own windows: the same pages for two thirds of the CPU.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# As in production, on nobody's machine: two hosts and TLS.
PRODUCTION = {
    "SECRET_KEY": "checked-and-thrown-away-" + "0123456789abcdef" * 4,
    "PUBLIC_SCHEME": "https",
    "BSS_HOST": "bss.example.com",
    "STORE_HOSTS": "cloud.example.com",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "UPLIFT_ENV_FILE": "",
}
TOOLS = {
    "ruff check": ["ruff", "check", "."],
    "ruff format": ["ruff", "format", "--check", "."],
    "djlint": ["djlint", "templates", "--lint", "--quiet"],
    "import contracts": ["lint-imports", "--no-cache"],
    "bandit": ["bandit", "-q", "-ll", "-c", "pyproject.toml", "-r", *PYTHON_FOLDERS],
    "migrations": ["python", "manage.py", "makemigrations", "--check", "--dry-run"],
    "check --deploy": ["python", "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
}


@dataclass
class Leg:
    """One leg's outcome, as the summary tells it."""

    name: str
    passed: bool
    did: str
    skipped: list[str] = field(default_factory=list)


def main() -> int:
    signal.signal(signal.SIGTERM, end_early)
    keep_what_is_compiled()
    wanted, arguments = what_is_wanted(sys.argv[1:])
    outcomes = []
    if "lint" in wanted:
        say("lint")
        outcomes.append(lint())
    outcomes += run_legs([name for name in wanted if name != "lint"], arguments, by_name=wanted == ("pg",))
    for leg in outcomes:
        outcome = "FAILED" if not leg.passed else "SKIPPED" if leg.did == NOTHING else "ok"
        say(f"{leg.name:7} {outcome:7} {leg.did}")
        for reason in leg.skipped:
            say(f"{'':15} skipped: {reason}")
    for name in LEGS:
        if name not in wanted:
            say(f"{name:7} not asked for")
    return 0 if all(leg.passed for leg in outcomes) else 1


def keep_what_is_compiled() -> None:
    """Where no bytecode may be written beside the sources, it is kept in .venv.

    Tests start some hundred processes, and each would compile Django and the house anew, which takes it seconds.
    """
    if os.environ.pop("PYTHONDONTWRITEBYTECODE", ""):
        os.environ.setdefault("PYTHONPYCACHEPREFIX", str(ROOT / ".venv/pycache"))


def end_early(_signal: int, _frame: object) -> None:
    """Somebody's patience is over: end the test runs, then put away their databases and folders as ever."""
    if not RUNNING:
        sys.exit(143)
    for pytest in RUNNING:
        pytest.terminate()


def run_legs(names: list[str], arguments: list[str], *, by_name: bool) -> list[Leg]:
    """The test legs: side by side where there are both, each in two processes, for each waits a lot for others.

    The first one is seen live; what the others print is kept and shown when all are done.
    """
    if not names:
        return []
    browser = find_browser()
    with contextlib.ExitStack() as stack:
        server, shares = Server("", ""), [""]
        if "pg" in names:
            server = stack.enter_context(servers_for_tests.postgresql(Path(stack.enter_context(state_folder()))))
        if len(names) > 1 and server.url:
            names = ["sqlite", "sqlite", "pg", "pg"]
            taken = stack.enter_context(state_folder())
            shares = [f"{taken}:{place}" for place in (1, 2, 3, 4)]  # tests/sharing.py
        outs = [sys.stdout, *(io.StringIO() for _ in names[1:])]

        def run(name: str, share: str, out: TextIO) -> Leg:
            if name == "sqlite":
                return test_on_sqlite(arguments, browser=browser, share=share, out=out)
            return test_on_postgresql(server, arguments, browser=browser, by_name=by_name, share=share, out=out)

        say(" and ".join(names) + (" side by side" if len(names) > 1 else ""))
        with ThreadPoolExecutor(len(names)) as pool:
            running = [pool.submit(run, *leg) for leg in zip_longest(names, shares, outs, fillvalue="")]
            legs = [leg.result() for leg in running]
    for name, kept in zip(names[1:], outs[1:], strict=True):
        if kept.getvalue():
            say(f"what {name} printed")
            print(kept.getvalue(), flush=True)
    return legs


def what_is_wanted(arguments: list[str]) -> tuple[tuple[str, ...], list[str]]:
    """Which legs, and what pytest is told beside."""
    if arguments and arguments[0] in LEGS:
        return (arguments[0],), arguments[1:]
    return (LEGS, []) if not arguments else (("sqlite",), arguments)


def lint() -> Leg:
    """Two tools at a time: most of them know one processor only."""
    failed = []
    with tempfile.TemporaryDirectory(prefix="uplift-lint-") as state:
        environment = {**os.environ, **PRODUCTION, "STATE_DIR": state, "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
        environment.pop("DATABASE_URL", None)

        def run(command: list[str]) -> subprocess.CompletedProcess:
            called = [BIN / command[0], *command[1:]]
            return subprocess.run(called, env=environment, capture_output=True, text=True, check=False)

        with ThreadPoolExecutor(2) as pool:
            for name, done in zip(TOOLS, pool.map(run, TOOLS.values()), strict=True):
                print(f"  {'ok  ' if done.returncode == 0 else 'FAIL'} {name}", flush=True)
                if done.returncode:
                    failed.append(name)
                    print(done.stdout + done.stderr, flush=True)
    return Leg("lint", not failed, f"{len(TOOLS)} tools" + (f", failed: {', '.join(failed)}" if failed else ""))


def test_on_sqlite(arguments: list[str], *, browser: str | None, share: str, out: TextIO) -> Leg:
    """A SQLite file and a private Valkey, which tests/conftest.py starts."""
    with state_folder() as state:
        surroundings = {"STATE_DIR": state, "DATABASE_URL": "", "REDIS_URL": "", "TEST_SHARE": share}
        return run_pytest("sqlite", surroundings, arguments, browser=browser, out=out)


def test_on_postgresql(
    server: Server, arguments: list[str], *, browser: str | None, by_name: bool, share: str, out: TextIO
) -> Leg:
    """The servers that are given, else those of this machine, else a private PostgreSQL cluster."""
    if not server.url:
        needed = by_name or os.environ.get("REQUIRE_PG") == "1"
        return Leg("pg", not needed, NOTHING, [server.what])
    with state_folder() as state, servers_for_tests.redis() as broker:
        say(f"pg: {server.what}, {broker.what}")
        environment = {"STATE_DIR": state, "DATABASE_URL": server.url, "REDIS_URL": broker.url, "TEST_SHARE": share}
        if share:
            name = urlsplit(server.url).path.removeprefix("/")
            environment["TEST_TEMPLATE"] = f"test_{servers_for_tests.template(name)}"
            if share.endswith(":4"):
                environment["DATABASE_URL"] = servers_for_tests.with_path(server.url, servers_for_tests.second(name))
        return run_pytest("pg", environment, arguments, browser=browser, out=out)


@contextlib.contextmanager
def state_folder() -> Iterator[str]:
    folder = tempfile.mkdtemp(prefix="uplift-test-")
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def run_pytest(
    name: str, surroundings: dict[str, str], arguments: list[str], *, browser: str | None, out: TextIO
) -> Leg:
    """One run of pytest; its last line, which counts, is the summary's."""
    skipped, required = [], os.environ.get("REQUIRE_BROWSER") == "1"
    environment = {key: value for key, value in {**os.environ, **surroundings}.items() if value}
    command = [BIN / "python", "-m", "pytest", *arguments]
    if not arguments:
        command.append("--durations=15")  # a whole leg says where its minutes went
    if out.isatty():
        command.append("--color=yes")
    if browser:
        environment["CHROMIUM"] = browser
    else:
        command += ["-m", "not browser"]
        skipped.append("all tests in a browser: no Chromium on PATH, and CHROMIUM names none")
    started = time.monotonic()
    last = ""
    with subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True) as pytest:
        RUNNING.append(pytest)
        for line in pytest.stdout:
            print(line, end="", flush=True, file=out)
            last = line.strip() or last
    RUNNING.remove(pytest)
    passed = pytest.returncode == 0 and not (required and not browser)
    return Leg(name, passed, f"{last.strip('= ')} ({time.monotonic() - started:.0f} s in all)", skipped)


def find_browser() -> str | None:
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)


def say(what: str) -> None:
    print(f"bin/test: {what}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
