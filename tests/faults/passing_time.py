"""Letting time pass.

Leases and pauses are on the database's clock, which no test can turn. A moment moved an hour back is the same to every
statement that asks for it, and a test takes seconds. That the real lease really ends is shown once, by waiting for it
(test_real_lease.py).
"""

import time
from collections.abc import Callable
from datetime import timedelta

from django.db.models import F
from django.db.models.functions import Now

from notifications.models import Notification
from plans.models import Order
from plans.sweeping import sweep

AN_HOUR = timedelta(hours=1)


def time_passes() -> None:
    """Every lease and every pause is over, and every doorbell was rung long ago."""
    Order.objects.filter(state="executing").update(lease_until=Now() - AN_HOUR)
    Order.objects.filter(state="placed").update(next_attempt_at=Now() - AN_HOUR)
    Order.objects.filter(rung_at__isnull=False).update(rung_at=F("rung_at") - AN_HOUR)
    Notification.objects.filter(state="sending").update(lease_until=Now() - AN_HOUR)
    Notification.objects.filter(next_attempt_at__isnull=False).update(next_attempt_at=Now() - AN_HOUR)
    Notification.objects.filter(rung_at__isnull=False).update(rung_at=F("rung_at") - AN_HOUR)


def abandon(order: Order) -> None:
    """The lease of this order alone is over, once, and it is swept: others keep theirs, and whoever works works on."""
    Order.objects.filter(pk=order.pk).update(lease_until=Now() - AN_HOUR, rung_at=Now() - AN_HOUR)
    sweep(execute=False)


def until(question: Callable[[], object], *, seconds: float = 60.0) -> bool:
    """Ask again and again until the answer is yes; whether it came to that. A busy machine may need its time."""
    end = time.monotonic() + seconds
    while not question():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def at_rest(order: Order) -> bool:
    """Nothing is left to do for the order and its letters, well or badly."""
    moving = Notification.objects.filter(state__in=["queued", "sending", "retry", "unknown"])
    is_over = Order.objects.filter(pk=order.pk, state__in=["executed", "failed", "cancelled"]).exists()
    return is_over and not moving.exclude(next_attempt_at__isnull=True, state="unknown").exists()


def put_back(order: Order) -> bool:
    """A worker has put it back with a pause since time passed last."""
    return Order.objects.filter(pk=order.pk, state="placed", next_attempt_at__gt=Now() - AN_HOUR / 2).exists()


def recover(order: Order, *, rounds: int = 20, by_hand: bool = False) -> None:
    """Let time pass and sweep, as the sweeper of a worker does by itself, until nothing moves any more.

    `by_hand` is for tests without a worker: as `manage.py sweep`, it works everything off here.
    """
    for _ in range(rounds):
        time_passes()
        sweep(execute=by_hand)
        until(lambda: at_rest(order) or put_back(order), seconds=2.0)
        if at_rest(order):
            break
