"""Delivery: take a letter for a minute, hand it over, write down what came of it.

All times are the database's own (`Now()`), all moves are conditional UPDATEs: whoever changes no row has lost the race
and leaves quietly. Ringing twice, or sweeping beside a worker, hands a letter over once.
"""

import logging
import time
import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.functions import Now

from . import doorbell, faults, handover, reports
from .handover import Answer
from .models import Notification, NotificationAttempt

logger = logging.getLogger(__name__)
Outcome = NotificationAttempt.Outcome
State = Notification.State

LEASE = timedelta(seconds=60)  # longer than one handover can take
PAUSES = (10, 30, 120, 600, 3600, 21600)  # seconds before the second try, the third, ...
LONGEST_PAUSE = 24 * 3600  # whatever a provider wishes
UNKNOWN_PAUSE = timedelta(minutes=10)  # time for a delivery report to tell us that the letter arrived
GRACE = timedelta(seconds=5)  # a fresh letter's own doorbell rings first
RING_AGAIN = timedelta(seconds=30)
SWEEP_BUDGET = 5.0  # seconds a sweep may carry letters itself


def deliver(notification_id: int) -> bool:
    """Hand the letter over, if it is due and nobody else has it; whether this call took it. Not inside a transaction:
    the claim must be visible before anything leaves the house."""
    owner = uuid.uuid4()
    letter = _claim(notification_id, owner)
    if letter is None:
        return False
    faults.hit("send.claimed", letter.pk)
    try:
        message = handover.prepare(letter)
    except Exception as error:  # noqa: BLE001  nothing has left yet, so whatever it was may be tried again
        _record(letter, owner, handover.read(error))
        return True
    if not _start_handing_over(letter, owner):
        return True  # too slow: the lease is over, and the letter is somebody else's
    faults.hit("send.handing_over", letter.pk)
    answer = handover.hand_over(message)
    faults.hit("send.answered", letter.pk)
    _record(letter, owner, answer)
    faults.hit("send.recorded", letter.pk)
    return True


def deliver_due(*, limit: int = 100, by_hand: bool = False) -> int:
    """The sweeper's part: free letters whose carrier is gone, then see that what is due is taken. Returns how many.

    Rings a mail worker for each, at most every 30 s for one letter whoever sweeps; where ringing fails, or `by_hand`
    is asked for, it hands the letters over itself, for at most 5 s a sweep: orders wait for the same sweeper.
    """
    release_expired(limit=limit)
    end = time.monotonic() + SWEEP_BUDGET
    handled = 0
    for pk in _overlooked(by_hand=by_hand).order_by("next_attempt_at").values_list("pk", flat=True)[:limit]:
        if time.monotonic() > end:
            break
        if not by_hand and not _overlooked(by_hand=False).filter(pk=pk).update(rung_at=Now()):
            continue  # another sweeper rang
        if by_hand or not doorbell.ring("notifications.deliver", pk, queue="mail"):
            deliver(pk)
        handled += 1
    return handled


def release_expired(*, limit: int = 100) -> int:
    """Letters whose carrier did not come back: tried again at once if nothing had left yet, else `unknown`."""
    released = 0
    for pk in Notification.objects.lease_over().values_list("pk", flat=True)[:limit]:
        with transaction.atomic(durable=True):
            released += _release(pk)
    return released


def _overlooked(*, by_hand: bool):
    """Letters that are due and that nobody has been rung for."""
    due = Notification.objects.due().filter(~Q(state=State.QUEUED) | Q(next_attempt_at__lte=Now() - GRACE))
    return due if by_hand else due.filter(Q(rung_at__isnull=True) | Q(rung_at__lte=Now() - RING_AGAIN))


def _claim(pk: int, owner: uuid.UUID) -> Notification | None:
    with transaction.atomic(durable=True):
        claimed = Notification.objects.filter(Q(state=State.QUEUED) | Q(next_attempt_at__lte=Now()), pk=pk).move(
            State.SENDING,
            from_states=(State.QUEUED, State.RETRY, State.UNKNOWN),
            attempts=F("attempts") + 1,
            lease_owner=owner,
            lease_until=Now() + LEASE,
            next_attempt_at=None,
            rung_at=None,
            possible_duplicate=Case(When(_may_be_out(), then=Value(True)), default=F("possible_duplicate")),
        )
        if not claimed:
            return None
        letter = Notification.objects.get(pk=pk)
        NotificationAttempt.objects.create(notification=letter, number=letter.attempts)
    return letter


