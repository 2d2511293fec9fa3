"""Activity: who did what to which record, when, as whom. Only ever added to."""

from django.db import models
from django.utils import timezone


class Activity(models.Model):
    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="activities")
    account = models.ForeignKey("plans.Account", models.PROTECT, null=True, blank=True, related_name="activities")
    order = models.ForeignKey("plans.Order", models.PROTECT, null=True, blank=True, related_name="activities")
    subscription = models.ForeignKey("plans.Subscription", models.PROTECT, null=True, blank=True, related_name="+")
    verb = models.CharField(max_length=40, help_text="As in order.placed, storefront.opened")
    text = models.CharField(max_length=300)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20, blank=True)
    actor = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=120, default="Automatic")
    request_id = models.CharField(max_length=64, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["operator", "-id"], name="activity_newest"),
            models.Index(fields=["account", "-id"], name="activity_of_account"),
            models.Index(fields=["order", "id"], name="activity_of_order"),
        ]

    def __str__(self) -> str:
        return self.text
