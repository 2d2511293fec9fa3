"""Who may go where: every route of the running site, every role, the expected answer. A route without a row fails.

The rows are in tests/access/, a file for each room. `in` is a redirect to sign in, `->` another redirect, the rest are
status codes. Objects of others answer 404, a missing permission 403.
"""

import re
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client

from plans.models import BasketItem
from storefront.tenancy import URLCONFS
from tests import world as worlds
from tests.everywhere.routes import PREFIX, routes

pytestmark = pytest.mark.django_db
TABLES = sorted(Path(__file__).parents[1].joinpath("access").glob("*.txt"))
SIGNS_IN_OR_OUT = re.compile(r"log(in|out)/|password/")  # what they do to a session outlives the row


def rows() -> list[tuple[str, str, str, dict[str, str]]]:
    """(face, method, route, role -> expected answer) for each line of the table."""
    found = []
    for table in TABLES:
        roles, face = [], ""
        for line in table.read_text(encoding="utf-8").splitlines():
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
    path = re.sub(r"<[a-z]+:([a-z_]+)>", lambda match: str(worlds.part_of(parts, f"{face}/{route}", match[1])), route)
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


@pytest.mark.shared
def test_every_role_gets_the_expected_answer(world):
    """All in one world; what changes something is undone after each request."""
    wrong, clients = [], {}
    BasketItem.objects.all().delete()  # an empty basket leads back to itself
    for face, method, route, expected in rows():
        host = worlds.BSS if face in ("bss", "api") else worlds.STORE
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


def test_each_host_knows_its_own_face_only(world):
    assert world.client("staff_administrator", worlds.BSS).get("/plans/").status_code == 404
    assert world.client("staff_administrator", worlds.STORE).get("/bss/").status_code == 404
    assert world.client("staff_administrator", worlds.BSS).get("/techsolutions/").status_code == 404
    assert world.client("admin", worlds.OTHER_STORE).get("/techsolutions/").status_code == 404
    assert world.client("anonymous", "evil.test").get("/").status_code == 400


def test_staff_are_strangers_in_the_shop(world):
    """Permissions of the back office never work on a store host."""
    client = world.client("staff_administrator")
    assert answer(client, "GET", "/orders/") == "in"
    assert answer(client, "GET", "/techsolutions/admin/") == "in"
