"""Alarm: something was wrong at an operator's house from a moment on, until it was not any more."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AlarmQuerySet(models.QuerySet):
    def ringing(self) -> "AlarmQuerySet":
        return self.filter(ended_at__isnull=True)


class Alarm(models.Model):
    """Kept by the sweeper, one row for each time. `code` is one of plans/alarm_kinds.py."""

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="alarms")
    code = models.CharField(max_length=40)
    words = models.CharField(max_length=300, help_text="As of the last look")
    opened_at = models.DateTimeField(db_default=Now())
    seen_at = models.DateTimeField(db_default=Now(), help_text="The last look at which it was so")
    told_at = models.DateTimeField(null=True, blank=True, help_text="When operations were written to about it")
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["operator", "code"], condition=Q(ended_at__isnull=True), name="one_ringing_alarm_per_kind"
            ),
        ]
        indexes = [models.Index(fields=["operator", "-id"], name="alarm_newest")]

    def __str__(self) -> str:
        return f"{self.code}: {self.words}"
