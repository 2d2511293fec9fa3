"""RULE: what is wrong with the machinery that all operators share: workers, broker, disk, clocks, migrations.

Read here and now, so it is also told when no worker lives that could write it down.
"""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import DateTimeField
from django.db.models.functions import Now

from notifications import doorbell, refused_reports

from . import heartbeats, vital_signs
from .alarm_kinds import Thing
from .models import WorkerHeartbeat

SWEPT_WITHIN = timedelta(seconds=60)
CLOCKS_DIFFER = timedelta(seconds=5)  # leases are on the database's clock; codes of two factors and webhooks are not
REFUSED_REPORTS = 10  # in two hours: a wrong secret, or somebody who tries
LEAST_FREE = 500_000_000  # bytes: some thousand pictures, or a day of logs
Told = tuple[str, str, datetime | None, tuple[Thing, ...]]


def all_of_them() -> Iterator[Told]:
    """As (code, words, since, things)."""
    yield from of_workers()
    if not doorbell.is_answered():
        words = "The broker does not answer: sweepers find what is due, seconds later. Start it, or correct REDIS_URL."
        yield "broker_away", words, None, ()
    if (many := refused_reports.lately()) >= REFUSED_REPORTS:
        words = f"{many:,} reports about letters were refused: forged, or MAIL_REPORT_SECRETS is not the provider’s."
        yield "reports_refused", words, None, ()
    free = free_bytes()
    if free < LEAST_FREE:
        words = f"{free // 1_000_000:,} MB are free where uploads are kept: make room on the disk of STATE_DIR."
        yield "disk_full", words, None, ()
    if waiting := vital_signs.unapplied_migrations():
        words = f"{waiting} migration{'s wait' if waiting != 1 else ' waits'}: run manage.py migrate."
        yield "migrations_wait", words, None, ()


def of_workers() -> Iterator[Told]:
    rows = list(heartbeats.workers().annotate(clock=Now(output_field=DateTimeField())))
    living, dead = [row for row in rows if row.is_alive], [row for row in rows if not row.is_alive]
    if not living:
        last = max((row.beat_at for row in rows), default=None)
        yield "no_worker", "No worker is running. Orders and letters are kept, and wait until one starts.", last, ()
    for row in dead[:1] if living else ():
        more = f", and {len(dead) - 1} more" if len(dead) > 1 else ""
        things = tuple(Thing("worker", each.worker, each.worker) for each in dead[:3])
        yield "worker_dead", f"The worker {row.worker} is silent{more}.", row.beat_at, things
    yield from _silent(living)
    yield from _clocks(living)


def _silent(living: list[WorkerHeartbeat]) -> Iterator[Told]:
    """Workers that live, and none of them comes round."""
    if not living:
        return
    now = living[0].clock
    last = max(max(row.swept_at or row.started_at, row.started_at) for row in living)
    if now - last > SWEPT_WITHIN:
        yield "sweeper_silent", "Workers live, but none has swept for over a minute: see their logs.", last, ()


def _clocks(living: list[WorkerHeartbeat]) -> Iterator[Told]:
    ours = [("this web server", datetime.now(UTC) - living[0].clock)] if living else []
    apart = [(row.worker, row.own_clock_at - row.beat_at) for row in living if row.own_clock_at]
    for name, by in [*ours, *apart]:
        if abs(by) > CLOCKS_DIFFER:
            side = "ahead of" if by > timedelta() else "behind"
            words = f"The clock of {name} is {abs(by).seconds:,} s {side} the database’s: set both by NTP."
            yield "clock_off", words, None, ()
            return


def free_bytes() -> int:
    """Where uploads are kept, or will be."""
    folder = Path(settings.MEDIA_ROOT)
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free
