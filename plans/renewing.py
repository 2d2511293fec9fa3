"""STORY: a subscription renews by itself on the day on which its period has come to its end, in its operator's zone.

What was sold goes on: for the price and the number it was sold at, with the tax of the account today. Nobody asks
for it and nothing is ordered: the period moves on by one conditional UPDATE, and its charge goes onto the statement
in the same transaction. `one_charge_per_period` promises that each period is charged once, whoever renews it.

A plan that is about to be another one does not renew (`SubscriptionQuerySet.unhindered`). Whoever agrees to a plan
change locks the subscription first, whoever carries one out the account, and this does both.
"""

import logging
import time
from dataclasses import dataclass, field
from datetime import date

from django.core.cache import cache
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from . import pricing
from .models import Activity, Charge, Operator, Subscription
from .periods import first_today, period_end, today

logger = logging.getLogger(__name__)

TOLD_FOR = 3600  # seconds; each round says it anew
TOGETHER = 50  # subscriptions in one transaction: their accounts are locked for a tenth of a second


def renew_due(*, seconds: float) -> int:
    """Begin every period that is due, the oldest first, for so many seconds at the most; how many have begun.

    What is left over is found by the next round, and by other workers: each takes accounts that nobody else has.
    One query when nothing is due.
    """
    until, begun = time.monotonic() + seconds, 0
    turns = [Turn(operator, today(operator)) for operator in _operators_with_an_end()]
    while turns:
        begun += sum(turn.take() for turn in turns)  # some of each: no operator waits for the many of another one
        turns = [turn for turn in turns if not turn.is_over and time.monotonic() < until]
    return begun


def _operators_with_an_end() -> QuerySet[Operator]:
    """Those with a period that has ended wherever a day begins first. What is due there, each operator's day says."""
    ended = Subscription.objects.active().filter(operator=OuterRef("pk"), period_end_on__lte=first_today())
    return Operator.objects.filter(Exists(ended))


@dataclass
class Turn:
    """One operator's share of a round. What cannot be renewed is passed, and keeps nobody else back."""

    operator: Operator
    on: date
    passed: set[int] = field(default_factory=set)
    is_over: bool = False

    def take(self) -> int:
        """Renew the next ones; how many there were."""
        with transaction.atomic():
            pks = self._next_ones()
            begun = self._together(pks)
        if begun is None:  # one of them spoils it for all: each by itself
            begun = [pk for pk in pks if self._alone(pk)]
        self.passed |= set(pks) - set(begun)
        self.is_over = not pks
        return len(begun)

    def _next_ones(self) -> list[int]:
        """The oldest that are due, locked with their accounts; not those that somebody else is at."""
        due = Subscription.objects.due(self.operator, on=self.on).exclude(pk__in=self.passed)
        return _locked(due.order_by("period_end_on", "pk")[:TOGETHER])

    def _together(self, pks: list[int]) -> list[int] | None:
        """Those that began anew; None when one of them cannot, and then nothing was written."""
        try:
            with transaction.atomic():
                return _renew(pks, self.operator, on=self.on)
        except Exception:  # noqa: BLE001  who it was is found out next, and told
            return None

    def _alone(self, pk: int) -> bool:
        try:
            with transaction.atomic():
                return bool(_renew(_locked(Subscription.objects.filter(pk=pk)), self.operator, on=self.on))
        except Exception as problem:
            logger.exception("renewal_failed", extra={"subscription_id": pk})
            cache.set(_key(pk), " ".join(f"{type(problem).__name__}: {problem}".split())[:120], TOLD_FOR)
            return False


def why_it_failed(subscription_id: int) -> str:
    """What the last try to renew it met, for who reads Operations; empty where nobody has tried for an hour."""
    return cache.get(_key(subscription_id), "")


def _key(subscription_id: int) -> str:
    return f"renewal_failed:{subscription_id}"


def _locked(wanted: QuerySet[Subscription]) -> list[int]:
    """Their ids, and they and their accounts are ours until the transaction ends; not those that somebody else has."""
    locked = wanted.select_for_update(of=("self", "account"), no_key=True, skip_locked=True)
    return [found.pk for found in locked.select_related("account").only("account__id")]


def _renew(pks: list[int], operator: Operator, *, on: date) -> list[int]:
    """Renew those that are still due, now that they and their accounts are locked: once each. Their ids."""
    if not pks:
        return []
    due = Subscription.objects.due(operator, on=on).filter(pk__in=pks).select_related("account", "order_item")
    begun = [subscription for subscription in due.order_by("period_end_on", "pk") if _move_on(subscription)]
    Charge.objects.bulk_create(_charge(subscription, operator) for subscription in begun)
    Activity.objects.bulk_create(_activity(subscription) for subscription in begun)
    return [subscription.pk for subscription in begun]


def _move_on(subscription: Subscription) -> bool:
    """From exactly the period that was read into the next one. False: somebody else was here."""
    start = subscription.period_end_on
    end = period_end(subscription.anchor_on, start, subscription.cycle)
    mine = Subscription.objects.active().filter(pk=subscription.pk, period_end_on=start)
    moved = mine.update(period_start_on=start, period_end_on=end, is_renewal_announced=False)
    subscription.period_start_on, subscription.period_end_on = start, end
    return bool(moved)


def _charge(subscription: Subscription, operator: Operator) -> Charge:
    line = next_line(subscription, operator, start=subscription.period_start_on, end=subscription.period_end_on)
    return Charge(
        operator_id=subscription.operator_id,
        account_id=subscription.account_id,
        subscription=subscription,
        kind=line.kind,
        text=line.text,
        currency=subscription.currency,
        net=line.net,
        tax_text=line.tax_text,
        tax_rate=line.tax_rate,
        tax=pricing.tax_on(line, currency=subscription.currency),
        period_start_on=line.period_start_on,
        period_end_on=line.period_end_on,
        charged_on=line.period_start_on,
    )


def next_line(subscription: Subscription, operator: Operator, *, start: date, end: date) -> pricing.Line:
    """What a period costs: at the price it was sold at, never that of today's list. Tax is that of today."""
    rate, text = pricing.tax_of(subscription.account, operator)
    net = pricing.round_to(subscription.unit_price * subscription.quantity, subscription.currency)
    label = pricing.label_of(subscription.order_item.name, cycle=subscription.cycle, quantity=subscription.quantity)
    return pricing.Line("charge", label, net, rate, text, start, end)


def _activity(subscription: Subscription) -> Activity:
    return Activity(
        operator_id=subscription.operator_id,
        account_id=subscription.account_id,
        subscription=subscription,
        verb="subscription.renewed",
        text=f"Subscription {subscription.number} renewed until {subscription.period_end_on:%-d %b %Y}.",
    )
