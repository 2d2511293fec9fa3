"""STORY: sweepers look once a minute for what is wrong, keep it as alarms, and write to operations about what is new.

Operations get a letter at most every 15 minutes, and none while the one before has not left the house: where the mail
system is away, one letter waits for it and no more. What began has to be there at a second look, a minute later.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now

from notifications.models import Notification
from notifications.models.notification import ON_ITS_WAY
from notifications.post import post_all

from . import letters
from .alarm_kinds import ALARM_KINDS
from .findings import findings
from .models import Alarm, Operator

EVERY = timedelta(seconds=60)
WINDOW = timedelta(minutes=15)
KEPT = timedelta(days=90)


def watch() -> int:
    """Look at each operator that nobody has looked at for a minute; at how many. One query when it is nobody's turn."""
    due = Q(watched_at__isnull=True) | Q(watched_at__lt=Now() - EVERY)
    looked = 0
    for operator in Operator.objects.filter(due):
        if Operator.objects.filter(due, pk=operator.pk).update(watched_at=Now()):
            look_at(operator)
            looked += 1
    return looked


def look_at(operator: Operator) -> None:
    """Open, keep and end the operator's alarms by what is so now, and tell operations."""
    now_wrong = {finding.kind.code: finding for finding in findings(operator)}
    with transaction.atomic():
        ringing = Alarm.objects.filter(operator=operator).ringing()
        known = set(ringing.values_list("code", flat=True))
        ringing.exclude(code__in=now_wrong).update(ended_at=Now())
        for code, finding in now_wrong.items():
            if code in known:
                ringing.filter(code=code).update(words=finding.words[:300], seen_at=Now())
        fresh = [
            Alarm(operator=operator, code=code, words=finding.words[:300])
            for code, finding in now_wrong.items()
            if code not in known
        ]
        Alarm.objects.bulk_create(fresh, ignore_conflicts=True)
        Alarm.objects.filter(operator=operator, ended_at__lt=Now() - KEPT).delete()
        _tell(operator)


def _tell(operator: Operator) -> None:
    ringing = list(Alarm.objects.filter(operator=operator).ringing().annotate(now=Now()))
    new = [alarm for alarm in ringing if _is_news(alarm)]
    if not new or _was_told(operator) or _waits(operator):
        return
    standing = [_said(alarm) for alarm in ringing if alarm not in new]
    occasion = f"operator:{operator.pk}:{_window(new[0].now)}"
    letter = letters.alarms_rang(operator, new=[_said(alarm) for alarm in new], standing=standing, occasion=occasion)
    post_all([letter], operator_id=operator.pk)
    Alarm.objects.filter(pk__in=[alarm.pk for alarm in new]).update(told_at=Now())


def _is_news(alarm: Alarm) -> bool:
    """It has stood for a look at least, and has not been told."""
    return alarm.told_at is None and alarm.seen_at > alarm.opened_at and ALARM_KINDS[alarm.code].is_told


def _said(alarm: Alarm) -> dict[str, str]:
    return ALARM_KINDS[alarm.code].in_languages(words=alarm.words)


def _was_told(operator: Operator) -> bool:
    return Alarm.objects.filter(operator=operator, told_at__gt=Now() - WINDOW).exists()


def _waits(operator: Operator) -> bool:
    before = Notification.objects.of_operator(operator).filter(template_code="operations_digest")
    return before.filter(state__in=ON_ITS_WAY).exists()


def _window(now: datetime) -> int:
    """The quarter of an hour, counted since 1970: two sweepers write one letter in it."""
    return int(now.timestamp() // WINDOW.total_seconds())