def _may_be_out() -> Q:
    """Letters that may be out already without the provider knowing them again: a second try is a possible duplicate."""
    unanswered = NotificationAttempt.objects.filter(notification=OuterRef("pk"), outcome=Outcome.UNKNOWN)
    if memory := handover.keys_known_for():
        unanswered = unanswered.filter(started_at__lte=Now() - memory)
    return Q(state=State.UNKNOWN) | Q(Exists(unanswered))


def _start_handing_over(letter: Notification, owner: uuid.UUID) -> bool:
    """From here on a vanished worker leaves the letter `unknown`. Begins a new lease; False if the old one is over."""
    with transaction.atomic(durable=True):
        mine = Notification.objects.filter(
            pk=letter.pk, state=State.SENDING, lease_owner=owner, lease_until__gt=Now()
        ).update(lease_until=Now() + LEASE)
        if mine:
            _attempt(letter).update(outcome=Outcome.HANDING_OVER)
    return bool(mine)


def _record(letter: Notification, owner: uuid.UUID, answer: Answer) -> None:
    """Write down the answer, if the letter is still this carrier's. An acceptance counts even when it comes late."""
    state, changes = _consequence(letter, answer)
    from_states = (State.SENDING, State.UNKNOWN, State.RETRY) if state == State.SENT else (State.SENDING,)
    with transaction.atomic(durable=True):
        moved = Notification.objects.filter(pk=letter.pk, lease_owner=owner).move(
            state, from_states=from_states, lease_owner=None, lease_until=None, **changes
        )
        if moved:
            _attempt(letter).update(outcome=answer.outcome, answer=answer.text, finished_at=Now())
            reports.settle(letter.pk)
    reports.claim(answer.provider_id)
    if answer.outcome != Outcome.ACCEPTED:
        logger.warning("letter_not_accepted", extra={"pk": letter.pk, "state": state, "answer": answer.text})


def _consequence(letter: Notification, answer: Answer) -> tuple[str, dict]:
    """Which state an answer leads to, and the columns that go with it."""
    if answer.outcome == Outcome.ACCEPTED:
        return State.SENT, {"sent_at": Now(), "provider_id": answer.provider_id[:320], "next_attempt_at": None}
    is_last = letter.attempts > len(PAUSES)
    if answer.outcome == Outcome.UNKNOWN and (is_last or not handover.keys_known_for()):
        return State.UNKNOWN, {"next_attempt_at": _after_unknown(letter)}
    if answer.outcome == Outcome.REFUSED or is_last:
        return State.FAILED, {}
    pause = max(PAUSES[letter.attempts - 1], min(answer.retry_after or 0, LONGEST_PAUSE))
    return State.RETRY, {"next_attempt_at": Now() + timedelta(seconds=pause)}


def _after_unknown(letter: Notification):
    """Sent again once, ten minutes later, where no key makes a repeat harmless. Unknown a second time, it waits for a
    person."""
    last_time = letter.possible_duplicate or letter.attempts > len(PAUSES)
    return None if last_time else Now() + UNKNOWN_PAUSE


def _release(pk: int) -> int:
    """Decided by the attempt: `claimed` means that nothing had left the house when the worker went."""
    letter = Notification.objects.get(pk=pk)
    last = NotificationAttempt.objects.filter(notification=OuterRef("pk"), number=OuterRef("attempts"))
    expired = Notification.objects.lease_over().filter(pk=pk, attempts=letter.attempts)
    unsent = expired.filter(Exists(last.filter(outcome=Outcome.CLAIMED)))
    state = State.FAILED if letter.attempts > len(PAUSES) else State.RETRY
    if unsent.move(
        state, from_states=(State.SENDING,), lease_owner=None, lease_until=None,
        next_attempt_at=Now() if state == State.RETRY else None,
    ):  # fmt: skip
        return _attempt(letter).update(outcome=Outcome.ABANDONED, finished_at=Now())
    # The lease's owner stays: should the carrier come back with an acceptance, that is the truth.
    ask_again = state == State.RETRY and handover.keys_known_for()
    if not expired.move(
        State.RETRY if ask_again else State.UNKNOWN, from_states=(State.SENDING,),
        next_attempt_at=Now() if ask_again else _after_unknown(letter),
    ):  # fmt: skip
        return 0
    _attempt(letter).update(
        outcome=Outcome.UNKNOWN, finished_at=Now(), answer="The worker stopped while handing the letter over."
    )
    reports.settle(letter.pk)
    return 1


def _attempt(letter: Notification):
    return NotificationAttempt.objects.filter(notification=letter, number=letter.attempts)
