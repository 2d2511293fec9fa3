"""Moving an order: one conditional UPDATE that also writes an Activity. The legal moves are `models.MOVES`."""

from django.db import transaction
from django.db.models import F, Q

from notifications.request_id import request_id

from .models import MOVES, Activity, Order
from .refusals import Refused


def note(
    record: Order, verb: str, text: str, *, by=None, from_state: str = "", to_state: str = "", **about
) -> Activity:
    """An Activity about an order, not saved yet: stories save theirs together."""
    return Activity(
        operator_id=record.operator_id,
        account_id=record.account_id,
        order_id=record.id,
        verb=verb,
        text=text[:300],
        from_state=from_state,
        to_state=to_state,
        actor=by,
        actor_name=(str(by) if by else "Automatic")[:120],
        request_id=request_id.get(),
        **about,
    )


def move(order: Order, verb: str, *, text: str, by=None, when: Q | None = None, **changes) -> None:
    """Take the order along the named move, or refuse with order_locked when its state does not allow it (any more).

    Nothing is locked: whoever's UPDATE comes first wins, the other one is refused. `when` narrows the rows further.
    """
    from_states, to_state = MOVES[verb]
    before = order.state
    with transaction.atomic():
        mine = Order.objects.filter(pk=order.pk, state__in=from_states)
        if when is not None:
            mine = mine.filter(when)
        if not mine.update(state=to_state, version=F("version") + 1, **changes):
            current = Order.objects.filter(pk=order.pk).values_list("state", flat=True).first()
            word = Order.State(current).label.lower() if current else "gone"
            raise Refused("order_locked", order=order.number, state=word)
        note(order, f"order.{verb}", text, by=by, from_state=before, to_state=to_state).save(force_insert=True)
    order.state = to_state
    for name, value in changes.items():
        if not hasattr(value, "resolve_expression"):
            setattr(order, name, value)


def locked(order: Order) -> Refused:
    """The refusal that says in which state the order is, and that it cannot be changed there."""
    return Refused("order_locked", order=order.number, state=order.get_state_display().lower())
