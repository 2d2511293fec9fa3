"""What every test finds: a broker of the run's own, and an empty cache."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import embedded_valkey
import kombu
import pytest
import pytest_django
import redis
from children import Child, Minder
from django.conf import settings

from notifications import doorbell
from tests import emptying, migrated, sharing
from tests.processes import Processes


@pytest.fixture(scope="session")
def minder() -> Iterator[Minder]:
    """Ends our children even if this run is killed."""
    minder = Minder()
    yield minder
    minder.leave()


@pytest.fixture(scope="session", autouse=True)
def broker(minder: Minder) -> Iterator[None]:
    """The Valkey on the run's socket, unless bin/test gave us a Redis."""
    socket = settings.STATE_DIR / "valkey.sock"
    own = None
    if str(socket) in settings.CELERY_BROKER_URL:
        command = embedded_valkey.command(
            embedded_valkey.server_binary(), socket=socket, data=settings.STATE_DIR / "valkey"
        )
        own = Child("broker", command, settings.STATE_DIR / "broker.log", minder)
        own.start()
        assert embedded_valkey.wait_until_it_answers(socket), own.log.read_text()
    yield
    if own:
        own.stop()


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """Whether the run starts from a database that an earlier one migrated."""
    return migrated.put_in_place()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: pytest_django.DjangoDbBlocker) -> None:
    emptying.install()
    with django_db_blocker.unblock():
        migrated.keep()


@pytest.fixture(scope="session")
def bells(broker: None) -> Iterator[redis.Redis]:
    """The broker's database."""
    with kombu.Connection(settings.CELERY_BROKER_URL) as connection:
        yield connection.default_channel.client


@pytest.fixture(autouse=True)
def no_doorbells_left(bells: redis.Redis) -> None:
    """Those of the test before are for nobody. Who still listens keeps what binds it to its queues."""
    if left := [key for key in bells.scan_iter() if not key.startswith(b"_kombu.binding.")]:
        bells.delete(*left)


@pytest.fixture(autouse=True)
def empty_cache(broker: None) -> None:
    """Rate limits, cached sessions and what a broker answered in the test before are none of ours."""
    emptying.empty_cache()
    doorbell._asked = (-doorbell.ANSWER_KEPT, False)


@pytest.fixture
def processes(transactional_db: None, tmp_path: Path, minder: Minder) -> Iterator[Processes]:
    """Starts real workers and web servers on the test database; what a test leaves running ends with it."""
    started = Processes(tmp_path, minder)
    yield started
    started.stop()


@pytest.hookimpl(trylast=True)
def pytest_configure() -> None:
    """In this process a cache that takes its time is on a busy machine, not away; tests/config has silent ones."""
    settings.CACHES["default"]["OPTIONS"] = {"socket_connect_timeout": 10, "socket_timeout": 10}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if theirs := sharing.left_to_the_other(items):
        config.hook.pytest_deselected(items=theirs)
        items[:] = [item for item in items if item not in set(theirs)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """In a shared run: what is left when this process is free, which is known only then."""
    if not sharing.IS_SHARED_RUN or session.testsfailed:  # pytest's own loop tells what could not be collected
        return None
    taking, mine = sharing.taken(session.items), []
    item = next(taking, None)
    while item is not None:
        mine.append(item)
        following = next(taking, None)
        session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    session.config.hook.pytest_deselected(items=[item for item in session.items if item not in set(mine)])
    return True


def pytest_collection_finish() -> None:
    """What was imported stays: the collector need not look through it again with every test."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_unconfigure() -> None:
    if os.environ.get("REMOVE_STATE_DIR"):
        shutil.rmtree(os.environ["STATE_DIR"], ignore_errors=True)
