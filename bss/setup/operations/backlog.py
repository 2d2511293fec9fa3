"""What waits, and for whom: counts of one operator's rows, each led to by an index and each with its list."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.urls import reverse

from notifications.models import Notification
from plans.models import Operator, Order

MOST = 1_000  # counted no further: "1,000+"
LATE = timedelta(seconds=60)  # the sweeper comes every few seconds: what waits longer is stuck


@dataclass(frozen=True)
class Line:
    label: str
    count: int
    url: str
    kind: str  # of the badge, where there are any

    @property
    def shown(self) -> str:
        return f"{MOST:,}+" if self.count > MOST else f"{self.count:,}"


def orders(operator: Operator) -> list[Line]:
    of = Order.objects.filter(operator=operator)
    placed, executing = of.filter(state=Order.State.PLACED), of.filter(state=Order.State.EXECUTING)
    return [
        _orders("Due now", placed.filter(next_attempt_at__lte=Now()), "placed", "info"),
        _orders("Due for over a minute", placed.filter(next_attempt_at__lt=Now() - LATE), "placed", "warn"),
        _orders("Waiting for the next attempt", placed.filter(next_attempt_at__gt=Now()), "placed", "info"),
        _orders("Executing", executing, "executing", "info"),
        _orders("Left by their worker", executing.filter(lease_until__lt=Now()), "executing", "warn"),
        _orders("Failed", of.filter(state=Order.State.FAILED), "failed", "bad"),
    ]


def letters(operator: Operator) -> list[Line]:
    of, state = Notification.objects.of_operator(operator), Notification.State
    return [
        _letters("Due now", of.due(), "queued", "info"),
        _letters("Stuck for over a minute", of.stuck(), "queued", "warn"),
        _letters("Waiting to be tried again", of.filter(state=state.RETRY), "retry", "warn"),
        _letters("Unknown whether sent", of.filter(state=state.UNKNOWN), "unknown", "warn"),
        _letters("Failed", of.filter(state=state.FAILED), "failed", "bad"),
        _letters("Bounced", of.filter(state=state.BOUNCED), "bounced", "bad"),
    ]


def _orders(label: str, rows: QuerySet, state: str, kind: str) -> Line:
    return Line(label, _count(rows), f"{reverse('orders')}?state={state}", kind)


def _letters(label: str, rows: QuerySet, state: str, kind: str) -> Line:
    return Line(label, _count(rows), f"{reverse('outbox')}?state={state}", kind)


def _count(rows: QuerySet) -> int:
    return rows.order_by()[: MOST + 1].count()
