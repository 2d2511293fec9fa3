"""The sweeper: what is due and has nobody working on it. It needs neither beat nor broker.

It runs every few seconds in each worker and as `manage.py sweep`. Orders that are due are rung for again; where
ringing fails they are executed here. Doing both is harmless: the lease decides who works. Periods that have ended
begin anew here and nowhere else.
"""

import logging
import math
import os
import threading
from collections.abc import Callable

from django.db import close_old_connections, connection
from django.db.models import Q
from django.db.models.functions import Now

from notifications.delivery import deliver_due

from . import heartbeats, import_runs
from .announcing import announce_renewals
from .doorbells import ring
from .due_changes import carry_out_due
from .execution import execute_order, in_seconds
from .letter_retention import remove_old_words
from .models import Operator, Order, User
from .renewing import renew_due
from .tokens import forget_answers
from .trail import remember
from .watching import watch

logger = logging.getLogger(__name__)

EVERY = 5.0  # seconds between two sweeps
GRACE = 3.0  # seconds that the first doorbell has for itself
BATCH = 100
BY_HAND = 25
FAREWELL = 3.0
IMPORTING = 2.0  # seconds of a round for the rows of an import, where no worker can be told
RENEWING = 2.0  # seconds of a round for renewals; what is left over is the next round's
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


def due_orders(limit: int = BATCH, *, operator: Operator | None = None) -> list[int]:
    """Orders that waited longer than their doorbell needs, or whose worker did not come back; marked as rung."""
    waiting = Q(state=Order.State.PLACED, next_attempt_at__lte=in_seconds(-GRACE))
    abandoned = Q(state=Order.State.EXECUTING, lease_until__lt=in_seconds(0))
    quiet = Q(rung_at__isnull=True) | Q(rung_at__lt=in_seconds(-RING_AGAIN))
    due = Order.objects.filter(waiting | abandoned).filter(quiet).order_by("next_attempt_at")
    if operator is not None:
        due = due.filter(operator=operator)
    found = list(due.values_list("pk", flat=True)[:limit])
    if found:
        Order.objects.filter(pk__in=found).update(rung_at=Now())
    return found


def sweep(*, execute: bool = False) -> dict[str, int]:
    """One round. `execute` works everything off here instead of ringing; the counts say what was found."""
    changes = carry_out_due()
    orders = due_orders()
    for order_id in orders:
        if execute or not ring(order_id):
            execute_order(order_id)
    imports = import_runs.due_imports(BATCH)
    for run_id in imports:
        if execute or not import_runs.ring(run_id):
            import_runs.go_on(run_id, seconds=math.inf if execute else IMPORTING)
    renewals = renew_due(seconds=math.inf if execute else RENEWING)
    announce_renewals()
    forget_answers(BATCH)
    letters = deliver_due(limit=BATCH, by_hand=execute)
    removed = remove_old_words()
    while execute and (more := remove_old_words()):
        removed += more
    watch()
    return {
        "changes": changes,
        "orders": len(orders),
        "imports": len(imports),
        "renewals": renewals,
        "letters": letters,
        "words_removed": removed,
    }


def sweep_now(operator: Operator, *, by: User) -> int:
    """Ring for the operator's orders that are due, at once, because staff ask for it. Returns for how many.

    A request must end soon: it looks at a few, and stops where ringing fails, which each time costs about a second.
    """
    rung = 0
    for order_id in due_orders(BY_HAND, operator=operator):
        if not ring(order_id):
            break
        rung += 1
    remember(operator.pk, "operations.swept", f"Swept by hand: {rung} orders were due.", by=by)
    return rung


class Sweeper(threading.Thread):
    """Sweeps until it is told to stop. A round that fails is logged, and the next one comes."""

    def __init__(self, every: float = EVERY) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.every = every
        self.worker = ""
        self.stopping = threading.Event()

    def start_for(self, worker: str) -> None:
        """Sweep in the name of this worker."""
        self.worker = worker
        self.start()

    def run(self) -> None:
        self.round(self.begin)
        while not self.stopping.wait(self.every):
            self.round(self.sweep)
        self.round(lambda: heartbeats.leave(self.worker))

    def begin(self) -> None:
        heartbeats.begin(self.worker)

    def sweep(self) -> None:
        heartbeats.beat(self.worker)
        found = sweep()
        heartbeats.beat(self.worker, found=found)

    def round(self, work: Callable[[], object]) -> None:
        with _round:
            try:
                close_old_connections()
                work()
            except Exception:
                logger.exception("sweep_failed")
            finally:
                connection.close()

    def stop(self) -> None:
        """Tell it to end, and give it a moment to take its leave: the process may be gone the next instant."""
        self.stopping.set()
        if self.is_alive():
            self.join(FAREWELL)
