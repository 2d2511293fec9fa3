"""Brokers of a test's own: to be cut off, killed and emptied without anybody else noticing."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import celery
import embedded_valkey
import redis
from children import Child, Minder
from django.db import connection

from notifications import doorbell


class OwnBroker:
    """A server on a unix socket in a folder of its own; every acknowledged message is on disk."""

    def __init__(self, minder: Minder) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="uplift-broker-"))
        self.socket = self.folder / "broker.sock"
        # Beside PostgreSQL the run is about Redis where there is one, beside SQLite about the embedded Valkey.
        given = shutil.which("redis-server") if connection.vendor == "postgresql" else None
        command = embedded_valkey.command(
            given or embedded_valkey.server_binary(), socket=self.socket, data=self.folder / "data"
        )
        self.child = Child("broker", command, self.folder / "broker.log", minder)
        self.start()

    def start(self) -> None:
        self.child.start()
        assert embedded_valkey.wait_until_it_answers(self.socket), self.child.log.read_text()

    def kill(self) -> None:
        """SIGKILL, by its own pid."""
        self.child.kill()

    def forget_everything(self) -> None:
        """What a server without its disk looks like when it comes back. Only while it is killed."""
        shutil.rmtree(self.folder / "data")
        (self.folder / "data").mkdir()

    def flush(self) -> None:
        self.client().flushall()

    def waiting(self, queue: str = "orders") -> int:
        """How many messages lie in the queue."""
        return self.client().llen(queue)

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket))

    def remove(self) -> None:
        self.child.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def ringing_at(url: str, *, is_patient: bool = False) -> Iterator[None]:
    """In this process doorbells are rung at the broker of `url`, by fresh connections; patient ones know no timeout."""
    conf = celery.current_app.conf
    before = conf.broker_write_url, conf.broker_transport_options
    conf.broker_write_url = url
    if is_patient:
        conf.broker_transport_options = {name: v for name, v in before[1].items() if "timeout" not in name}
    _hang_up()
    try:
        yield
    finally:
        conf.broker_write_url, conf.broker_transport_options = before
        _hang_up()


def _hang_up() -> None:
    app = celery.current_app
    app._pool = app.amqp._producer_pool = None
    doorbell._silent_until = 0.0
