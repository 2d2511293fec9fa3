"""DeliveryEvent: what the mail provider told about a letter after taking it, each of its reports once."""

from django.db import models
from django.db.models.functions import Now

from .notification import Notification


class DeliveryEventQuerySet(models.QuerySet):
    def unclaimed(self) -> "DeliveryEventQuerySet":
        """Reports about letters that we do not know, or do not know yet."""
        return self.filter(notification__isnull=True)


class DeliveryEvent(models.Model):
    class Kind(models.TextChoices):
        SENT = "sent", "Taken by the provider"
        DEFERRED = "deferred", "Put off by the recipient's mail server"
        DELIVERED = "delivered", "Delivered"
        BOUNCED = "bounced", "Bounced"
        REJECTED = "rejected", "Refused by the provider"
        COMPLAINED = "complained", "Reported as spam"

    notification = models.ForeignKey(
        Notification, models.CASCADE, null=True, blank=True, related_name="delivery_events", help_text="None: unknown"
    )
    kind = models.CharField(max_length=12, choices=Kind)
    happened_at = models.DateTimeField(help_text="By the provider's clock")
    received_at = models.DateTimeField(db_default=Now())
    provider = models.CharField(max_length=32)
    event_id = models.CharField(max_length=200, help_text="The provider's own, or a digest of the report")
    provider_id = models.CharField(max_length=320, blank=True, help_text="The provider's id of the letter")
    words = models.CharField(max_length=1000, blank=True, help_text="What the provider says about it")

    objects = DeliveryEventQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["provider", "event_id"], name="delivery_event_once"),
            models.CheckConstraint(
                condition=models.Q(kind__in=["sent", "deferred", "delivered", "bounced", "rejected", "complained"]),
                name="delivery_event_kind_known",
            ),
        ]
        indexes = [models.Index(fields=["provider_id"], name="delivery_event_by_letter")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.happened_at}"
