"""What the house measures about itself, read from the rows: whichever process is asked, it tells the same.

Each figure is one query that an index answers, however many accounts there are. What is settled for good (executed
orders, delivered letters) is counted anew every few minutes only: such rows are all of a distributor's past.
"""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as time_of_day
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import Count, DateTimeField, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Now
from django.utils import timezone

from notifications.models import DeliveryEvent, Notification
from notifications.models.notification import NEWS

from .models import ImportRun, Operator, Order, Subscription, WorkerHeartbeat
from .periods import first_today

COUNTED_FOR = 300  # seconds that the counts of what is settled are believed
MIGRATIONS_KEPT = 30.0  # seconds that the answer about migrations is believed
_migrated_until = 0.0
SETTLED_ORDERS = (Order.State.EXECUTED, Order.State.CANCELLED)
SETTLED_LETTERS = (Notification.State.SENT, Notification.State.DELIVERED, Notification.State.SKIPPED)


@dataclass(frozen=True)
class Tally:
    """So many rows of an operator are in a state; `attempts` are all that were made for them."""

    operator_id: int
    state: str
    rows: int
    attempts: int


@dataclass(frozen=True)
class Worker:
    """Ages are seconds on the database's clock; `swept` is None before the first sweep."""

    name: str
    beat: float
    swept: float | None


def open_orders(operators: list[int]) -> list[Tally]:
    return _tally(Order.objects.filter(operator__in=operators), _but(Order.State, SETTLED_ORDERS))


def open_letters(operators: list[int]) -> list[Tally]:
    return _tally(Notification.objects.filter(operator__in=operators), _but(Notification.State, SETTLED_LETTERS))


def settled() -> dict[str, list[list]]:
    """Rows of orders, letters and delivery reports as [operator, state or kind, rows], some minutes old at most."""
    return cache.get_or_set("vital_signs.settled", _count_settled, COUNTED_FOR)


def oldest_due_order() -> float:
    """Seconds that the oldest due order waits on the database's clock; 0 where none is due."""
    return _waiting(Order.objects.filter(state=Order.State.PLACED), "next_attempt_at")


def oldest_due_letter() -> float:
    return _waiting(Notification.objects.filter(state__in=NEWS), "next_attempt_at")


def oldest_import() -> float:
    """Seconds since the oldest import that is under way was started."""
    return _waiting(ImportRun.objects.exclude(state=ImportRun.State.DONE), "created_at")


def with_oldest_renewal() -> QuerySet[Operator]:
    """The operators, each with `renewal_due_on`: since when its oldest period that should have begun anew is over."""
    ended = Subscription.objects.active().unhindered().filter(operator=OuterRef("pk"), period_end_on__lte=first_today())
    oldest = ended.order_by("period_end_on").values("period_end_on")[:1]
    return Operator.objects.annotate(renewal_due_on=Subquery(oldest)).order_by("pk")


def renewal_waits(operator: Operator) -> float:
    """Seconds since the day began, where the operator is, on which its oldest renewal is due. See above."""
    if operator.renewal_due_on is None:
        return 0.0
    due_at = datetime.combine(operator.renewal_due_on, time_of_day(), ZoneInfo(operator.time_zone))
    return max(0.0, (timezone.now() - due_at).total_seconds())


def workers() -> list[Worker]:
    rows = WorkerHeartbeat.objects.annotate(clock=Now(output_field=DateTimeField())).order_by("worker")
    return [Worker(row.worker, _seconds(row.clock, row.beat_at), _seconds(row.clock, row.swept_at)) for row in rows]


def unapplied_migrations() -> int:
    """How many migrations wait; "none" is remembered for a while, reading all files takes its time."""
    global _migrated_until
    if time.monotonic() < _migrated_until:
        return 0
    executor = MigrationExecutor(connection)
    waiting = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not waiting:
        _migrated_until = time.monotonic() + MIGRATIONS_KEPT
    return waiting


def _tally(rows: QuerySet, states: list[str]) -> list[Tally]:
    counted = rows.filter(state__in=states).order_by().values("operator_id", "state")
    found = counted.annotate(rows=Count("pk"), tries=Sum("attempts"))
    return [Tally(each["operator_id"], each["state"], each["rows"], each["tries"]) for each in found]


def _but(states: type, settled: tuple[str, ...]) -> list[str]:
    return [state for state in states.values if state not in settled]


def _count_settled() -> dict[str, list[list]]:
    orders = Order.objects.filter(state__in=SETTLED_ORDERS).values_list("operator_id", "state")
    letters = Notification.objects.filter(state__in=SETTLED_LETTERS).values_list("operator_id", "state")
    reports = DeliveryEvent.objects.values_list("provider", "kind")
    return {
        name: [list(row) for row in rows.order_by().annotate(rows=Count("pk"))]
        for name, rows in (("orders", orders), ("letters", letters), ("reports", reports))
    }


def _waiting(rows: QuerySet, since: str) -> float:
    oldest = rows.order_by(since).annotate(since=F(since), clock=Now()).values_list("since", "clock").first()
    return max(0.0, _seconds(oldest[1], oldest[0]) or 0.0) if oldest else 0.0


def _seconds(now: datetime, then: datetime | None) -> float | None:
    return None if then is None else (now - then) / timedelta(seconds=1)
