"""Sending forms that are wrong, and judging the answer: no fault, nothing written, said at the field, not led away."""

import re
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlsplit

from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from storefront.tenancy import URLCONFS, find_place
from tests import crowd, hostile, reading, walking, watching
from tests.hostile import Body
from tests.reading import Form, Page
from tests.world import World

# Whose forms are fuzzed first; whoever is shown yet another form is asked after them.
ORDER = ("basic", "mending", "anonymous", "admin", "staff_administrator", "staff_of_both")
LETTERS = {"notifications_notification"}
ORDERS = LETTERS | {
    f"plans_{name}" for name in "order orderitem activity aliasclaim numberseries basketitem termsacceptance".split()
}
# By the name of the route: what a form that was right may write, and then it leads to another page.
WRITES: dict[str, set[str]] = {
    "basket_add": {"plans_basket", "plans_basketitem"},
    "basket_change": {"plans_basketitem"},
    "basket_remove": {"plans_basketitem"},
    "checkout": ORDERS,
    "billing": {"plans_account", "plans_activity"},
    "order_retry": ORDERS,
    "order_cancel": ORDERS,
    "notifications": LETTERS,
    "account_login": {"plans_user"},
    "account_reset_password": {"account_emailaddress"} | LETTERS,
    "account_reset_password_from_key": {"plans_user"} | LETTERS,
}
HOLDS = {"plans_aliasclaim"}  # leaving the alias field, and taking an alias that was offered, keep it for a while
FINE = {200, 286, 302, 303, 400, 403, 404, 405, 413, 422, 429}


@dataclass
class Found:
    """A form as somebody is shown it."""

    who: str
    shown_at: str
    form: Form
    route: str
    face: str


@dataclass
class Sender:
    """Sends, judges, and takes back what was written. `wrong` says what was not as it must be."""

    clients: dict[str, Client]
    before: dict[str, str] = field(default_factory=watching.digests)
    wrong: list[str] = field(default_factory=list)
    asked: set[str] = field(default_factory=set)
    many: int = 0

    def send(self, who: str, form: Form, body: Body, *, route: str = "") -> HttpResponse:
        client, method, action = self.clients[who], form.method, form.action
        parts = urlsplit(action)
        kept = client.cookies.output(header="", sep=";")
        cache.clear()  # nobody is told to come back later
        with watching.undone():
            with watching.writes() as written:
                if method == "get":
                    query = f"{parts.path}?{body.content.decode('latin-1')}"
                    response = client.generic("GET", query, headers={"host": parts.netloc})
                else:
                    response = client.generic(
                        "POST", parts.path, body.content, body.content_type, headers={"host": parts.netloc}
                    )
            changed = watching.changed(self.before, only=written.tables) if written.tables else set()
        client.cookies = SimpleCookie(kept)
        self.many += 1
        page = walking.page_of(response, action)
        faults = self.faults(response, changed, route=route, action=action)
        if page is not None:
            faults += faults_of_page(page) + self.returns(client, page)
            faults += gone(response, page, body, form)
        self.wrong += [f"{who}: {method} {action} {body.what}: {fault}" for fault in faults]
        return response

    def returns(self, client: Client, page: Page) -> list[str]:
        """Where the page's switch of the theme comes back to is a page to ask for; each is looked at once."""
        places = [form.sent["next"] for form in page.forms if form.action.endswith("/theme/") and form.sent.get("next")]
        found = []
        for place in {page.at(place).partition("?")[0] for place in places} - self.asked:
            self.asked.add(place)
            if walking.get(client, place).status_code == 405:
                found.append(f"choosing a theme leads back to {place}, which is no page")
        return found

    def faults(self, response: HttpResponse, changed: set[str], *, route: str, action: str) -> list[str]:
        status, found = response.status_code, []
        if status not in FINE:
            found.append(f"answers {status}")
        may = WRITES.get(route, set()) if status in (302, 303) else HOLDS
        if changed - may:
            found.append(f"answers {status} and changes {sorted(changed - may)}")
        if "Location" in response and leads_away(response["Location"], urlsplit(action).netloc):
            found.append(f"leads to {response['Location'][:80]}")
        return found


def leads_away(location: str, host: str) -> bool:
    """As browsers read it: backslashes are slashes, tabs and line ends are nothing."""
    seen = location.replace("\\", "/").strip("".join(map(chr, range(33))))
    seen = "".join(sign for sign in seen if sign not in "\t\r\n")
    if seen.startswith("//") or re.match(r"[a-z][a-z0-9+.-]*:", seen, re.IGNORECASE):
        return re.match(rf"http://{re.escape(host)}(/|$)", seen) is None
    return False


def faults_of_page(page: Page) -> list[str]:
    """Nothing typed became a tag, and what is said about a field stands at it."""
    found = reading.faults_of(page) + untied(page)
    if any(element.tag.startswith(hostile.MADE_UP) for element in page.elements):
        found.append("what was typed became a tag")
    return found


def gone(response: HttpResponse, page: Page, body: Body, form: Form) -> list[str]:
    """What was typed and is not in its field any more on the page that shows the form again."""
    name = body.what.partition(":")[0]
    if body.typed is None or response.status_code not in (200, 422) or form.kind_of(name) not in reading.TEXT:
        return []
    again = [control for other in page.forms if other.action == form.action for control in other.controls]
    values = [control.get("value") for control in again if control.get("name") == name]
    if form.method == "get" or not values or body.typed.decode(errors="replace") in values:
        return []
    return [f"what was typed is gone: {[value[:40] for value in values]}"]


def untied(page: Page) -> list[str]:
    """Fields that are said to be wrong without words tied to them, and words of error tied to no field."""
    found, tied = [], set()
    for element in page.elements:
        if element.get("aria-invalid") == "true":
            names = element.get("aria-describedby").split() or _described_around(page, element)
            tied |= set(names)
            if not any(page.by_id(name) and page.by_id(name).text.strip() for name in names):
                found.append(f"{element.get('name')} is invalid and does not say why")
    words = [e.get("id") for e in page.elements if {"msg", "bad"} <= set(e.get("class").split())]
    return found + [f"the message {name!r} is tied to no field" for name in words if name not in tied]


def _described_around(page: Page, field: reading.Element) -> list[str]:
    """Radio buttons are described by their fieldset."""
    before = page.elements[: page.elements.index(field)]
    return next((e.get("aria-describedby").split() for e in reversed(before) if e.tag == "fieldset"), [])


def route_of(action: str) -> str:
    parts = urlsplit(action)
    place = find_place(parts.netloc, parts.path)
    match = resolve(parts.path.removeprefix(f"/{place.segment}" if place.segment else ""), URLCONFS[place.face])
    return match.url_name or ""


def forms_of(world: World, clients: dict[str, Client]) -> list[Found]:
    """Each form once: by where it goes, what it asks and how; the first of ORDER who is shown it sends it."""
    found: dict[tuple, Found] = {}
    for who in [*ORDER, *(name for name in clients if name not in ORDER)]:
        client = clients[who]
        for visit in walking.walk(client, crowd.doors(world, who), hosts=crowd.HOSTS)[0]:
            for form in visit.page.forms if visit.page and visit.page.is_document else ():
                face = find_place(*_place(form.action)).face
                key = (
                    face,
                    route_of(form.action),
                    form.method,
                    tuple(sorted((name, form.kind_of(name)) for name in form.names)),
                )
                if key not in found:
                    found[key] = Found(who, visit.address, form, key[1], face)
    return list(found.values())


def _place(action: str) -> tuple[str, str]:
    parts = urlsplit(action)
    return parts.netloc, parts.path
