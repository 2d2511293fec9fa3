"""STORY: who pays for a year is told a month before the next one begins (docs/decisions/0030).

A monthly subscription is told of by its statement. Whether there is somebody to write to is asked once, on the day of
the notice: the subscription is then announced, with a letter or without.
"""

import logging
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from notifications.post import Letter, post_all

from . import letters, pricing
from .models import Operator, Subscription
from .models.product import Cycle
from .periods import first_today, period_end, today
from .renewing import next_line

logger = logging.getLogger(__name__)

NOTICE = timedelta(days=30)  # before the day of the renewal
TOGETHER = 50


def announce_renewals() -> int:
    """Write the notices that are due, some in each round; how many subscriptions were announced. One query when none
    is. The letter's key promises that it is written once for a period."""
    return sum(_announce_some(operator) for operator in _operators_with_a_year_to_announce())


def _operators_with_a_year_to_announce() -> QuerySet[Operator]:
    last = first_today() + NOTICE
    waiting = _waiting().filter(operator=OuterRef("pk"), period_end_on__lte=last)
    return Operator.objects.filter(Exists(waiting))


def _waiting() -> QuerySet[Subscription]:
    return Subscription.objects.active().filter(cycle=Cycle.YEAR, is_renewal_announced=False)


def _announce_some(operator: Operator) -> int:
    by = today(operator) + NOTICE
    with transaction.atomic():
        due = _waiting().filter(operator=operator, period_end_on__lte=by).order_by("period_end_on", "pk")
        pks = list(due.select_for_update(no_key=True, skip_locked=True).values_list("pk", flat=True)[:TOGETHER])
        if not pks:
            return 0
        posted = [letter for subscription in _to_tell(pks, operator) if (letter := _letter(subscription, operator))]
        post_all(posted, operator_id=operator.pk)
        return _waiting().filter(pk__in=pks).update(is_renewal_announced=True)


def _to_tell(pks: list[int], operator: Operator) -> QuerySet[Subscription]:
    """Those that will renew and cost something, of the operator's own customers: those of a reseller are its own."""
    going_on = Subscription.objects.filter(pk__in=pks, unit_price__gt=0, period_end_on__gt=today(operator))
    own = going_on.unhindered().filter(account__parent=operator.account_id)
    return own.select_related("account", "order_item").order_by("pk")


def _letter(subscription: Subscription, operator: Operator) -> Letter | None:
    subscription.account.operator = operator
    start = subscription.period_end_on
    line = next_line(
        subscription, operator, start=start, end=period_end(subscription.anchor_on, start, subscription.cycle)
    )
    gross = line.net + pricing.tax_on(line, currency=subscription.currency)
    return letters.renewal_notice(subscription, account=subscription.account, gross=gross)
