"""Nobody's words run as a script: Chromium reads each kind of word on the pages where it shows, as all who may see it.

The world of the tests is filled with tests/payloads.py, turn by turn: each text column of each table, since a column is
taken for somebody's free words until NOT_WORDS says what it is. Chromium asks the application itself, in this process.
"""

import os
import re
from collections import defaultdict
from collections.abc import Iterator
from contextvars import copy_context
from functools import cache
from typing import ClassVar

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.core.cache import cache as answers
from django.db import connection
from django.db.models import CharField, EmailField, Model, TextField
from django.template import Template
from django.test import Client
from playwright.sync_api import BrowserContext, Error, Page, Request, Route

from plans.models import Storefront, StorefrontDraft, StorefrontText
from tests import cast, crowd, walking
from tests import world as worlds
from tests.everywhere.routes import addresses
from tests.payloads import packs
from tests.world import World

PEOPLE = {
    "anonymous": ("store", "reseller"),
    "customer": ("reseller",),
    "admin": ("store", "reseller"),
    "staff_administrator": ("bss",),
}
NOT_WORDS = (  # columns that hold what we made, or what was checked against a list or a narrow shape
    "alias brand_colour channel code currency digest end_reason error_code event_id fingerprint form_key from_state"
    " html icon key language message_id number occasion password prefix provider provider_id request request_id"
    " secret_kind slug store_host template_code time_zone to_state token verb welcome_letter worker country"
)
REFUSED = {"NotificationTemplate"}  # parsed when it is saved: a hostile one never comes to be
STAFFS = {"ApiToken", "Operator", "Plan", "Product", "TermsVersion", "TenantRequest"}  # need not hold all
NOWHERE = {  # not shown in these tests: nothing was wrong, no letter failed or was reported on, no file imported
    "plans.Alarm.words",
    "notifications.DeliveryEvent.words",
    "notifications.NotificationAttempt.answer",
    "notifications.TemplateRecipient.email",
    "plans.ImportFate.account",
    "plans.ImportFate.plan",
    "plans.ImportFate.text",
    "plans.ImportRun.filename",
}
WATCH = """
    window.seen = [];
    window.r = () => window.seen.push('a script ran');
    addEventListener('securitypolicyviolation', (e) => window.seen.push(`${e.effectiveDirective}: ${e.blockedURI}`));
"""
STRANGE = """() => {
    const leads = /^(href|src|action|formaction|data|srcset|ping)$/;
    const isStrange = (name, value) => /^on/.test(name)
        || leads.test(name) && /^\\s*(javascript|vbscript|data:text|\\/\\/e\\.tt)/i.test(value)
        || name === 'style' && /e\\.tt/i.test(value);
    const elements = [...document.querySelectorAll('*')];
    const told = elements.flatMap((element) => [...element.attributes]
        .filter(({name, value}) => isStrange(name, value))
        .map(({name, value}) => `<${element.localName} ${name}="${value}">`));
    return [...window.seen, ...told];
}"""


def columns() -> Iterator[tuple[type[Model], CharField | TextField]]:
    """All that somebody wrote in words."""
    not_words = set(NOT_WORDS.split())
    for model in [*apps.get_app_config("plans").get_models(), *apps.get_app_config("notifications").get_models()]:
        for field in model._meta.concrete_fields:
            is_text = isinstance(field, CharField | TextField) and not field.choices
            if is_text and field.name not in not_words and model.__name__ not in REFUSED:
                yield model, field


@cache
def words(field: CharField | TextField) -> tuple[str, ...]:
    if isinstance(field, EmailField) or field.name.endswith("email"):
        ascii_only = [word.encode("ascii", "ignore").decode().lower() for word in packs(100)]
        return tuple('"{}"'.format(re.sub(r'(["\\])', r"\\\1", word)) for word in ascii_only)  # RFC 5321 lets them
    return packs(min(field.max_length or 600, 600))


class Planting:
    """What stands in each cell in each turn."""

    def __init__(self) -> None:
        self.cells = [
            (model, pk, field)
            for model, field in columns()
            for pk in model._base_manager.order_by("pk").values_list("pk", flat=True)
        ]

    def plant(self, turn: int) -> None:
        rows: dict[tuple[type[Model], object], dict[str, str]] = defaultdict(dict)
        for place, (model, pk, field) in enumerate(self.cells):
            rows[model, pk][field.attname] = self.word(place, turn)
        for (model, pk), values in rows.items():
            model._base_manager.filter(pk=pk).update(**values)
        answers.clear()

    def word(self, place: int, turn: int) -> str:
        field = self.cells[place][2]
        if turn < 0:
            return f"w{place:05d}w" + ("@w.test" if words(field)[0].startswith('"') else "")
        word = words(field)[self.number(place, turn)]
        return f"{word}@{place}.test" if word.startswith('"') and field.name.endswith("email") else word

    def number(self, place: int, turn: int) -> int:
        """Which of the column's words it is."""
        return (place * 7 + turn) % len(words(self.cells[place][2]))


