"""How tests visit the storefront: signed in, reading what the page says, sending its forms as a browser would."""

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plans.models import User

KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE")


def signed_in(user: User, **headers) -> Client:
    client = Client(**headers)
    client.force_login(user)
    return client


class Counted:
    """How many statements a block cost; `text` lists them for a failing test."""

    def __init__(self) -> None:
        self.many = 0
        self.text = ""


@contextmanager
def statements() -> Iterator[Counted]:
    """Counts SELECT, INSERT, UPDATE and DELETE; BEGIN and SAVEPOINT are no questions."""
    counted = Counted()
    with CaptureQueriesContext(connection) as captured:
        yield counted
    asked = [query["sql"] for query in captured if query["sql"].lstrip("(").split(maxsplit=1)[0] in KINDS]
    counted.many, counted.text = len(asked), "\n".join(sql[:160] for sql in asked)


class Form(HTMLParser):
    """The fields of one form of a page as a browser would send them, the buttons aside."""

    def __init__(self, action: str) -> None:
        super().__init__()
        self.action, self.inside, self.found = action, False, False
        self.values: dict[str, str] = {}

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "form":
            self.inside = given.get("action") == self.action
            self.found |= self.inside
        if tag != "input" or not self.inside or "name" not in given:
            return
        if given.get("type") in ("checkbox", "radio") and "checked" not in given:
            return
        self.values[given["name"]] = given.get("value", "on" if given.get("type") == "checkbox" else "") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def form_of(response, action: str) -> dict[str, str]:
    """What the form with this action would send now."""
    form = Form(action)
    form.feed(response.content.decode())
    assert form.found, f"no form for {action}"
    form.values.pop("csrfmiddlewaretoken", None)
    return form.values


def words(response) -> str:
    """The page's text without tags, white space collapsed: what a person reads."""
    reader = Words()
    reader.feed(response.content.decode())
    return " ".join("".join(reader.parts).split())


BLOCKS = frozenset("button dd div dt form h1 h2 h3 label legend li nav ol option p section td th title tr ul".split())


class Words(HTMLParser):
    """Text; what stands in blocks of its own is kept apart, what is only set bold is not."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag in BLOCKS:
            self.parts.append(" ")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
