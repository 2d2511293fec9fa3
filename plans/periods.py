"""Periods: from a day to the same day of the next month or year. Renewals keep the anchor day.

31 January, 28 February, 31 March; 29 February 2028, 28 February 2029, ..., 29 February 2032.
"""

import calendar
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import timezone

from .models import Operator

FURTHEST = timedelta(hours=14)  # how far ahead of UTC the first zone is


def today(operator: Operator, *, now: datetime | None = None) -> date:
    """The operator's day: its time zone decides."""
    return (now or timezone.now()).astimezone(ZoneInfo(operator.time_zone)).date()


def first_today() -> date:
    """The day where on Earth a day begins first: what is due nowhere yet is later than this."""
    return (timezone.now().astimezone(UTC) + FURTHEST).date()


def end_of(day: date, *, operator: Operator) -> datetime:
    """The moment in which the operator's day is over."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(operator.time_zone))


def period_end(anchor: date, start: date, cycle: str) -> date:
    """First day of the period after the one that starts on `start`, on the anchor's day where that month has it."""
    months = start.year * 12 + start.month - 1 + (12 if cycle == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(anchor.day, calendar.monthrange(year, month + 1)[1]))


def running_period(anchor: date, cycle: str, *, on: date) -> tuple[date, date]:
    """The period that the day is in, when periods have run since `anchor`: its first day, and that of the next one."""
    start, end = anchor, period_end(anchor, anchor, cycle)
    while end <= on:
        start, end = end, period_end(anchor, end, cycle)
    return start, end
