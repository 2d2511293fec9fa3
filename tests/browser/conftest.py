"""Debian's Chromium before real processes: gunicorn, a worker, a broker, the run's database."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from children import Minder
from playwright.sync_api import Browser, BrowserContext

from plans.models import Account, Operator
from tests import cast
from tests.processes import Processes

# Playwright keeps an event loop in this thread; Django would refuse the ORM beside it.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP *.test 127.0.0.1",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in str(item.path):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.shared("sqlite"))
            if CHROMIUM is None and os.environ.get("REQUIRE_BROWSER") != "1":
                item.add_marker(pytest.mark.skip(reason="no Chromium here (apt install chromium)"))


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict:
    assert CHROMIUM, "REQUIRE_BROWSER=1, but there is no Chromium (apt install chromium)"
    return {"executable_path": CHROMIUM, "args": FLAGS}


@dataclass
class Shop:
    """A running installation with one distributor and one Basic reseller."""

    base: str
    operator: Operator
    account: Account

    @property
    def email(self) -> str:
        return cast.buyer_of(self.account).email


class Standing:
    """The web server and the worker of the walks. From the first one on they stay; starting them takes seconds."""

    def __init__(self, folder: Path, minder: Minder) -> None:
        self.processes = Processes(folder, minder)
        self.base = ""

    def come(self) -> str:
        """The address of the web server."""
        if not self.base:
            self.base = self.processes.web().replace("127.0.0.1", "localhost")
            self.processes.worker()
        return self.base

    def go(self) -> None:
        """Somebody wants the database for themselves."""
        self.processes.stop()
        self.base = ""


@pytest.fixture(scope="package")
def standing(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory, minder: Minder) -> Iterator[Standing]:
    them = Standing(tmp_path_factory.mktemp("standing"), minder)
    yield them
    them.go()


@pytest.fixture
def shop(transactional_db: None, standing: Standing) -> Shop:
    operator = cast.distributor(host="localhost")
    cast.product(operator)
    return Shop(standing.come(), operator, cast.reseller(operator))


@pytest.fixture
def processes(standing: Standing, processes: Processes) -> Processes:
    """A test's own, and no others beside them."""
    standing.go()
    return processes


@pytest.fixture
def visitor(browser: Browser) -> Iterator:
    """Opens fresh browser contexts, as different people have them; all are closed with the test."""
    opened: list[BrowserContext] = []

    def open_one(**options) -> BrowserContext:
        usual = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"}  # nothing is drawn for nothing
        context = browser.new_context(**usual | options)
        context.set_default_timeout(15_000)
        opened.append(context)
        return context

    yield open_one
    for context in opened:
        context.close()
