"""An order in the customer's words: its title, its steps, its state (DESIGN.md section 5)."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil

from plans import progress
from plans.models import Operator, Order
from plans.progress import Step

STATE_WORDS = {"done": "done", "now": "in progress", "fail": "failed", "wait": "waiting", "unsure": "not certain"}
STEP_WORDS = {
    "received": "Order received",
    "executing": "Order executed",
    "subscription": "Subscription started",
    "ended": "Subscription ended",
    "storefront": "Storefront ready",
    "parked": "Storefront closed",
    "letter": "Email sent",
}
LETTER_WORDS = {
    "fail": "Could not be delivered to {}",
    "unsure": "It is not certain that it reached {}. If it does not come,",  # a link follows
}
BADGES = {
    Order.State.AWAITING_APPROVAL: ("warn", "Awaiting approval"),
    Order.State.PLACED: ("info", "Queued"),
    Order.State.EXECUTING: ("info", "Executing"),
    Order.State.EXECUTED: ("ok", "Executed"),
    Order.State.FAILED: ("bad", "Needs attention"),
    Order.State.CANCELLED: ("", "Cancelled"),
}
RUNNING_LEDE = "This takes about a minute. You can close this page; we email you when it is ready."
FAILED_LEDE = "Your order is safe and nothing has been charged yet. We email you as soon as it is ready."

# What the order does to the storefront -> (running, ready, failed), each a title and a lede.
HEADINGS: dict[str, tuple[tuple[str, str], ...]] = {
    "open": (
        ("Thank you. Your storefront is on its way.", RUNNING_LEDE),
        ("Your storefront is ready", "Sign in with the account you already have, then add your logo and colours."),
        ("Your storefront needs a little longer", FAILED_LEDE),
    ),
    "keep": (
        ("Thank you. Your new plan is on its way.", RUNNING_LEDE),
        ("Your new plan is ready", "Your storefront stays at its address, with everything you made."),
        ("Your new plan needs a little longer", FAILED_LEDE),
    ),
    "none": (
        ("Thank you. Your order is on its way.", RUNNING_LEDE),
        ("Your order is complete", "What you ordered is listed below."),
        ("Your order needs a little longer", FAILED_LEDE),
    ),
}
HEADINGS["park"] = (
    ("Your plan is being cancelled.", RUNNING_LEDE.replace("ready", "done")),
    (
        "Your plan has ended",
        "Your storefront is closed. Everything in it is kept, and comes back when you upgrade again.",
    ),
    ("Cancelling your plan needs a little longer", "Nothing was changed yet. We email you as soon as it is done."),
)
HEADINGS["gone"] = (
    HEADINGS["park"][0],
    ("Your plan has ended", "What you made is kept for the next upgrade."),
    HEADINGS["park"][2],
)
DOWN = (
    ("Your plan is being changed.", RUNNING_LEDE.replace("ready", "done")),
    ("Your plan has changed", "Your storefront stays at its address, with everything you made."),
    ("Changing your plan needs a little longer", "Nothing was changed yet. We email you as soon as it is done."),
)
HEADINGS["restore"] = (
    HEADINGS["open"][0],
    ("Your storefront is ready", "It is back at its address, as it was."),
    HEADINGS["open"][2],
)


@dataclass(frozen=True)
class ShownStep:
    number: int
    key: str
    state: str
    label: str
    word: str
    at: datetime | None
    detail: str


@dataclass(frozen=True)
class Progress:
    """What templates/storefront/order_progress.html shows."""

    title: str
    lede: str
    steps: list[ShownStep]
    status: str
    is_over: bool

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)


def progress_of(order: Order, *, operator: Operator) -> Progress:
    found = progress.steps(order, operator=operator)
    title, lede = heading(order)
    return Progress(
        title=title,
        lede=lede,
        steps=[_shown(number, step, order) for number, step in enumerate(found, start=1)],
        status=_status(order, found),
        is_over=progress.is_over(order, found),
    )


def heading(order: Order) -> tuple[str, str]:
    if order.state == Order.State.CANCELLED:
        return "This order was cancelled", "Nothing was changed and nothing has been billed."
    running, ready, failed = _headings(order)
    return {Order.State.EXECUTED: ready, Order.State.FAILED: failed}.get(order.state, running)


def _headings(order: Order) -> tuple[tuple[str, str], ...]:
    outcome = order.preview.get("storefront", "none")
    if order.change == Order.Change.DOWNGRADE:
        return DOWN
    return HEADINGS["gone" if order.change == Order.Change.CANCEL and outcome == "none" else outcome]


def badge(order: Order) -> tuple[str, str]:
    """The class and the word of the state."""
    return BADGES.get(order.state, ("", order.get_state_display()))


def _shown(number: int, step: Step, order: Order) -> ShownStep:
    label = STEP_WORDS[step.key]
    if step.key == "letter" and order.is_plan_order and order.change == Order.Change.UPGRADE:
        label = "Welcome email sent"
    return ShownStep(number, step.key, step.state, label, STATE_WORDS[step.state], step.at, _detail(step, order))


def _detail(step: Step, order: Order) -> str:
    if step.key in ("storefront", "parked") and step.state == "wait" and step.detail:
        return f"At {step.detail}"
    if step.key == "letter" and step.detail:
        return LETTER_WORDS.get(step.state, "To {}").format(step.detail)
    if step.key == "executing" and order.state == Order.State.CANCELLED:
        return "Cancelled"
    return step.detail


def _status(order: Order, found: list[Step]) -> str:
    """One short line, read out when it changes."""
    if order.state == Order.State.CANCELLED:
        return "Cancelled"
    if order.state == Order.State.FAILED:
        return "Stopped, nothing was changed"
    if order.state == Order.State.PLACED and order.attempts:
        return "Waiting to retry"
    waiting = next((number for number, step in enumerate(found, start=1) if step.state != "done"), 0)
    if waiting and order.state != Order.State.EXECUTED:
        return f"Step {waiting} of {len(found)}"
    if order.executed_at and order.placed_at:
        seconds = max(1, ceil((order.executed_at - order.placed_at).total_seconds()))
        return f"Done in {seconds} second{'' if seconds == 1 else 's'}"
    return "Done"
