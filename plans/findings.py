"""RULE: what is wrong at an operator's house at this moment, read from its rows. Writes nothing.

Each question is one query that an index answers, and looks at a thousand rows at the most.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from notifications.models import DeliveryEvent, Notification

from . import findings_of_house
from .alarm_kinds import ALARM_KINDS, AlarmKind, Thing
from .models import ImportFate, ImportRun, Operator, Order, PendingChange, Subscription
from .periods import today
from .renewing import why_it_failed

MOST = 1_000  # counted no further
SHOWN = 3  # things that are named
LATE = timedelta(seconds=60)  # the sweeper comes every few seconds
RECENT = timedelta(days=7)  # reports before are history
MANY_ATTEMPTS = 3
RENEWED_WITHIN = timedelta(hours=2)  # of the day's beginning: a first of the month takes its time


@dataclass(frozen=True)
class Finding:
    """`since` is None where nobody can know: then the alarm's row says when it was first seen."""

    kind: AlarmKind
    words: str
    since: datetime | None = None
    things: tuple[Thing, ...] = ()


def findings(operator: Operator) -> list[Finding]:
    """The worst first."""
    found = [finding for look in LOOKS for finding in look(operator)]
    order = list(ALARM_KINDS)
    return sorted(found, key=lambda finding: order.index(finding.kind.code))


def house(operator: Operator) -> Iterator[Finding]:
    for code, words, since, things in findings_of_house.all_of_them():
        yield Finding(ALARM_KINDS[code], words, since, things)


def late_orders(operator: Operator) -> Iterator[Finding]:
    late = Q(state=Order.State.PLACED, next_attempt_at__lt=Now() - LATE)
    left = Q(state=Order.State.EXECUTING, lease_until__lt=Now() - LATE)
    rows = Order.objects.filter(operator=operator).filter(late | left).order_by("next_attempt_at")
    yield from _orders("orders_late", "{} waits for a worker.", "{} wait for a worker.", rows, since="next_attempt_at")


def retried_orders(operator: Operator) -> Iterator[Finding]:
    rows = Order.objects.filter(
        operator=operator, state=Order.State.PLACED, attempts__gte=MANY_ATTEMPTS, next_attempt_at__gte=Now() - LATE
    )
    one, many = "{} was tried several times.", "{} were tried several times."
    yield from _orders("orders_retried", one, many, rows.order_by("placed_at"), since="placed_at")


def failed_orders(operator: Operator) -> Iterator[Finding]:
    rows = Order.objects.filter(operator=operator, state=Order.State.FAILED).order_by("-id")
    dead = rows.filter(error_code="attempts_used_up")
    one, many = "{} was given up after its last attempt.", "{} were given up after their last attempt."
    yield from _orders("orders_dead", one, many, dead, since="failed_at")
    refused = rows.exclude(error_code="attempts_used_up")
    one, many = "{} was refused and waits to be mended.", "{} were refused and wait to be mended."
    yield from _orders("orders_failed", one, many, refused, since="failed_at")


def late_letters(operator: Operator) -> Iterator[Finding]:
    rows = Notification.objects.of_operator(operator).stuck().order_by("id")
    yield from _letters("letters_late", "{} waits to be carried.", "{} wait to be carried.", rows)


def put_off_letters(operator: Operator) -> Iterator[Finding]:
    rows = Notification.objects.of_operator(operator).filter(state=Notification.State.RETRY, attempts__gte=2)
    one, many = "{} was put off by the mail system.", "{} were put off by the mail system."
    yield from _letters("letters_put_off", one, many, rows.order_by("id"))


def lost_letters(operator: Operator) -> Iterator[Finding]:
    """Given up, of unknown fate, or back: until somebody has dealt with them."""
    rows, state = Notification.objects.of_operator(operator).open_tasks().order_by("-id"), Notification.State
    yield from _letters("letters_failed", "{} was given up.", "{} were given up.", rows.filter(state=state.FAILED))
    one, many = "{} may have arrived or not.", "{} may have arrived or not."
    yield from _letters("letters_unknown", one, many, rows.filter(state=state.UNKNOWN))
    back = rows.filter(state__in=[state.BOUNCED, state.COMPLAINED])
    yield from _letters("letters_bounced", "{} came back.", "{} came back.", back)


