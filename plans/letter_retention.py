"""STORY: the words of old letters are removed, as long after they were written as the distributor says.

docs/decisions/0037. Who got which letter when, why, and how it went, stays: a letter can be proven sent for as long as
the house stands.
"""

import calendar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from notifications.models import Notification
from notifications.models.notification import OVER

from .models import Operator
from .periods import today

TOGETHER = 200  # letters of one operator in a round: a short statement, whatever there is to do


def remove_old_words(*, limit: int = TOGETHER) -> int:
    """Of some letters of each operator in each round; of how many. One query where nobody asks for it."""
    asked = Operator.objects.filter(letter_words_months__gt=0)
    return sum(_remove_some(operator, limit=limit) for operator in asked)


def _remove_some(operator: Operator, *, limit: int) -> int:
    letters = Notification.objects.of_operator(operator).filter(words_removed_at__isnull=True)
    old = letters.filter(OVER, created_at__lt=kept_since(operator)).order_by("created_at")
    pks = list(old.values_list("pk", flat=True)[:limit])
    return Notification.objects.filter(pk__in=pks).remove_words() if pks else 0


def kept_since(operator: Operator, *, now: datetime | None = None) -> datetime:
    """Letters that were written before this moment, a day's first at the operator, have been kept long enough."""
    day = today(operator, now=now)
    year, month = divmod(day.year * 12 + day.month - 1 - operator.letter_words_months, 12)
    first = date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    return datetime.combine(first, time(), ZoneInfo(operator.time_zone))
