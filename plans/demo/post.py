"""The demo's letters: posted with the words of today's templates, then put into the state and time they had."""

import uuid
from datetime import timedelta

from django.utils import timezone

from notifications.models import DeliveryEvent, Notification, NotificationAttempt
from notifications.post import post_all

from .. import letters
from ..models import Operator
from .past import State, Step

NOBODY = uuid.UUID(int=0)  # holds the leases of what the demo shows as being worked on
LetterState = Notification.State

# Which of the last ordinary orders shows which state; all other letters were sent.
ODD = (
    LetterState.QUEUED,
    LetterState.SENDING,
    LetterState.RETRY,
    LetterState.UNKNOWN,
    LetterState.FAILED,
    LetterState.SKIPPED,
    LetterState.BOUNCED,
    LetterState.COMPLAINED,
)


def send_letters(operator: Operator, steps: list[Step]) -> None:
    """Post what the executed and failed orders call for."""
    written = []
    for step in sorted(steps, key=lambda step: step.executed_at):
        written += _letters_of(step)
    rows = post_all(written, operator_id=operator.pk)
    moments = {step.order.pk: step.executed_at for step in steps}
    ordinary = [row for row in rows if row.template_code == "order_received"]
    odd = dict(zip([row.pk for row in ordinary[-len(ODD) :]], ODD, strict=False))
    for row in rows:
        _settle(row, at=moments[row.order_id], state=odd.get(row.pk, _usual(row)))
    Notification.objects.bulk_update(rows, [*_COLUMNS, "created_at"])
    _record_attempts(rows)
    _record_reports(rows)


_COLUMNS = (
    "state",
    "sent_at",
    "attempts",
    "next_attempt_at",
    "lease_owner",
    "lease_until",
    "possible_duplicate",
    "read_at",
)


def _letters_of(step: Step) -> list:
    order, account = step.order, step.account
    if step.state == State.FAILED:
        return letters.order_failed(order, account=account, reason=order.error_message)
    if step.state != State.EXECUTED:
        return []
    if not step.to_plan:
        return letters.order_received(order, account=account)
    subscription = step.started[0] if step.started else None
    kept_until = None if step.wanted else step.on + timedelta(days=account.operator.alias_quarantine_days)
    return letters.plan_change_letters(
        order, account=account, alias=step.alias, subscription=subscription, kept_until=kept_until
    )


def _usual(row: Notification) -> str:
    return LetterState.SENT if row.order_id % 4 else LetterState.DELIVERED


def _settle(row: Notification, *, at, state: str) -> None:
    """Into `state`, as if it had been posted at `at`. What still has to move waits a month, to be looked at."""
    later = timezone.now() + timedelta(days=30)
    row.state, row.created_at, row.attempts = state, at, 0 if state in (LetterState.QUEUED, LetterState.SKIPPED) else 1
    row.next_attempt_at = later if state in (LetterState.QUEUED, LetterState.RETRY, LetterState.UNKNOWN) else None
    if state in (LetterState.SENT, LetterState.DELIVERED, LetterState.BOUNCED, LetterState.COMPLAINED):
        row.sent_at = at + timedelta(seconds=2)
    if state == LetterState.SENDING:
        row.lease_owner, row.lease_until = NOBODY, later
    row.possible_duplicate = state == LetterState.UNKNOWN
    row.read_at = at + timedelta(hours=3) if row.sent_at and at < timezone.now() - timedelta(days=60) else None


Outcome = NotificationAttempt.Outcome
_OUTCOMES = {
    LetterState.RETRY: (Outcome.DEFERRED, "451 4.7.1 Greylisted, try again later"),
    LetterState.FAILED: (Outcome.REFUSED, "550 5.1.1 The mailbox does not exist"),
    LetterState.UNKNOWN: (Outcome.UNKNOWN, "The worker stopped while handing over."),
    LetterState.SENDING: (Outcome.HANDING_OVER, ""),
}


def _record_attempts(rows: list[Notification]) -> None:
    attempts = []
    for row in rows:
        if not row.attempts:
            continue
        outcome, answer = _OUTCOMES.get(row.state, (Outcome.ACCEPTED, "250 2.0.0 Ok: queued"))
        finished = None if row.state == LetterState.SENDING else row.created_at + timedelta(seconds=2)
        attempts.append(
            NotificationAttempt(
                notification=row,
                number=1,
                started_at=row.created_at,
                finished_at=finished,
                outcome=outcome,
                answer=answer,
            )
        )
    NotificationAttempt.objects.bulk_create(attempts)


_REPORTS = {
    LetterState.DELIVERED: (DeliveryEvent.Kind.DELIVERED, "250 2.0.0 Ok"),
    LetterState.BOUNCED: (DeliveryEvent.Kind.BOUNCED, "550 5.1.1 The mailbox does not exist"),
    LetterState.COMPLAINED: (DeliveryEvent.Kind.COMPLAINED, ""),
}


def _record_reports(rows: list[Notification]) -> None:
    told = [(row, *_REPORTS[row.state]) for row in rows if row.state in _REPORTS]
    DeliveryEvent.objects.bulk_create(
        DeliveryEvent(
            notification=row,
            kind=kind,
            happened_at=row.sent_at + timedelta(seconds=9),
            received_at=row.sent_at + timedelta(seconds=11),
            provider="demo",
            event_id=f"demo-{row.pk}",
            words=words,
        )
        for row, kind, words in told
    )
