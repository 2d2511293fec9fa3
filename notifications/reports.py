"""Reports: what the mail provider tells of a letter after taking it. Each is kept once, in whatever order they come.

A letter's state is the farthest that any report of it says: sent, delivered, bounced, complained. So doubles and
disorder change nothing, and a letter whose answer got lost is settled by what the provider says of it.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models.functions import Coalesce

from .merging import clean
from .models import MOVES, DeliveryEvent, Notification

Kind = DeliveryEvent.Kind
State = Notification.State
# Anymail's words for what we keep. Who opens a letter or clicks in it is nobody's business.
KINDS = {
    "queued": Kind.SENT,
    "sent": Kind.SENT,
    "deferred": Kind.DEFERRED,
    "delivered": Kind.DELIVERED,
    "bounced": Kind.BOUNCED,
    "rejected": Kind.REJECTED,
    "failed": Kind.REJECTED,
    "complained": Kind.COMPLAINED,
}
# What a report makes of its letter, the farthest first. A refusal by the provider after taking it is a bounce.
MAKES = {
    Kind.COMPLAINED: State.COMPLAINED,
    Kind.REJECTED: State.BOUNCED,
    Kind.BOUNCED: State.BOUNCED,
    Kind.DELIVERED: State.DELIVERED,
    Kind.SENT: State.SENT,
}


@dataclass(frozen=True)
class Report:
    """`letter` is what we gave the provider to keep with the letter, `provider_id` its own name for it."""

    provider: str
    kind: str
    happened_at: datetime
    event_id: str = ""
    letter: str = ""
    provider_id: str = ""
    words: str = ""


def token_of(letter: Notification) -> str:
    """What a provider keeps with the letter and gives back: which row, and a secret half that nobody guesses."""
    return f"{letter.pk}/{letter.message_id.strip('<>').partition('@')[0]}"


def take(report: Report) -> bool:
    """Keep the report and let its letter follow; whether it was new. One about a letter that we do not know is kept,
    too: the letter may be about to learn its name at the provider."""
    with transaction.atomic():
        letter = _letter_of(report)
        event, is_new = DeliveryEvent.objects.get_or_create(
            provider=report.provider,
            event_id=clean(report.event_id)[:200] or _digest(report),
            defaults={
                "notification": letter,
                "kind": report.kind,
                "happened_at": report.happened_at,
                "provider_id": clean(report.provider_id)[:320],
                "words": clean(report.words)[:1000],
            },
        )
        if letter and is_new:
            settle(letter.pk)
    if event.notification_id is None:
        claim(event.provider_id)
    return is_new


def claim(provider_id: str) -> None:
    """Give reports that came before the letter knew this name to the letter that has it now."""
    if not provider_id or not DeliveryEvent.objects.unclaimed().filter(provider_id=provider_id).exists():
        return
    with transaction.atomic():
        letter = Notification.objects.select_for_update().filter(provider_id=provider_id).first()
        if letter:
            DeliveryEvent.objects.unclaimed().filter(provider_id=provider_id).update(notification=letter)
            settle(letter.pk)


def settle(letter_id: int) -> None:
    """Bring the letter to where its reports say it is, unless somebody is handing it over right now: who does settles
    it afterwards. In a transaction that holds the letter's row."""
    told = dict(DeliveryEvent.objects.filter(notification=letter_id).values_list("kind", "happened_at"))
    to = next((state for kind, state in MAKES.items() if kind in told), None)
    if to is None:
        return
    earlier = tuple(state for state, ends in MOVES.items() if to in ends and state != State.SENDING)
    Notification.objects.filter(pk=letter_id).move(
        to,
        from_states=earlier,
        sent_at=Coalesce("sent_at", min(told.values())),
        next_attempt_at=None,
        lease_owner=None,
        lease_until=None,
    )


def _letter_of(report: Report) -> Notification | None:
    """By what we gave along, else by the provider's name for it. Its row is held until the transaction ends."""
    letters = Notification.objects.select_for_update().order_by("pk")
    pk, _, name = report.letter.partition("/")
    if pk.isascii() and pk.isdecimal() and len(pk) < 19:
        letter = letters.filter(pk=int(pk)).first()
        return letter if letter and token_of(letter) == f"{pk}/{name}" else None
    return letters.filter(provider_id=report.provider_id).first() if report.provider_id else None


def _digest(report: Report) -> str:
    """For providers that give their reports no names."""
    told = (report.kind, report.letter, report.provider_id, report.happened_at.isoformat())
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
