"""Activity: who did what to which record, when, as whom. Only ever added to."""

from functools import reduce
from operator import or_

from django.db import models
from django.utils import timezone

ABOUT_PLANS = ("subscription.", "storefront.", "tenant.", "plan.")


class ActivityQuerySet(models.QuerySet):
    def about_plans(self) -> "ActivityQuerySet":
        """What has to do with an account's plan: its orders for one, subscriptions, storefront and Tenant requests."""
        kinds = (models.Q(verb__startswith=start) for start in ABOUT_PLANS)
        return self.filter(reduce(or_, kinds, models.Q(order__is_plan_order=True)))


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

    objects = ActivityQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["operator", "-id"], name="activity_newest"),
            models.Index(fields=["operator", "verb", "-id"], name="activity_by_verb"),
            models.Index(fields=["account", "-id"], name="activity_of_account"),
            models.Index(fields=["order", "id"], name="activity_of_order"),
        ]

    def __str__(self) -> str:
        return self.text
