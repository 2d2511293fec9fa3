"""The rows of the outbox, put into words before the template sees them."""

from dataclasses import dataclass

from bss import clock
from bss.letters import KINDS
from notifications.editing import TEST
from notifications.models import Notification
from plans.models import Operator

COLUMNS = (
    "pk", "subject", "recipient_name", "recipient_email", "state", "created_at", "account__name", "order__number",
    "template_code",
)  # fmt: skip
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
    )
