"""NotificationAttempt: one try to hand a letter over, and what the other side answered."""

from django.db import models
from django.db.models.functions import Now

from .notification import Notification


class NotificationAttempt(models.Model):
    class Outcome(models.TextChoices):
        CLAIMED = "claimed", "Taken by a worker"
        HANDING_OVER = "handing_over", "Being handed over"
        ACCEPTED = "accepted", "Accepted"
        DEFERRED = "deferred", "Put off"
        REFUSED = "refused", "Refused"
        UNKNOWN = "unknown", "No answer"
        ABANDONED = "abandoned", "The worker stopped before handing over"

    notification = models.ForeignKey(Notification, models.CASCADE, related_name="attempt_rows")
    number = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=12, choices=Outcome, default=Outcome.CLAIMED)
    answer = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notification", "number"], name="attempt_number_once"),
        ]

    def __str__(self) -> str:
        return f"attempt {self.number}: {self.outcome}"
