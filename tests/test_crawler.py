"""Everybody walks everywhere: no link is dead, pages are whole, nobody reads others' things, looking writes nothing."""

import logging
import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from itertools import groupby
from urllib.parse import urlsplit

import pytest
from django.conf import settings as django_settings
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from storefront.tenancy import URLCONFS, find_place
from tests import crowd, reading, walking, watching
from tests import world as worlds
from tests.test_access_matrix import PREFIX, routes
from tests.walking import Visit
from tests.world import World

pytestmark = pytest.mark.django_db
FACE_HOSTS = {"store": worlds.STORE, "reseller": worlds.STORE, "bss": worlds.BSS}
WHO_READS = {  # and nobody else
    crowd.MINE: {"viewer", "buyer", "subscriptions_manager", "storefront_manager", "admin"},
    crowd.NEIGHBOURS: {"neighbour"},
    crowd.ELSEWHERE: {"other_reseller", "staff_elsewhere"},
}
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE")
# The head of every answer. What a policy may not hold is named apart.
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
POLICY = ("default-src 'none'", "base-uri 'none'", "form-action", "frame-ancestors")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, broker) -> Iterator[World]:
    settings = pytest.MonkeyPatch()
    settings.setattr(django_settings, "BSS_HOST", worlds.BSS)
    settings.setattr(django_settings, "ACCOUNT_RATE_LIMITS", False)
    logging.disable(logging.CRITICAL)
    with crowd.for_a_module(django_db_blocker) as world:
        yield world
    logging.disable(logging.NOTSET)
    settings.undo()


def addresses(face: str, world: World) -> list[str]:
    """Every route of a face as an address with what is in the world; a new kind of part must be told here."""
    parts = world.parts
    values = {"slug": parts["slug"], "version": 1, "pk": parts["letter"], "uidb36": "1", "key": "set-password"}
    values["storefront_id"] = parts["storefront" if face == "reseller" else "own_storefront"]
    found = []
    for route in routes(face):
        values["number"] = parts["subscription"] if route.startswith("subscriptions/") else parts["order"]
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", r"<\1>", route)
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(values[part[1]]), path)
        found.append(f"http://{FACE_HOSTS[face]}{PREFIX[face]}{path}")
    return found


def is_letter(visit: Visit) -> bool:
    return visit.path.endswith("/html/")


def walks(world: World, clients: dict[str, Client]) -> Iterator[tuple[str, list[Visit], list[str]]]:
    """Everybody's walk. What is the same for all (styles, scripts, icons) is asked for once."""
    assets: set[str] = set()
    for who, client in clients.items():
        visits, astray = walking.walk(client, crowd.doors(world, who), hosts=crowd.HOSTS, known=assets)
        assets |= {visit.address for visit in visits if visit.path.startswith("/static/")}
        yield who, visits, astray


def faults_of_answer(visit: Visit) -> list[str]:
    """A link leads to a page. Where the walk began, a page may also say that this is not for everybody."""
    status = visit.response.status_code
    fine = {200, 302, 286} | ({403} if not visit.came_from else set())
    return [] if status in fine else [f"answers {status}, linked on {visit.came_from}"]


def faults_of_head(visit: Visit) -> list[str]:
    headers = visit.response.headers
    found = [f"{name}: {headers.get(name)}" for name, value in HEADERS.items() if headers.get(name) != value]
    if is_letter(visit) and headers["X-Frame-Options"] == "SAMEORIGIN":  # the back office shows it in a frame
        found.remove("X-Frame-Options: SAMEORIGIN")
    policy = headers.get("Content-Security-Policy", "")
    found += [f"no {part} in the policy" for part in POLICY if part not in policy]
    found += ["no X-Request-ID"] if "X-Request-ID" not in headers else []
    if not visit.path.startswith("/static/") and "camera=()" not in headers.get("Permissions-Policy", ""):
        found.append("no Permissions-Policy")
    if "unsafe" in policy and not is_letter(visit):
        found.append(f"unsafe: {policy}")
    nonces = {script.get("nonce") for script in visit.page.all("script")} if visit.page else set()
    return found + [f"nonce {nonce!r} is not in the policy" for nonce in nonces if f"'nonce-{nonce}'" not in policy]


def faults_of_forms(visit: Visit) -> list[str]:
    """A form goes to a route that we have, on the host that its page is on."""
    found = []
    for form in visit.page.forms:
        host, _, path = form.action.removeprefix("http://").partition("/")
        place = find_place(host, f"/{path.partition('?')[0]}")
        try:
            rest = f"/{path}".partition("?")[0].removeprefix(f"/{place.segment}" if place.segment else "")
            resolve(rest, URLCONFS[place.face])
        except Exception as problem:  # noqa: BLE001 - whatever it is, the form leads nowhere
            found.append(f"a form goes to {form.action}: {type(problem).__name__}")
        if form.method == "post" and visit.page.is_document and "csrfmiddlewaretoken" not in form.names:
            found.append(f"the form to {form.action} has no token")
    return found


