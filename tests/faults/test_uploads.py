"""A logo comes in while the disk is full or away, or only half of it does: a clear message, and the old state whole.

With a real web server: its disk is full by the limit that the system sets to its files.
"""

import resource
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.conf import settings

from plans.models import Account, Activity, Picture, Storefront, StorefrontDraft
from plans.refusals import SENTENCES
from tests import cast
from tests.processes import Processes
from tests.reselling.zoo import drawn, saved

from .shopper import Shopper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.shared]
BRANDING = "/techsolutions/admin/branding/"
TYPED = {
    "name": "Tech Anew",
    "tagline": "Typed just now",
    "brand_colour": "#14683a",
    "support_email": "new@tech.example",
}
FIRST = {"name": "Tech", "brand_colour": "#6a35c9", "support_email": "old@tech.example"}
PICTURES = Path(settings.MEDIA_ROOT) / "pictures"
ROOM = 64  # bytes that go into a file while the disk is full


@pytest.fixture
def account() -> Account:
    return cast.on_plan(cast.reseller(cast.distributor(host="localhost")))


@pytest.fixture
def manager(processes: Processes, account: Account) -> Shopper:
    """Signed in, with a logo that customers see."""
    shopper = Shopper(processes.web().replace("127.0.0.1", "localhost"))
    shopper.sign_in(cast.buyer_of(account).email)
    shopper.open(BRANDING)
    assert publish(shopper, logo("red"), **FIRST).status_code == 302
    return shopper


def logo(colour: str) -> bytes:
    return saved(drawn(colour=colour))


def publish(shopper: Shopper, content: bytes, **typed: str) -> requests.Response:
    return shopper.session.send(form(shopper, content, **typed), allow_redirects=False, timeout=30)


def form(shopper: Shopper, content: bytes, **typed: str) -> requests.PreparedRequest:
    """The form of the branding, the logo first: what was typed comes in after it, and the button last."""
    page = shopper.open(BRANDING)
    names = ("csrfmiddlewaretoken", "version")
    hidden = {name: page.text.split(f'name="{name}" value="')[1].split('"')[0] for name in names}
    fields = {**hidden, "logo": ("logo.png", content, "image/png"), **typed, "do": "publish"}
    parts = [(name, value if name == "logo" else (None, value)) for name, value in fields.items()]
    return shopper.session.prepare_request(requests.Request("POST", shopper.base + BRANDING, files=parts))


def state(shopper: Shopper) -> dict[str, object]:
    """All that there is of the brand, and what visitors see of it."""
    shown = Storefront.objects.select_related("logo").get(account__storefront__claim__alias="techsolutions")
    home = requests.get(f"{shopper.base}/techsolutions/", timeout=30).text
    picture = requests.get(f"{shopper.base}/techsolutions/-/pictures/{shown.logo_id}/128.webp", timeout=30)
    return {
        "brand": shown.brand(),
        "version": shown.version,
        "rows": [model.objects.count() for model in (Picture, StorefrontDraft, Activity)],
        "files": {path: path.stat().st_size for path in PICTURES.rglob("*")},
        "served": (f"{shown.logo_id}/" in home, picture.status_code, picture.content),
    }


@contextmanager
def full_disk(processes: Processes) -> Iterator[None]:
    """Logs and all: no file of the web server grows."""
    master = processes.running[-1].process.pid
    mine = [master, *map(int, Path(f"/proc/{master}/task/{master}/children").read_text().split())]
    before = [resource.prlimit(each, resource.RLIMIT_FSIZE) for each in mine]
    for each, (_, most) in zip(mine, before, strict=True):
        resource.prlimit(each, resource.RLIMIT_FSIZE, (ROOM, most))
    yield
    for each, limits in zip(mine, before, strict=True):
        resource.prlimit(each, resource.RLIMIT_FSIZE, limits)


@contextmanager
def storage_away(_: Processes) -> Iterator[None]:
    """Nobody can write there, not even the administrator of the machine."""
    away = PICTURES.with_name("pictures-away")
    PICTURES.rename(away)
    PICTURES.write_text("no folder")
    yield
    PICTURES.unlink()
    away.rename(PICTURES)


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process that runs are Linux's")
@pytest.mark.parametrize("trouble", [full_disk, storage_away])
def test_a_logo_that_can_not_be_kept(manager, processes, trouble):
    before, request = state(manager), form(manager, logo("green"), **TYPED)
    with trouble(processes):
        page = manager.session.send(request, allow_redirects=False, timeout=30)
        if trouble is full_disk:
            assert state(manager) == before  # the logo that is there is served all the while
    assert page.status_code == 422
    assert SENTENCES["picture_not_kept"] in page.text
    for typed in TYPED.values():
        assert f'value="{typed}"' in page.text
    assert state(manager) == before
    assert publish(manager, logo("green"), **TYPED).status_code == 302
    after = state(manager)
    assert after["brand"]["name"] == TYPED["name"]
    assert after["served"][:2] == (True, 200) and after["served"] != before["served"]


def test_a_form_of_which_half_comes_in(manager):
    """Cut in the logo, before a field, in a field, and where only the button is missing."""
    before, request = state(manager), form(manager, logo("green"), **TYPED)
    for last in (b"IHDR", b'name="name"', b"Typed just", b'name="do"'):
        half = request.body[: request.body.index(last) + len(last)]
        answer = send_and_hang_up(manager.base, request, half)
        assert answer.split(b" ", 2)[1] in (b"400", b"403"), (last, answer[:200])
        assert state(manager) == before, last
    assert manager.session.send(request, allow_redirects=False, timeout=30).status_code == 302
    assert state(manager) != before


def send_and_hang_up(base: str, request: requests.PreparedRequest, half: bytes) -> bytes:
    host, port = base.removeprefix("http://").split(":")
    head = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(f"POST {BRANDING} HTTP/1.1\r\nHost: {host}:{port}\r\n{head}\r\n".encode() + half)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b""))
