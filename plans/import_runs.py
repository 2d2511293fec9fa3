"""STORY: an import that was asked for on a screen. Workers bring its rows in one after the other, each exactly once.

A row of the file, its fate and a longer lease are one transaction. So a worker that dies leaves nothing half done, one
that comes back late writes nothing, and whoever goes on begins behind the last fate.
"""

import contextlib
import logging
import time
import uuid
from collections import Counter
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from notifications import doorbell, faults

from .execution import LeaseLost, in_seconds
from .import_file import Row, rows_in
from .import_rules import RowRefused, Seen
from .importing import Fate, import_row
from .models import ImportFate, ImportRun, Operator, User
from .trail import remember

logger = logging.getLogger(__name__)

TASK = "plans.go_on_importing"
LEASE = 30.0  # seconds, from row to row
AT_A_TIME = 20.0  # seconds of work before a worker looks at what else there is to do
MOST_ATTEMPTS = 3  # at one row
PAUSE = 5.0  # seconds after a fault
RING_AGAIN = 15.0
KEPT = timedelta(days=1)  # the result, for who asked for it
GAVE_UP = "This row could not be brought in. The log says why."

DUE = Q(state=ImportRun.State.WAITING) | Q(state=ImportRun.State.RUNNING, lease_until__lt=Now())


def start_import(
    operator: Operator, *, content: bytes, filename: str, send_letters: bool, key: str, by: User
) -> ImportRun:
    """Keep the file and tell a worker. Pressed once more it is the same run. Raises FileRefused."""
    about = {
        "by": by,
        "filename": filename[:120],
        "content": content,
        "send_letters": send_letters,
        "total": len(rows_in(content)),
    }
    with transaction.atomic():
        run, is_new = ImportRun.objects.get_or_create(operator=operator, key=key, defaults=about)
        if is_new:
            transaction.on_commit(lambda: ring(run.pk), robust=True)
    return run


def ring(run_id: int) -> bool:
    return doorbell.ring(TASK, run_id, queue="bulk")


def go_on(run_id: int, *, seconds: float = AT_A_TIME) -> None:
    """Bring in the next rows, unless somebody is at it or it is over. Rings for what is left."""
    owner = uuid.uuid4()
    due = ImportRun.objects.filter(DUE, pk=run_id)
    if not due.update(
        state=ImportRun.State.RUNNING, attempts=F("attempts") + 1, lease_owner=owner, lease_until=in_seconds(LEASE)
    ):
        return
    run = ImportRun.objects.select_related("operator", "by").get(pk=run_id)
    try:
        is_over = _bring_in(run, owner, until=time.monotonic() + seconds)
    except LeaseLost:
        logger.info("import_lease_lost", extra={"run_id": run_id})
        return
    except Exception:
        logger.exception("import_fault", extra={"run_id": run_id, "attempt": run.attempts})
        _mine(run, owner).update(lease_until=in_seconds(PAUSE))
        return
    if not is_over:
        ring(run_id)


def _bring_in(run: ImportRun, owner: uuid.UUID, *, until: float) -> bool:
    """Whether all rows are done with; else the time was up."""
    seen = Seen()
    for row in _left(run, seen):
        if time.monotonic() > until:
            _mine(run, owner).update(state=ImportRun.State.WAITING, lease_owner=None, lease_until=None)
            return False
        gives_up = run.attempts > MOST_ATTEMPTS
        run.attempts = 0
        with transaction.atomic():
            lease = {"lease_until": in_seconds(LEASE), "attempts": 0, "done": F("done") + 1}
            if not _mine(run, owner).update(**lease):
                raise LeaseLost
            fate = Fate(row, "refused", GAVE_UP) if gives_up else _fate_of(row, run, seen)
            _write_down(fate, run)
            faults.hit("import.row", row.line)
    _finish(run, owner)
    return True


def _left(run: ImportRun, seen: Seen) -> list[Row]:
    """The rows without a fate. Those that have one count as seen: a reseller comes once in a file."""
    decided, left = set(run.fates.values_list("line", flat=True)), []
    for row in rows_in(bytes(run.content)):
        if row.line not in decided:
            left.append(row)
            continue
        with contextlib.suppress(RowRefused):
            seen.check(row)
    return left


def _fate_of(row: Row, run: ImportRun, seen: Seen) -> Fate:
    return import_row(row, operator=run.operator, seen=seen, send_letters=run.send_letters, by=run.by)


def _write_down(fate: Fate, run: ImportRun) -> None:
    row = fate.row
    ImportFate.objects.create(
        run=run,
        line=row.line,
        account=_shown(row.account)[:120],
        plan=_shown(row.plan)[:60],
        kind=fate.kind,
        text=_shown(fate.text)[:300],
    )


def _shown(text: str) -> str:
    """What the file holds may be no text at all: PostgreSQL keeps no NUL, and pages show no control characters."""
    return "".join(each if each.isprintable() else "\ufffd" for each in text)


def _finish(run: ImportRun, owner: uuid.UUID) -> None:
    counts = counted(run)
    with transaction.atomic():
        ended = {"state": ImportRun.State.DONE, "ended_at": Now(), "content": b"", "lease_owner": None}
        if not _mine(run, owner).update(**ended, lease_until=None):
            raise LeaseLost
        text = f"{run.filename} imported: {counts['create']} created, {counts['unchanged']} unchanged, "
        remember(run.operator_id, "resellers.imported", f"{text}{counts['refused']} refused.", by=run.by)


def counted(run: ImportRun) -> Counter:
    """How many rows had which fate so far."""
    return Counter(run.fates.values_list("kind", flat=True))


def _mine(run: ImportRun, owner: uuid.UUID):
    return ImportRun.objects.filter(pk=run.pk, state=ImportRun.State.RUNNING, lease_owner=owner)


def due_imports(limit: int) -> list[int]:
    """Runs that nobody is at, although somebody was told; marked as told again. Forgets those that are long over."""
    ImportRun.objects.filter(state=ImportRun.State.DONE, ended_at__lt=Now() - KEPT).delete()
    quiet = Q(rung_at__isnull=True) | Q(rung_at__lt=in_seconds(-RING_AGAIN))
    found = list(ImportRun.objects.filter(DUE).filter(quiet).order_by("pk").values_list("pk", flat=True)[:limit])
    if found:
        ImportRun.objects.filter(pk__in=found).update(rung_at=Now())
    return found