def strange_reports(operator: Operator) -> Iterator[Finding]:
    """Whose letter nobody knows belongs to no operator: all are told. Fresh ones may still find theirs."""
    recent = DeliveryEvent.objects.unclaimed().filter(received_at__gt=Now() - RECENT, received_at__lt=Now() - LATE)
    found = list(recent.order_by("-id").values_list("received_at", "kind", "provider", "provider_id")[: MOST + 1])
    if found:
        one, many = "{} is about no letter of ours", "{} are about no letter of ours"
        _, kind, provider, name = found[0]
        last = f", the last one {kind}, by {provider}" + (f" about {name[:80]}." if name else ".")
        words = _many(len(found), "report", one, many)
        yield Finding(ALARM_KINDS["reports_unclaimed"], words + last, found[-1][0])


def late_renewals(operator: Operator) -> Iterator[Finding]:
    """With what the oldest one met; the log has the rest."""
    on = today(operator, now=timezone.now() - RENEWED_WITHIN)
    due = Subscription.objects.due(operator, on=on).order_by("period_end_on")
    rows = list(due.values_list("pk", "number")[: MOST + 1])
    if rows:
        one, many = "{} is due for renewal and does not go through.", "{} are due for renewal and do not go through."
        things = tuple(Thing("subscription", number, number) for _, number in rows[:SHOWN])
        why = why_it_failed(rows[0][0])
        words = _many(len(rows), "subscription", one, many) + (f" {rows[0][1]} met {why.rstrip('.')}." if why else "")
        yield Finding(ALARM_KINDS["renewals_late"], words, None, things)


def late_changes(operator: Operator) -> Iterator[Finding]:
    """Not those that wait for a plan order: that one is on its own list."""
    standing = Order.objects.open_plan_orders().filter(account=OuterRef("subscription__account"))
    on = today(operator, now=timezone.now() - RENEWED_WITHIN)
    late = PendingChange.objects.filter(operator=operator, due_on__lte=on).exclude(Exists(standing)).order_by("due_on")
    rows = list(late.values_list("subscription__number", flat=True)[: MOST + 1])
    if rows:
        one, many = "{} is due and does not go through.", "{} are due and do not go through."
        things = tuple(Thing("subscription", number, number) for number in rows[:SHOWN])
        yield Finding(ALARM_KINDS["changes_late"], _many(len(rows), "scheduled change", one, many), None, things)


def imports(operator: Operator) -> Iterator[Finding]:
    refused = Count("fates", filter=Q(fates__kind=ImportFate.Kind.REFUSED))
    late = Q(lease_until__lt=Now() - LATE) | Q(lease_until__isnull=True, created_at__lt=Now() - LATE)
    runs = ImportRun.objects.filter(operator=operator).order_by("-id").defer("content")
    for run in runs.exclude(state=ImportRun.State.DONE).filter(late)[:SHOWN]:
        words = f"The import of {run.filename} stands at row {run.done} of {run.total}."
        yield Finding(ALARM_KINDS["import_stuck"], words, run.lease_until or run.created_at, (_import(run),))
        break
    over = runs.filter(state=ImportRun.State.DONE).annotate(refused=refused).filter(refused__gt=0)
    for run in over[:1]:
        words = _many(run.refused, "row", "{} of " + run.filename + " was not brought in.",
                      "{} of " + run.filename + " were not brought in.")  # fmt: skip
        yield Finding(ALARM_KINDS["import_refused"], words, run.ended_at, (_import(run),))


LOOKS: tuple[Callable[[Operator], Iterable[Finding]], ...] = (
    house, late_orders, retried_orders, failed_orders, late_letters, put_off_letters, lost_letters, strange_reports,
    late_renewals, late_changes, imports,
)  # fmt: skip


def _orders(code: str, one: str, many: str, rows: QuerySet, *, since: str) -> Iterator[Finding]:
    found = list(rows.values_list("number", since)[: MOST + 1])
    if found:
        things = tuple(Thing("order", number, number) for number, _ in found[:SHOWN])
        began = min((at for _, at in found if at is not None), default=None)
        yield Finding(ALARM_KINDS[code], _many(len(found), "order", one, many), began, things)


def _letters(code: str, one: str, many: str, rows: QuerySet) -> Iterator[Finding]:
    found = list(rows.values_list("pk", "subject", "recipient_email", "created_at")[: MOST + 1])
    if found:
        things = tuple(Thing("letter", str(pk), f"{subject} to {email}") for pk, subject, email, _ in found[:SHOWN])
        yield Finding(ALARM_KINDS[code], _many(len(found), "letter", one, many), min(row[3] for row in found), things)


def _import(run: ImportRun) -> Thing:
    return Thing("import", run.key, run.filename)


def _many(count: int, noun: str, one: str, many: str) -> str:
    told = f"{MOST:,}+" if count > MOST else f"{count:,}"
    return one.format(f"1 {noun}") if count == 1 else many.format(f"{told} {noun}s")
