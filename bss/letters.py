"""How the BSS shows a letter's state, wherever a letter is listed."""

from notifications.models import Notification

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
