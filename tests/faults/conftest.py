"""A worker that may be hurt, a mail server that keeps a journal, and the file that says where it hurts."""

from collections.abc import Iterator
from pathlib import Path

import celery
import pytest
from children import Child, Minder
from django.db import connection

from notifications import doorbell
from plans.models import Account
from tests import cast
from tests.notifications.mailroom import SmtpHouse
from tests.processes import Processes

from .brokers import OwnBroker
from .hurting import Faults


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.faults)


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> Faults:
    return Faults(tmp_path_factory.mktemp("faults") / "faults")


@pytest.fixture(scope="module")
def post_office() -> Iterator[SmtpHouse]:
    """A real SMTP server."""
    house = SmtpHouse()
    house.controller.start()
    yield house
    house.controller.stop()


@pytest.fixture
def journal(post_office: SmtpHouse) -> list:
    """The letters that the mail server took in this test."""
    post_office.letters.clear()
    return post_office.letters


@pytest.fixture(autouse=True)
def same_post_office(post_office: SmtpHouse, settings) -> None:
    """A letter that this process delivers itself goes the same way as a worker's. The doorbell forgets its rest."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", post_office.port, 5
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    doorbell._silent_until = 0.0


@pytest.fixture(autouse=True)
def silence(broker: None) -> None:
    """Bells of the test before ring for nobody here."""
    with celery.current_app.connection_for_write() as connection:
        for queue in ("orders", "bulk", "mail"):
            connection.default_channel.queue_purge(queue)


@pytest.fixture(scope="module")
def surroundings(faults: Faults, post_office: SmtpHouse) -> dict[str, str]:
    """The environment of every process here."""
    return {"FAULTS_FILE": str(faults.path), "EMAIL_URL": f"smtp://127.0.0.1:{post_office.port}"}


@pytest.fixture(scope="module")
def worker(django_db_setup, broker, minder: Minder, surroundings, tmp_path_factory) -> Iterator[Child]:
    """One worker for all tests of a module: its pool children may die, it starts others."""
    started = Processes(tmp_path_factory.mktemp("worker"), minder)
    yield started.worker(**surroundings)
    kill_all(started)


@pytest.fixture
def processes(transactional_db, tmp_path: Path, minder: Minder) -> Iterator[Processes]:
    started = Processes(tmp_path, minder)
    yield started
    kill_all(started)


def kill_all(started: Processes) -> None:
    """Here nobody waits until a worker has ended nicely."""
    for child in started.running:
        child.kill()


@pytest.fixture
def own_broker(db, minder: Minder) -> Iterator[OwnBroker]:
    mine = OwnBroker(minder)
    yield mine
    mine.remove()


@pytest.fixture(scope="module")
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: there is no connection that could drop")


@pytest.fixture
def reseller(transactional_db) -> Account:
    return cast.reseller(cast.distributor())