def test_everybody_walks_everywhere(world):
    clients = crowd.clients(world)
    before, wrong, read = watching.digests(), [], {word: set() for word in WHO_READS}
    for who, visits, astray in walks(world, clients):
        wrong += [f"{who}: leads away: {link}" for link in astray]
        wrong += [f"{who}: dead anchor: {link}" for link in walking.dead_anchors(visits)]
        for visit in visits:
            found = faults_of_answer(visit) + faults_of_head(visit)
            if visit.page is not None:
                found += reading.faults_of(visit.page, is_letter=is_letter(visit)) + faults_of_forms(visit)
            wrong += [f"{who}: {visit.address}: {fault}" for fault in found]
            content = visit.response.content if visit.page else b""
            for word in WHO_READS:
                if word.encode() in content:
                    read[word].add(who)
    assert not wrong, report(wrong)
    staff = {f"staff_{role}" for role in worlds.STAFF_ROLES}
    assert read == {word: who | (staff if word != crowd.ELSEWHERE else set()) for word, who in WHO_READS.items()}
    assert watching.changed(before) <= {"account_emailaddress"}  # allauth notes whose link to a password was opened


def report(wrong: list[str]) -> str:
    """Each fault once, with who met it: most are met by everybody."""
    by_fault = sorted((line.partition(": ")[2], line.partition(": ")[0]) for line in wrong)
    lines = [
        f"{fault} ({', '.join(sorted({who for _, who in group}))})"
        for fault, group in groupby(by_fault, key=lambda pair: pair[0])
    ]
    return "\n".join(lines[:60]) + f"\n{len(lines)} faults"


def test_no_page_of_one_distributor_names_the_other(world):
    """Names are public on their own hosts only; the back office shows staff their own distributor."""
    wrong = []
    for who in ("anonymous", "admin", "customer", "staff_administrator"):
        client = crowd.client_of(world, who)
        visits, _ = walking.walk(client, [*crowd.HOMES[:3], crowd.HOMES[-1]], hosts={worlds.STORE, worlds.BSS})
        pages = [visit for visit in visits if visit.page]
        wrong += [f"{who}: {page.address}" for page in pages if re.search("Sudlicht|Lumen", page.response.text)]
    assert not wrong
    assert "Sudlicht" in crowd.client_of(world, "anonymous").get("/", headers={"host": worlds.OTHER_STORE}).text


def test_looking_twice_changes_nothing(world):
    """GET of every route as everybody, twice: no statement that writes, and the database is as it was."""
    clients = crowd.clients(world)
    before, wrong = watching.digests(), []
    for face in URLCONFS:
        for who in seen_at(face, world):
            for target in addresses(face, world):
                with watching.writes() as written:
                    answers = [walking.get(clients[who], target).status_code for _ in range(2)]
                if written.tables or answers[0] != answers[1] or max(answers) >= 500:
                    wrong.append(f"{who}: {target}: {answers}, writes {written.tables}")
    assert not wrong, "\n".join(wrong)
    assert not watching.changed(before)


def seen_at(face: str, world: World) -> list[str]:
    """Staff are strangers in the shops, one of them stands for all; in the back office it is the other way round."""
    staff = [who for who in world.users if who.startswith("staff_")]
    rest = [who for who in world.users if who not in staff]
    return ["anonymous", "admin", "customer", *staff] if face == "bss" else [*rest, "staff_administrator"]


def test_every_answer_of_every_route_has_its_head(world):
    """Whatever the method and whoever asks: refused, sent elsewhere or answered."""
    wrong = []
    for face in URLCONFS:
        for who in ("anonymous", "admin", "staff_administrator"):
            client = world.client(who, FACE_HOSTS[face])
            for target in [*addresses(face, world), addresses(face, world)[0] + "nothing-is-here/"]:
                for method in METHODS:
                    response = asked(client, method, target)
                    visit = Visit(target, "", response, walking.page_of(response, target))
                    found = faults_of_head(visit) + ([f"{response.status_code}"] if response.status_code >= 500 else [])
                    wrong += [f"{who}: {method} {target}: {fault}" for fault in found]
    assert not wrong, report(wrong)


def asked(client: Client, method: str, target: str) -> HttpResponse:
    """What is answered; what it wrote is taken back, and the client stays who it was."""
    parts, cookies = urlsplit(target), client.cookies.output()
    with watching.undone():
        response = client.generic(method, parts.path, headers={"host": parts.netloc})
    if client.cookies.output() != cookies:
        client.cookies = SimpleCookie(cookies.replace("Set-Cookie:", "").replace("\r\n", ";"))
    return response


@pytest.mark.parametrize("host", ["evil.test", "cloud.disti.test.evil.test", "bss.disti.test@evil.test", "a" * 300, ""])
def test_the_page_for_a_strange_host_has_its_head_too(world, host):
    response = crowd.client_of(world, "anonymous").get("/", headers={"host": host})
    visit = Visit("http://x/", "", response, walking.page_of(response, "http://x/"))
    assert response.status_code == 400
    assert not faults_of_head(visit) + reading.faults_of(visit.page)
