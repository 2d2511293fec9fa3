"""The PostgreSQL and the Redis that a test run may use, and nothing of theirs that is not the run's own."""

import contextlib
import fcntl
import glob
import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
import psycopg.sql
import redis as redis_client

BROKER_NUMBER = 14  # and the next one for the cache: these two databases are emptied, no other


@dataclass
class Server:
    """`url` is "" where there is none; `what` says which it is, or why there is none."""

    url: str
    what: str


@contextlib.contextmanager
def postgresql(state: Path) -> Iterator[Server]:
    """DATABASE_URL if set, else 127.0.0.1 if it answers, else a cluster of our own."""
    name = f"uplift_{os.getpid()}"  # Django puts test_ before it
    given = os.environ.get("DATABASE_URL", "")
    local = given if given.startswith(("postgres", "psql")) else "postgres://postgres@127.0.0.1:5432/postgres"
    url = with_path(local, name)
    if problem := refusal(local):
        if local == given:
            yield Server("", f"DATABASE_URL does not answer: {problem}")
            return
        with own_cluster(state) as own:
            yield Server(with_path(own.url, name), own.what) if own.url else own
        return
    try:
        yield Server(url, f"PostgreSQL at {urlsplit(url).hostname}")
    finally:
        for database in (name, second(name), template(name)):
            drop(local, f"test_{database}")


def second(name: str) -> str:
    """The database of the other process where two share a run."""
    return f"{name}_2"


def template(name: str) -> str:
    """The migrated one that is copied for the two of them."""
    return f"{name}_migrated"


def with_path(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def refusal(url: str) -> str:
    """Why one cannot connect there and create a database, in a line; "" when one can."""
    try:
        with psycopg.connect(as_libpq(with_path(url, "postgres")), connect_timeout=3) as connection:
            allowed = connection.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
            return "" if allowed.fetchone()[0] else "its role may not create databases"
    except psycopg.Error as problem:
        return str(problem).splitlines()[0]


def as_libpq(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(scheme="postgresql"))


def drop(url: str, name: str) -> None:
    """Django drops its test database itself, except when the run was interrupted."""
    statement = psycopg.sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(psycopg.sql.Identifier(name))
    server = as_libpq(with_path(url, "postgres"))
    with contextlib.suppress(psycopg.Error), psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)


@contextlib.contextmanager
def own_cluster(state: Path) -> Iterator[Server]:
    """A cluster in the run's folder, by the programs that Debian installs; it ends with the run."""
    programs = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[4]))
    if not programs:
        yield Server("", "no PostgreSQL: DATABASE_URL unset, none at 127.0.0.1:5432, none in /usr/lib/postgresql")
        return
    owner = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
    folder = Path(tempfile.mkdtemp(prefix="uplift-pg-"))
    try:
        if owner:
            shutil.chown(folder, owner)
        yield start_cluster(Path(programs[-1]), folder, owner)
    finally:
        run_as(owner, [f"{programs[-1]}/pg_ctl", "stop", "-D", f"{folder}/data", "-m", "immediate", "-s"])
        shutil.rmtree(folder, ignore_errors=True)


def start_cluster(programs: Path, folder: Path, owner: str | None) -> Server:
    password, port = secrets.token_hex(16), free_port()
    (folder / "password").write_text(password)
    (folder / "password").chmod(0o644)  # in a folder that only its owner can open
    options = f"-c port={port} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder} -c fsync=off"
    init = [programs / "initdb", "-D", folder / "data", "-U", "postgres", "-A", "scram-sha-256"]
    init += ["--pwfile", folder / "password", "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8"]
    start = [programs / "pg_ctl", "start", "-D", folder / "data", "-w", "-s", "-l", folder / "log", "-o", options]
    for command in (init, start):
        done = run_as(owner, command)
        if done.returncode:
            return Server("", f"{command[0]} failed: {(done.stderr or done.stdout).strip()}")
    return Server(f"postgres://postgres:{password}@127.0.0.1:{port}/postgres", f"a private PostgreSQL of {programs}")


def run_as(owner: str | None, command: list) -> subprocess.CompletedProcess:
    """Output goes to a file: a server that is started keeps the pipe open for ever."""
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            [str(part) for part in command],
            stdout=output,
            stderr=output,
            check=False,
            cwd="/",
            **({"user": owner, "extra_groups": []} if owner else {}),
        )
        output.seek(0)
        return subprocess.CompletedProcess(done.args, done.returncode, "", output.read())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def redis() -> Iterator[Server]:
    """Databases 14 and 15 of REDIS_URL's server or of 127.0.0.1; else nothing, and the tests start their own Valkey.

    Another run on this machine may use the same two: then this one takes its own Valkey, too.
    """
    url = with_path(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379", str(BROKER_NUMBER))
    with (Path(tempfile.gettempdir()) / f"uplift-redis-tests-{os.getuid()}.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            empty(url)
        except (OSError, redis_client.RedisError) as problem:
            yield Server("", f"a private Valkey (Redis not used: {type(problem).__name__})")
            return
        yield Server(url, f"Redis at {urlsplit(url).hostname}, databases {BROKER_NUMBER} and {BROKER_NUMBER + 1}")
        empty(url)


def empty(url: str) -> None:
    for number in (BROKER_NUMBER, BROKER_NUMBER + 1):
        with redis_client.Redis.from_url(with_path(url, str(number)), socket_timeout=3) as client:
            client.flushdb()
