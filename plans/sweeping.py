"""The sweeper: what is due and has nobody working on it. It needs neither beat nor broker.

It runs every few seconds in each worker and as `manage.py sweep`. Orders that are due are rung for again; where
ringing fails they are executed here. Doing both is harmless: the lease decides who works.
"""

import logging
import os
import threading

from django.db import close_old_connections, connection
from django.db.models import Q
from django.db.models.functions import Now

from notifications.delivery import deliver_due

from .execution import execute_order, in_seconds
from .models import Order
from .ordering import ring

logger = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two sweeps
GRACE = 3.0  # seconds that the first doorbell has for itself
BATCH = 100
RING_AGAIN = 15.0  # seconds after which a doorbell that changed nothing counts as lost

# A worker forks its pool children while the sweeper runs beside. Whatever the sweeper holds at that moment (an import
# lock, a lock inside SQLite, an open connection) the child would hold for ever, and with it the rows it works on.
# So nobody forks during a round.
_round = threading.RLock()
os.register_at_fork(
    before=lambda: _round.acquire(),
    after_in_parent=lambda: _round.release(),
    after_in_child=lambda: _round.release(),
)


def due_orders(limit: int = BATCH) -> list[int]:
    """Orders that waited longer than their doorbell needs, or whose worker did not come back; marked as rung."""
    waiting = Q(state=Order.State.PLACED, next_attempt_at__lte=in_seconds(-GRACE))
    abandoned = Q(state=Order.State.EXECUTING, lease_until__lt=in_seconds(0))
    quiet = Q(rung_at__isnull=True) | Q(rung_at__lt=in_seconds(-RING_AGAIN))
    due = Order.objects.filter(waiting | abandoned).filter(quiet).order_by("next_attempt_at")
    found = list(due.values_list("pk", flat=True)[:limit])
    if found:
        Order.objects.filter(pk__in=found).update(rung_at=Now())
    return found


def sweep(*, execute: bool = False) -> dict[str, int]:
    """One round. `execute` works everything off here instead of ringing; the counts say what was found."""
    orders = due_orders()
    for order_id in orders:
        if execute or not ring(order_id):
            execute_order(order_id)
    return {"orders": len(orders), "letters": deliver_due(limit=BATCH, by_hand=execute)}


class Sweeper(threading.Thread):
    """Sweeps until it is told to stop. A round that fails is logged, and the next one comes."""

    def __init__(self, every: float = EVERY) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.every = every
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.wait(self.every):
            with _round:
                self.round()

    def round(self) -> None:
        try:
            close_old_connections()
            sweep()
        except Exception:
            logger.exception("sweep_failed")
        finally:
            connection.close()

    def stop(self) -> None:
        self.stopping.set()
