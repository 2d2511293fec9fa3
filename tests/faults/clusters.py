"""A PostgreSQL cluster of a run's own: to be killed and started again without anybody else noticing."""

import contextlib
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from children import Child, Minder
from servers_for_tests import free_port, run_as

STARTS_WITHIN = 30.0  # seconds


def programs() -> Path | None:
    """Where the newest PostgreSQL of this machine has its programs; None without any."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
    return found[-1] if found else None


class OwnCluster:
    """Its data lie in a folder of its own, and its server is our child: known by its pid, ended with us."""

    def __init__(self, minder: Minder) -> None:
        self.owner = "nobody" if os.geteuid() == 0 else None  # PostgreSQL refuses to run as root
        self.folder = Path(tempfile.mkdtemp(prefix="uplift-storm-pg-"))
        if self.owner:
            shutil.chown(self.folder, self.owner)
        self.port, self.password = free_port(), secrets.token_hex(16)
        self._initialize()
        self.child = Child("postgresql", self._command(), self.folder / "log", minder, patience=15)

    def _initialize(self) -> None:
        kept = self.folder / "password"
        kept.write_text(self.password)
        kept.chmod(0o644)  # in a folder that only its owner can open
        done = run_as(self.owner, [
            programs() / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "scram-sha-256",
            "--pwfile", kept, "--no-sync", "-E", "UTF8", "--locale", "C.UTF-8",
        ])  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"initdb failed: {done.stderr.strip()}")

    def _command(self) -> list[str]:
        # Without fsync a power cut would lose what was committed. Nobody cuts the power here, processes are killed.
        options = {
            "port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.folder,
            "fsync": "off", "max_connections": 100,
        }  # fmt: skip
        command = [str(programs() / "postgres"), "-D", str(self.folder / "data")]
        command += [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        as_owner = ["setpriv", f"--reuid={self.owner}", f"--regid={os.getgid()}", "--clear-groups"]
        return [*as_owner, *command] if self.owner else command

    def url(self, name: str = "postgres", *, port: int = 0) -> str:
        """As DATABASE_URL; through a proxy it listens on another port, and in the clear, so that it can read along."""
        way = f"127.0.0.1:{port}/{name}?sslmode=disable" if port else f"127.0.0.1:{self.port}/{name}"
        return f"postgres://postgres:{self.password}@{way}"

    def start(self) -> None:
        self.child.start()
        deadline = time.monotonic() + STARTS_WITHIN
        while not self._answers():
            if self.child.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL does not start, see {self.child.log}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url().replace("postgres://", "postgresql://", 1), connect_timeout=2).close()
        except psycopg.Error:
            return False
        return True

    def create(self, name: str) -> None:
        url = self.url().replace("postgres://", "postgresql://", 1)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')

    def dump(self, name: str, kept: Path) -> None:
        draft = kept.with_suffix(f".{os.getpid()}")
        self._tell("pg_dump", name, "--file", str(draft), "--no-owner", "--no-privileges")
        draft.replace(kept)

    def restore(self, name: str, kept: Path) -> None:
        self._tell("psql", name, "--file", str(kept), "--quiet", "--no-psqlrc", "--set", "ON_ERROR_STOP=1")

    def _tell(self, program: str, name: str, *arguments: str) -> None:
        command = [str(programs() / program), "--dbname", self.url(name).replace("postgres://", "postgresql://", 1)]
        subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL, timeout=120)

    def restart_at_once(self) -> None:
        """As `pg_ctl restart -m immediate`: every session is cut, and it recovers from its log."""
        os.kill(self.child.process.pid, signal.SIGQUIT)
        self.child.process.wait(STARTS_WITHIN)
        self.child.kill()
        self.start()

    def remove(self) -> None:
        if self.child.process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child.process.pid, signal.SIGQUIT)
            self.child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
