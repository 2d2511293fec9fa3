"""How the BSS shows letters: the state of each that was written, those that somebody has to deal with, and who would
get those of a preview."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from notifications.catalogue import CATALOGUE
from notifications.models import Notification
from notifications.writing import Recipient, people_of, templates_of
from plans.models import Account, Order
from plans.prepared import Prepared
from plans.preview import Preview

State = Notification.State
MOST_LOST = 3
KINDS = {
    State.QUEUED: "info",
    State.SENDING: "info",
    State.SENT: "ok",
    State.DELIVERED: "ok",
    State.RETRY: "warn",
    State.UNKNOWN: "warn",
    State.BOUNCED: "bad",
    State.COMPLAINED: "bad",
    State.FAILED: "bad",
    State.SKIPPED: "",
}
# What became of a letter that is somebody's task.
SAID = {
    State.BOUNCED: "came back",
    State.COMPLAINED: "was reported as unwanted",
    State.FAILED: "could not be handed over",
    State.UNKNOWN: "may not have arrived",
}


def row(letter: Notification) -> dict[str, object]:
    """A letter with the badge beside it, and in words what became of it where that is a task."""
    return {"letter": letter, "kind": KINDS[letter.state], "said": SAID.get(letter.state, "")}


def tasks_of(account: Account) -> list[dict[str, object]]:
    """The letters about the account that somebody has to deal with, the newest MOST_LOST. One query."""
    return [row(letter) for letter in TASKS(account=account.pk)]


def _tasks(account: int) -> QuerySet:
    tasks = Notification.objects.filter(account=account).open_tasks()
    return tasks.defer("text", "html").order_by("-pk")[:MOST_LOST]


TASKS = Prepared(_tasks, account=int)


def letters_of_order(order: Order) -> list[dict[str, object]]:
    """What was written about the order, each with whether it `is_task`. One query."""
    return [row(letter) for letter in LETTERS(order=order.pk)]


LETTERS = Prepared(
    lambda order: Notification.objects.filter(order=order).with_task().order_by("pk").defer("text", "html"), order=int
)


def letters_of_orders(order_ids: Iterable[int]) -> dict[int, list[dict[str, object]]]:
    """The letters of each of these orders to those that it is about, without copies. One query."""
    found: dict[int, list[dict[str, object]]] = defaultdict(list)
    letters = Notification.objects.filter(order_id__in=set(order_ids), kind="to")
    for letter in letters.defer("text", "html").order_by("pk"):
        found[letter.order_id].append(row(letter))
    return found


@dataclass(frozen=True)
class Announced:
    """A letter that a preview speaks of. Switched off it is written down as skipped, and nobody gets it."""

    name: str
    is_active: bool
    readers: list[str]
    language_name: str


def announced(preview: Preview, *, operator_id: int) -> list[Announced]:
    """The letters of a preview with everybody who gets them today, staff's added recipients included. One query."""
    templates = templates_of({letter.template for letter in preview.letters}, operator_id=operator_id)
    found = []
    for letter in preview.letters:
        template = templates[letter.template]
        to = [Recipient(email) for email in letter.recipients]
        people = people_of(to, template=template, kind=CATALOGUE[letter.template]) if to else []
        readers = [one.email if one.kind == "to" else f"{one.email} ({one.kind.upper()})" for one in people]
        found.append(Announced(letter.name, template.is_active, readers, letter.language_name))
    return found
