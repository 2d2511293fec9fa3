"""Who may go where: every route of the running site, every role, the expected answer. A route without a row fails.

The rows are in access_matrix.txt beside this file. `in` is a redirect to sign in, `->` another redirect, the rest are
status codes. Objects of others answer 404, a missing permission 403.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from storefront.tenancy import URLCONFS
from tests import world as worlds

pytestmark = pytest.mark.django_db
TABLE = Path(__file__).with_name("access_matrix.txt")
SIGNS_IN_OR_OUT = re.compile(r"log(in|out)/|password/")  # what they do to a session outlives the row
PREFIX = {"store": "/", "reseller": "/techsolutions/", "bss": "/bss/"}


def routes(face: str) -> Iterator[str]:
    """Every route of a face, as it is written: orders/<slug:number>/"""

    def walk(entries: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
        for entry in entries:
            route = before + str(entry.pattern).removeprefix("^").removesuffix("$")
            if isinstance(entry, URLResolver):
                yield from walk(entry.url_patterns, route)
            else:
                yield route

    return walk(get_resolver(URLCONFS[face]).url_patterns, "")


def rows() -> list[tuple[str, str, str, dict[str, str]]]:
    """(face, method, route, role -> expected answer) for each line of the table."""
    found, roles, face = [], [], ""
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        words = line.split()
        if not words or line.startswith("#"):
            continue
        if words[0].startswith("["):
            face, roles = words[0].strip("[]"), words[1:]
        else:
            assert len(words) == 2 + len(roles), f"{line!r}: {len(words) - 2} answers for {len(roles)} roles"
            found.append((face, words[0], words[1].removeprefix("."), dict(zip(roles, words[2:], strict=True))))
    return found


def address(face: str, route: str, parts: dict) -> str:
    values = {
        "slug:number": parts["subscription"] if route.startswith("subscriptions/") else parts["order"],
        "slug:slug": parts["slug"],
        "int:pk": parts["letter"],
        "int:storefront_id": parts["storefront" if face == "reseller" else "own_storefront"],
        "int:version": 1,
    }
    path = re.sub(r"<([a-z]+:[a-z_]+)>", lambda match: str(values[match[1]]), route)
    return re.sub(r"\(\?P<uidb36>.*", "1-set-password/", path)


def answer(client: Client, method: str, path: str) -> str:
    body = {"product": "workplace-suite"} if path.endswith("/basket/add/") else {}
    response = getattr(client, method.lower())(path, body if method == "POST" else None)
    if response.status_code not in (301, 302, 303):
        return str(response.status_code)
    return "in" if "/login/" in response["Location"] else "->"


def test_every_route_has_its_rows():
    told = {(face, method, route) for face, method, route, _ in rows()}
    there = {(face, method, route) for face in URLCONFS for route in routes(face) for method in ("GET", "POST")}
    assert told == there


def test_every_role_gets_the_expected_answer():
    """All in one world; what changes something is undone after each request."""
    world = worlds.make()
    wrong, clients = [], {}
    for face, method, route, expected in rows():
        host = worlds.BSS if face == "bss" else worlds.STORE
        if SIGNS_IN_OR_OUT.match(route):
            clients.clear()
        for role, told in expected.items():
            who = [f"staff_{name}" for name in worlds.STAFF_ROLES] if role == "staff" else [role]
            for name in who:
                client = clients.get((name, host)) or clients.setdefault((name, host), world.client(name, host))
                savepoint = transaction.savepoint()
                got = answer(client, method, PREFIX[face] + address(face, route, world.parts))
                transaction.savepoint_rollback(savepoint)
                if got != told:
                    wrong.append(f"{face} {method} /{route} as {name}: {got}, not {told}")
    assert not wrong, "\n".join(wrong)


@pytest.fixture(autouse=True)
def surroundings(settings):
    """Two hosts as in production; and no rate limits: one client plays everybody."""
    settings.BSS_HOST = worlds.BSS
    settings.ACCOUNT_RATE_LIMITS = False


def test_each_host_knows_its_own_face_only():
    world = worlds.make()
    assert world.client("staff_administrator", worlds.BSS).get("/plans/").status_code == 404
    assert world.client("staff_administrator", worlds.STORE).get("/bss/").status_code == 404
    assert world.client("staff_administrator", worlds.BSS).get("/techsolutions/").status_code == 404
    assert world.client("admin", worlds.OTHER_STORE).get("/techsolutions/").status_code == 404
    assert world.client("anonymous", "evil.test").get("/").status_code == 400


def test_staff_are_strangers_in_the_shop():
    """Permissions of the back office never work on a store host."""
    world = worlds.make()
    client = world.client("staff_administrator")
    assert answer(client, "GET", "/orders/") == "in"
    assert answer(client, "GET", "/techsolutions/admin/") == "in"
