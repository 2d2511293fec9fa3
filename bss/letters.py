"""How the BSS shows letters: the state of each that was written, and who would get those of a preview."""

from dataclasses import dataclass

from notifications.catalogue import CATALOGUE
from notifications.models import Notification
from notifications.writing import Recipient, people_of, templates_of
from plans.preview import Preview

State = Notification.State
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


def row(letter: Notification) -> dict[str, object]:
    """A letter with the badge beside it."""
    return {"letter": letter, "kind": KINDS[letter.state]}


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
