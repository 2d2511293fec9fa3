"""The broker, which is the cache server too, is away at the checkout: pages answer, the order is executed."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from children import Child, Minder

from notifications.doorbell import REST_AFTER_FAILURE
from plans.models import Order
from tests import cast
from tests.processes import Processes

from .brokers import OwnBroker
from .conftest import kill_all
from .judge import complaints
from .passing_time import at_rest, until
from .proxy import Proxy
from .shopper import Shopper
from .test_broker import AT_ONCE, OUTAGES

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared]


@dataclass
class House:
    """A web server, a worker and their broker, with a network between them that can be cut."""

    broker: OwnBroker
    network: Proxy
    base: str
    worker: Child
    calm_at: float = 0.0  # when the last outage was over


@pytest.fixture(scope="module")
def running(django_db_setup, broker, minder: Minder, surroundings, tmp_path_factory) -> Iterator[House]:
    own = OwnBroker(minder)
    network = Proxy(str(own.socket))
    url = f"redis://127.0.0.1:{network.port}/0"
    started = Processes(tmp_path_factory.mktemp("house"), minder)
    worker = started.worker(REDIS_URL=url, app="tests.faults.odd", ODD="hurried sweeper", **surroundings)
    base = started.web(REDIS_URL=url, **surroundings).replace("127.0.0.1", "localhost")
    yield House(own, network, base, worker)
    kill_all(started)
    network.close()
    own.remove()


@pytest.fixture
def house(running: House, transactional_db, faults) -> Iterator[House]:
    """It remembers nothing of the test before, and is left with its network whole.

    After an outage the web asks neither broker nor cache for some seconds: the next one shall meet it wide awake.
    """
    faults.set()
    running.broker.flush()
    time.sleep(max(0.0, running.calm_at + REST_AFTER_FAILURE + 0.2 - time.monotonic()))
    yield running
    if running.network.mode != "pass":
        running.network.turn("pass")


@pytest.mark.parametrize("outage", OUTAGES)
def test_the_checkout_answers_at_once(outage, house, journal):
    """So do the other pages: a dead cache is a miss, and nobody is signed out by it. The order is executed by itself,
    by the sweeper while the broker is away or by a bell when it is back."""
    account = cast.reseller(cast.distributor(host="localhost"))
    shopper = Shopper(house.base)
    shopper.sign_in(cast.buyer_of(account).email)
    shopper.go_to_checkout("standard-plan")

    house.network.turn(outage, **OUTAGES[outage])
    started = time.monotonic()
    answer = shopper.place_order(alias="techsolutions")
    took = time.monotonic() - started
    assert answer.status_code == 302, answer.text
    order = Order.objects.get()
    assert (answer.headers["Location"], took < AT_ONCE) == (f"/orders/{order.number}/", True), took
    for path in (f"/orders/{order.number}/", "/", "/plans/", "/basket/", "/orders/", "/subscriptions/"):
        page = shopper.open(path)
        assert (page.status_code, "Sign out" in page.text) == (200, True), path
        assert page.elapsed.total_seconds() < AT_ONCE, path

    house.network.turn("pass")
    house.calm_at = time.monotonic()

    def settled() -> bool:
        house.worker.look_after()  # as the supervisor does
        return at_rest(order)

    assert until(settled), house.worker.log.read_text()
    assert complaints(order, mails=journal, attempts=1) == []
