"""The badge beside an order, wherever an order is listed."""

from plans.models import Order

State = Order.State
KINDS = {
    State.DRAFT: "info",
    State.AWAITING_APPROVAL: "warn",
    State.PLACED: "info",
    State.EXECUTING: "info",
    State.EXECUTED: "ok",
    State.FAILED: "bad",
    State.CANCELLED: "",
}
LABELS = {code: str(label) for code, label in State.choices}


def status(state: str, *, lacks_alias: bool) -> tuple[str, str]:
    """Kind and word of the badge beside an order. A draft says whether its plan lacks its alias."""
    if state == State.DRAFT:
        return ("warn", "Alias missing") if lacks_alias else ("info", "Ready to execute")
    return KINDS[state], LABELS[state]
