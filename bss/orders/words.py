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
STEPS = {
    "received": "Queued",
    "executing": "Being executed",
    "subscription": "Subscription started",
    "storefront": "Storefront open",
    "letter": "Email sent",
}
STEP_STATES = {"done": "done", "now": "in progress", "wait": "waiting", "fail": "failed"}


def status(order: Order) -> dict[str, str]:
    """The badge beside an order. Its items must be loaded: a draft whose plan lacks its alias says so."""
    if order.state == State.DRAFT:
        if any(item.is_plan and not item.alias for item in order.items.all()):
            return {"kind": "warn", "word": "Alias missing"}
        return {"kind": "info", "word": "Ready to execute"}
    return {"kind": KINDS[order.state], "word": order.get_state_display()}


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
