"""Everybody walks everywhere: no link is dead, pages are whole, nobody reads others' things, looking writes nothing."""

from http.cookies import SimpleCookie
from itertools import groupby, product
from urllib.parse import urlsplit

import pytest
from django.http import HttpResponse
from django.test import Client

from storefront.tenancy import URLCONFS
from tests import crowd, reading, walking, watching
from tests import world as worlds
from tests.everywhere.faults import faults_of_head
from tests.everywhere.routes import FACE_HOSTS, addresses
from tests.everywhere.walk import WHO_READS
from tests.walking import Visit
from tests.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.shared("postgresql")]
METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE")


def test_everybody_walks_everywhere(walk):
    assert not walk.wrong, report(walk.wrong)
    staff = {f"staff_{role}" for role in worlds.STAFF_ROLES} & walk.people
    wanted = {word: who | (staff if word != crowd.ELSEWHERE else set()) for word, who in WHO_READS.items()}
    assert walk.read == {word: who & walk.people for word, who in wanted.items()}
    assert walk.changed <= {"account_emailaddress"}  # allauth notes whose link to a password was opened


def report(wrong: list[str]) -> str:
    """Each fault once, with who met it: most are met by everybody."""
    by_fault = sorted((line.partition(": ")[2], line.partition(": ")[0]) for line in wrong)
    lines = [
        f"{fault} ({', '.join(sorted({who for _, who in group}))})"
        for fault, group in groupby(by_fault, key=lambda pair: pair[0])
    ]
    return "\n".join(lines[:60]) + f"\n{len(lines)} faults"


def test_no_page_of_one_distributor_names_the_other(world, walk):
    """Names are public on their own hosts only; the back office shows staff their own distributor."""
    assert not walk.names_other
    assert "Sudlicht" in crowd.client_of(world, "anonymous").get("/", headers={"host": worlds.OTHER_STORE}).text


@pytest.mark.shared("sqlite")
def test_looking_twice_changes_nothing(world, clients):
    """GET of every route, twice: no statement that writes, and the database is as it was."""
    before, wrong = watching.digests(), []
    for face in URLCONFS:
        for turn, target in enumerate(addresses(face, world)):
            for who in askers(face, world, turn):
                with watching.writes() as written:
                    answers = [walking.get(clients[who], target).status_code for _ in range(2)]
                if written.tables or answers[0] != answers[1] or max(answers) >= 500:
                    wrong.append(f"{who}: {target}: {answers}, writes {written.tables}")
    assert not wrong, "\n".join(wrong)
    assert not watching.changed(before)


def askers(face: str, world: World, turn: int) -> list[str]:
    """Who may do everything there, and of all others two: at the next address the next two."""
    chief = "staff_administrator" if face in ("bss", "api") else "admin"
    others = [who for who in world.users if who != chief]
    return [chief, others[2 * turn % len(others)], others[(2 * turn + 1) % len(others)]]


@pytest.mark.shared("sqlite")
def test_every_answer_of_every_route_has_its_head(world):
    """Whatever the method and whoever asks: refused, sent elsewhere or answered."""
    wrong, people = [], ("anonymous", "admin", "staff_administrator")
    for face in URLCONFS:
        own = {who: world.client(who, FACE_HOSTS[face]) for who in people}
        targets = [*addresses(face, world), addresses(face, world)[0] + "nothing-is-here/"]
        for turn, (target, method) in enumerate(product(targets, METHODS)):
            who = people[turn % len(people)]  # seven methods: at the next address it is somebody else's turn
            response = asked(own[who], method, target)
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
