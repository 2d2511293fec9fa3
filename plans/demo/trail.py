"""What the order page and the account's history tell about a step of the past."""

from datetime import timedelta
from typing import TYPE_CHECKING

from ..models import Activity, Order, Subscription

if TYPE_CHECKING:
    from .past import Step

State = Order.State


def activities(step: "Step") -> list[Activity]:
    """What the order page and the account's history tell, in the order in which it happened."""
    order, number = step.order, step.order.number
    if step.state == State.DRAFT:
        return []
    if step.state == State.AWAITING_APPROVAL:
        return [_note(step, "order.submit", f"Order {number} waits for approval.", 0, "draft", step.state)]
    told = [_note(step, "order.place", f"Order {number} placed.", 0, "draft", "placed")]
    if step.state == State.CANCELLED:
        return [*told, _note(step, "order.cancel", f"Order {number} cancelled.", 600, "placed", "cancelled")]
    told.append(_note(step, "order.claim", f"Attempt 1 to execute {number}.", 2, "", "executing", by=None))
    if step.state == State.PLACED:
        text = "Attempt 1 did not succeed. Trying again later."
        told.append(_note(step, "order.try_later", text, 4, "executing", "placed", by=None))
    elif step.state == State.FAILED:
        told.append(_note(step, "order.fail", order.error_message, 4, "executing", "failed", by=None))
    elif step.state == State.EXECUTED:
        told += [_started(step, subscription) for subscription in step.started]
        if not step.wanted:
            told.append(
                _note(step, "storefront.parked", f"Storefront parked; {step.alias} is in quarantine.", 4, by=None)
            )
        if step.opens:
            address = order.preview["address"]
            told.append(_note(step, "storefront.opened", f"Storefront opened at {address}.", 4, by=None))
        told.append(_note(step, "order.execute", f"Order {number} executed.", 4, "executing", "executed", by=None))
    return told


def _started(step: "Step", subscription: Subscription) -> Activity:
    what = f": {step.to_plan.name} plan." if step.to_plan else "."
    text = f"Subscription {subscription.number} started{what}"
    return _note(step, "subscription.started", text, 4, by=None, subscription=subscription)


_PLACER = object()


def _note(step: "Step", verb: str, text: str, seconds: int, before: str = "", after: str = "", *, by=_PLACER, **about):
    actor = step.by if by is _PLACER else by
    return Activity(
        operator_id=step.account.operator_id,
        account=step.account,
        order=step.order,
        verb=verb,
        text=text,
        from_state=before,
        to_state=after,
        actor=actor,
        actor_name=str(actor) if actor else "Automatic",
        at=step.placed_at + timedelta(seconds=seconds),
        **about,
    )