class Reader:
    """One person's Chromium. Its requests are answered by the application, its complaints are kept."""

    assets: ClassVar[dict[str, dict]] = {}  # the same for all

    client: Client

    def __init__(self, context: BrowserContext) -> None:
        self.ours = copy_context()  # Playwright answers in another; the test's has its transaction
        self.astray: list[str] = []
        context.add_init_script(WATCH)
        context.route("**/*", self.answer)
        self.page: Page = context.new_page()
        self.page.on("dialog", lambda dialog: (self.astray.append(dialog.message), dialog.dismiss()))

    def answer(self, route: Route, request: Request) -> None:
        if not re.match(rf"http://({'|'.join(map(re.escape, crowd.HOSTS))})/", request.url):
            self.astray.append(request.url)
            return route.abort()
        if request.url in self.assets:
            return route.fulfill(**self.assets[request.url])
        response = self.ours.copy().run(walking.get, self.client, request.url)
        if response.status_code in (301, 302, 303):  # Chromium would follow it past us
            self.astray.append(f"to {response['Location']}")
            return route.abort()
        body = b"".join(response.streaming_content) if response.streaming else response.content
        answer = {"status": response.status_code, "headers": dict(response.headers), "body": body}
        if "/static/" in request.url:
            self.assets[request.url] = answer
        return route.fulfill(**answer)

    def read(self, address: str) -> list[str]:
        """What is strange about the page and about what it shows in frames."""
        self.astray.clear()
        try:
            answer = self.page.goto(address, wait_until="load")
        except Error as error:
            return [f"{address}: {error.message.splitlines()[0]} {self.astray}"]
        strange = [f"answers {answer.status}"] if answer.status != 200 else []
        strange += [each for frame in self.page.frames for each in frame.evaluate(STRANGE)]
        return [f"{address}: {each}" for each in (*strange, *self.astray)]


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, broker, standing) -> Iterator[World]:
    standing.go()  # all is planted in one transaction
    settings = pytest.MonkeyPatch()
    settings.setattr(django_settings, "BSS_HOST", worlds.BSS)
    settings.setattr(Template, "_render", lambda template, context: template.nodelist.render(context))  # as in life
    with crowd.for_a_while(django_db_blocker) as world:
        fill(world.reseller.storefront)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL session_replication_role = replica")  # history may be written anew
        yield world
    settings.undo()


def fill(shown: Storefront) -> None:
    """What a reseller can put on its storefront, where the world has none of it; and people enough for many words."""
    about = {"operator": shown.operator}
    for number in range(20):
        cast.person(shown.account, f"{number}@techsolutions.example", roles=("viewer",))
    StorefrontDraft.objects.get_or_create(account=shown.account, defaults=about)
    for kind in StorefrontText.Kind.values:
        StorefrontText.objects.get_or_create(storefront=shown, kind=kind, defaults=about)


def where_they_show(planting: Planting, world: World) -> dict[tuple[str, str], set[int]]:
    """Person and address to the places of the cells that the page shows."""
    planting.plant(-1)
    found = {}
    for who, faces in PEOPLE.items():
        client = crowd.client_of(world, who)
        for address in (each for face in faces for each in addresses(face, world)):
            answer = walking.get(client, address)
            if answer.status_code != 200 or not answer.headers["Content-Type"].startswith("text/html"):
                continue
            if places := {int(place) for place in re.findall(r"w(\d{5})w", answer.text)}:
                found[who, address] = places
    return found


def readings(planting: Planting, shown: dict[tuple[str, str], set[int]]) -> dict[int, list[tuple[str, str]]]:
    """Turn to who reads what: each page is read once by all who may, and the pages share out the turns.

    With HOSTILE=all each column's words are all read: some 1,200 pages, ten minutes.
    """
    turns = range(max(len(words(field)) for _, _, field in planting.cells))
    some = turns[:: len(turns) // 16]
    found = {turn: [key for at, key in enumerate(shown) if some[at % len(some)] == turn] for turn in turns}
    if os.environ.get("HOSTILE") != "all":
        return {turn: found[turn] for turn in some}
    cells = {place: planting.cells[place][2] for place in set().union(*shown.values())}
    theirs = {field for field in cells.values() if field.model.__name__ not in STAFFS}
    left = {(field, number) for field in theirs for number in range(len(words(field)))}
    for worth_it in (12, 4, 1):  # so many words that nobody has read yet
        for turn in turns:
            brings = {
                key: {(cells[place], planting.number(place, turn)) for place in places} & left
                for key, places in shown.items()
            }
            for key in sorted(shown, key=lambda key: -len(brings[key])):
                if len(brings[key] & left) >= worth_it or key in found[turn]:
                    found[turn] = list(dict.fromkeys([*found[turn], key]))
                    left -= brings[key]
    assert not left
    return found


@pytest.mark.django_db
def test_no_word_runs(world, browser):
    planting = Planting()
    shown = where_they_show(planting, world)
    seen = {str(planting.cells[place][2]) for place in set().union(*shown.values())}
    assert {str(field) for _, field in columns()} - seen == NOWHERE
    readers = {who: Reader(browser.new_context()) for who in PEOPLE}
    wrong = []
    for turn, now in readings(planting, shown).items():
        planting.plant(turn)
        for who, reader in readers.items():
            reader.client = crowd.client_of(world, who)  # the cache held who is signed in
        wrong += [f"turn {turn}, {who}: {each}" for who, address in now for each in readers[who].read(address)]
    assert not wrong, "\n".join(wrong)
