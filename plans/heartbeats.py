"""Which workers live: each one's sweeper says so every few seconds. All times are the database's own."""

from datetime import UTC, datetime, timedelta

from django.db.models import BooleanField, Case, QuerySet, Value, When
from django.db.models.functions import Now

from .models import WorkerHeartbeat

DEAD_AFTER = timedelta(seconds=45)  # nine beats; a round that hands letters over itself takes up to 20 s
FORGOTTEN_AFTER = timedelta(days=1)


def beat(worker: str, *, found: dict[str, int] | None = None) -> None:
    """The worker lives; with `found` it has just swept. A worker that starts anew under its name keeps its row."""
    changes = {"beat_at": Now(), "own_clock_at": datetime.now(UTC)}
    if found is not None:
        changes |= {"swept_at": Now(), "last_sweep": found}
    rows = WorkerHeartbeat.objects.filter(worker=worker)
    if not rows.update(**changes):
        WorkerHeartbeat.objects.get_or_create(worker=worker)
        rows.update(**changes)


def begin(worker: str) -> None:
    """The worker has started. Whoever is dead for a day is forgotten."""
    beat(worker)
    WorkerHeartbeat.objects.filter(worker=worker).update(started_at=Now())
    WorkerHeartbeat.objects.filter(beat_at__lt=Now() - FORGOTTEN_AFTER).delete()


def leave(worker: str) -> None:
    """The worker ends as it should: nobody needs to look for it."""
    WorkerHeartbeat.objects.filter(worker=worker).delete()


def forget(worker: str) -> bool:
    """Staff know that a dead worker does not come back; whether it was dead. One that lives stays."""
    return bool(WorkerHeartbeat.objects.filter(worker=worker, beat_at__lt=Now() - DEAD_AFTER).delete()[0])


def workers() -> QuerySet:
    """All that are known, each with `is_alive`."""
    lives = Case(
        When(beat_at__gte=Now() - DEAD_AFTER, then=Value(True)), default=Value(False), output_field=BooleanField()
    )
    return WorkerHeartbeat.objects.annotate(is_alive=lives).order_by("worker")


def somebody_lives() -> bool:
    return WorkerHeartbeat.objects.filter(beat_at__gte=Now() - DEAD_AFTER).exists()
