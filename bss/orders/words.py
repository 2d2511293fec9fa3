"""How the BSS words an order: its status, and the steps of its execution."""

from plans import progress
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
STEPS = {
    "received": "Queued",
    "executing": "Being executed",
    "subscription": "Subscription started",
    "storefront": "Storefront open",
    "letter": "Email sent",
}
STEP_STATES = {"done": "done", "now": "in progress", "wait": "waiting", "fail": "failed"}


def status(state: str, *, lacks_alias: bool) -> tuple[str, str]:
    """Kind and word of the badge beside an order. A draft says whether its plan lacks its alias."""
    if state == State.DRAFT:
        return ("warn", "Alias missing") if lacks_alias else ("info", "Ready to execute")
    return KINDS[state], LABELS[state]


def steps(order: Order, *, operator) -> list[dict]:
    """The steps of an order that was placed; none for a draft."""
    if order.state == State.DRAFT:
        return []
    return [
        {
            "state": step.state,
            "word": STEPS[step.key],
            "said": STEP_STATES[step.state],
            "at": step.at,
            "detail": step.detail,
            "is_url": step.key == "storefront",
        }
        for step in progress.steps(order, operator=operator)
    ]
