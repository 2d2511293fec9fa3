"""How the BSS words how far the execution of an order has come."""

from dataclasses import dataclass, field
from datetime import datetime
from math import ceil

from plans import progress
from plans.models import Activity, Operator, Order
from plans.progress import Step

from ..letters import row

State = Order.State
STEPS = {
    "received": "Queued",
    "executing": "Being executed",
    "subscription": "Subscription started",
    "ended": "Subscription ended",
    "storefront": "Storefront open",
    "parked": "Storefront closed",
    "letter": "Email sent",
}
STEP_STATES = {"done": "done", "now": "in progress", "wait": "waiting", "fail": "failed", "unsure": "not certain"}
STARTS = ("order.place", "order.approve", "order.retry")
TRIES = ("order.claim", "order.try_later")


@dataclass(frozen=True)
class ShownStep:
    number: int
    state: str
    word: str
    said: str
    at: datetime | None
    detail: str
    is_url: bool
    letters: list[dict[str, object]] = field(default_factory=list)  # each with its badge


@dataclass(frozen=True)
class Execution:
    """What the Execution card shows. `said` is one short line, read out when it changes."""

    said: str
    steps: list[ShownStep] = field(default_factory=list)
    attempts: list[Activity] = field(default_factory=list)
    seconds: int = 0
    is_over: bool = True
    letter: str = ""  # the state of the step, where there is one

    @property
    def done(self) -> int:
        return sum(step.state == "done" for step in self.steps)


def execution_of(order: Order, *, operator: Operator, trail: list[Activity]) -> Execution:
    """How far the order has come. One query, or none; a draft has not started."""
    if order.state == State.DRAFT:
        return Execution("Not started")
    found = progress.steps(order, operator=operator, trail=trail)
    tries = [activity for activity in trail if activity.verb in TRIES]
    return Execution(
        said=_said(order, found),
        steps=[
            _shown(number, step, is_waiting=order.state == State.AWAITING_APPROVAL)
            for number, step in enumerate(found, start=1)
        ],
        attempts=tries if len(tries) > 1 else [],
        seconds=_seconds(order, trail),
        is_over=progress.is_over(order, found),
        letter=next((step.state for step in found if step.key == "letter"), ""),
    )


def _shown(number: int, step: Step, *, is_waiting: bool) -> ShownStep:
    is_url = step.key in ("storefront", "parked") and step.state == "done"
    word = "Received" if step.key == "received" and is_waiting else STEPS[step.key]
    letters = [row(letter) for letter in step.letters]
    return ShownStep(number, step.state, word, STEP_STATES[step.state], step.at, step.detail, is_url, letters)


def _said(order: Order, found: list[Step]) -> str:
    done, many = sum(step.state == "done" for step in found), len(found)
    if order.state == State.CANCELLED:
        return "Cancelled"
    if order.state == State.FAILED:
        return f"Stopped at step {done + 1} of {many}"
    if order.state == State.AWAITING_APPROVAL:
        return "Waiting for approval"
    if order.state == State.PLACED and order.attempts:
        return "Waiting to try again"
    if found[-1].state == progress.UNSURE:
        return f"{done} of {many} done, the email is not certain"
    return f"Step {done + 1} of {many}" if done < many else f"{many} of {many} done"


def _seconds(order: Order, trail: list[Activity]) -> int:
    """How long it took, from when somebody last asked for it."""
    asked = [activity.at for activity in trail if activity.verb in STARTS]
    if order.executed_at is None or not asked:
        return 0
    return max(1, ceil((order.executed_at - asked[-1]).total_seconds()))
