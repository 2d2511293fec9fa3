"""The rows of the outbox, put into words before the template sees them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from bss import clock
from bss.letters import KINDS
from notifications.editing import TEST
from notifications.models import Notification
from plans.models import Operator

COLUMNS = (
    "pk", "subject", "recipient_name", "recipient_email", "state", "created_at", "account__name", "order__number",
    "template_code", "possible_duplicate",
)  # fmt: skip
HEADS = [
    "Letter", "Notification", "Subject", "Recipient", "Email", "As", "Account", "Account ID", "Order", "Status",
    "Attempts", "Possible duplicate", "Created", "Sent", "Dealt with", "Message-ID", "Why it was sent",
]  # fmt: skip
EXPORTED = (
    *COLUMNS, "kind", "account__number", "attempts", "sent_at", "dealt_with_at", "message_id", "reason",
)  # fmt: skip
CHUNK = 500
LABELS = {code: str(label) for code, label in Notification.State.choices}


@dataclass(frozen=True, slots=True)
class LetterRow:
    pk: int
    subject: str
    recipient: str
    email: str  # where the recipient has a name
    about: str
    order: str
    created: str
    kind: str
    status: str
    is_test: bool
    may_be_twice: bool


def row_of(letter, *, operator: Operator) -> LetterRow:
    """The row for a letter that was read with COLUMNS."""
    name, email = letter.recipient_name, letter.recipient_email
    return LetterRow(
        letter.pk,
        letter.subject,
        name or email,
        email if name else "",
        letter.account__name or operator.name,
        letter.order__number or "",
        clock.shown(letter.created_at),
        KINDS[letter.state],
        LABELS[letter.state],
        letter.template_code.startswith(TEST),
        letter.possible_duplicate,
    )


def cells_of(letters: QuerySet) -> Iterator[tuple]:
    """The rows for a file, of letters that are read with EXPORTED: all but the words."""
    for one in letters.iterator(chunk_size=CHUNK):
        yield (
            one.pk, one.template_code, one.subject, one.recipient_name, one.recipient_email, one.kind,
            one.account__name, one.account__number, one.order__number, LABELS[one.state], one.attempts,
            "yes" if one.possible_duplicate else "", _time(one.created_at), _time(one.sent_at),
            _time(one.dealt_with_at), one.message_id, one.reason,
        )  # fmt: skip


def _time(at: datetime | None) -> str:
    return clock.shown(at) if at else ""
