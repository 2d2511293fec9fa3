"""Subscription: held from `started_at` to `ended_at`. PendingChange waits on one; Charge is a statement line."""

from datetime import date, timedelta
from decimal import Decimal

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from ..prepared import Prepared
from .product import Cycle


class SubscriptionQuerySet(models.QuerySet):
    def active(self) -> "SubscriptionQuerySet":
        return self.filter(state=Subscription.State.ACTIVE)

    def for_plans(self) -> "SubscriptionQuerySet":
        return self.filter(plan__isnull=False)

    def of_account(self, account) -> "SubscriptionQuerySet":
        return self.filter(operator_id=account.operator_id, account=account)

    def visible_to(self, user) -> "SubscriptionQuerySet":
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)

    def unhindered(self) -> "SubscriptionQuerySet":
        """Those that go on when their period ends. Not a plan with an order under way, whose agreed lines speak of the
        present period, and nothing with a change that is due by the end of it: that one goes before."""
        from .order import Order

        ordered = Order.objects.open_plan_orders().filter(account=OuterRef("account"))
        changing = PendingChange.objects.filter(subscription=OuterRef("pk"), due_on__lte=OuterRef("period_end_on"))
        return self.filter(~Exists(changing), Q(plan__isnull=True) | ~Exists(ordered))

    def due(self, operator, *, on: date) -> "SubscriptionQuerySet":
        """Those of the operator whose period has ended on a day, and that renew."""
        return self.active().unhindered().filter(operator=operator, period_end_on__lte=on)


class Subscription(models.Model):
    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        ENDED = "ended", "Ended"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="subscriptions")
    account = models.ForeignKey("plans.Account", models.PROTECT, related_name="subscriptions")
    number = models.CharField(max_length=24)
    order_item = models.OneToOneField("plans.OrderItem", models.PROTECT, related_name="subscription")
    product = models.ForeignKey("plans.Product", models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.Plan", models.PROTECT, null=True, blank=True, related_name="subscriptions")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="replaced_by")
    state = models.CharField(max_length=8, choices=State, default=State.ACTIVE)
    cycle = models.CharField(max_length=5, choices=Cycle)
    quantity = models.PositiveIntegerField(default=1)
    currency = models.CharField(max_length=3)
    unit_price = models.DecimalField(max_digits=19, decimal_places=4)
    entitlements = models.JSONField(
        default=dict, help_text="As sold: code -> limit or null; edits of the plan do not reach it"
    )
    anchor_on = models.DateField(help_text="The day that renewals keep, in the operator's time zone")
    period_start_on = models.DateField()
    period_end_on = models.DateField(help_text="First day of the next period")
    is_renewal_announced = models.BooleanField(default=False, help_text="Of the present period; with a letter or not")
    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=20, blank=True, help_text="superseded or cancelled")

    objects = SubscriptionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="subscription_number_unique"),
            models.UniqueConstraint(fields=["id", "operator"], name="subscription_with_operator"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(state="active", plan__isnull=False),
                name="one_active_plan_subscription",
            ),
            models.CheckConstraint(
                condition=Q(state="active", ended_at__isnull=True) | Q(state="ended", ended_at__isnull=False),
                name="ended_has_time",
            ),
            models.CheckConstraint(condition=Q(period_end_on__gt=F("period_start_on")), name="period_has_days"),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="subscription_of_account"),
            models.Index(fields=["operator", "-id"], name="subscription_all"),
            models.Index(fields=["operator", "state", "-id"], name="subscription_newest"),
            models.Index(fields=["operator", "plan", "state", "-id"], name="subscription_by_plan"),
            models.Index(
                fields=["operator", "period_end_on", "id"], condition=Q(state="active"), name="subscription_to_renew"
            ),
            models.Index(
                fields=["operator", "period_end_on", "id"],
                condition=Q(state="active", cycle="year", is_renewal_announced=False),
                name="subscription_to_announce",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def is_active(self) -> bool:
        return self.state == self.State.ACTIVE


class PendingChange(models.Model):
    """A plan change that waits for its day, one per subscription. On its day it becomes an order and is gone."""

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    subscription = models.OneToOneField(Subscription, models.CASCADE, related_name="pending_change")
    to_plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")
    due_on = models.DateField(help_text="In the operator's time zone")
    preview = models.JSONField(default=dict, help_text="What was shown and agreed to; its order carries out just that")
    channel = models.CharField(max_length=12, default="subscription", help_text="As of an order: who scheduled it")
    form_key = models.CharField(max_length=64, null=True, blank=True, unique=True)
    created_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [
            models.Index(fields=["due_on", "id"], name="change_due"),
            models.Index(fields=["operator", "due_on", "id"], name="change_due_at_operator"),
        ]


class ChargeQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ChargeQuerySet":
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)

    def of_account(self, account) -> "ChargeQuerySet":
        return self.filter(operator_id=account.operator_id, account=account)


class Charge(models.Model):
    """A line of the account's statement. Credits are negative. A credit is taxed like its charge."""

    class Kind(models.TextChoices):
        CHARGE = "charge", "Charge"
        CREDIT = "credit", "Credit"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="charges")
    account = models.ForeignKey("plans.Account", models.PROTECT, related_name="charges")
    order = models.ForeignKey("plans.Order", models.PROTECT, null=True, blank=True, related_name="charges")
    subscription = models.ForeignKey(Subscription, models.PROTECT, null=True, blank=True, related_name="charges")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    net = models.DecimalField(max_digits=19, decimal_places=4)
    tax_text = models.CharField(max_length=60)
    tax_rate = models.DecimalField(max_digits=6, decimal_places=3)
    tax = models.DecimalField(max_digits=19, decimal_places=4)
    period_start_on = models.DateField()
    period_end_on = models.DateField()
    charged_on = models.DateField()
    created_at = models.DateTimeField(default=timezone.now)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "kind", "period_start_on"], name="one_charge_per_period"),
            models.CheckConstraint(
                condition=Q(kind="charge", net__gte=0) | Q(kind="credit", net__lte=0), name="credit_is_negative"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-id"], name="charge_of_account"),
            models.Index(fields=["operator", "-id"], name="charge_newest"),
            models.Index(fields=["operator", "created_at", "id"], name="charge_by_time"),
            models.Index(fields=["operator", "kind", "created_at", "id"], name="charge_of_kind"),
        ]

    @property
    def gross(self) -> Decimal:
        return self.net + self.tax

    @property
    def last_on(self) -> date:
        """The last day that it is for; the first one where it is for none (a credit on the day of a renewal)."""
        return max(self.period_end_on - timedelta(days=1), self.period_start_on)


class TenantRequest(models.Model):
    """A wish for the Tenant plan. It changes no plan; one may be open per account."""

    class State(models.TextChoices):
        OPEN = "open", "Open"
        ANSWERED = "answered", "Answered"
        WITHDRAWN = "withdrawn", "Withdrawn"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    account = models.ForeignKey("plans.Account", models.PROTECT, related_name="tenant_requests")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    price_list = models.CharField(max_length=120, blank=True)
    language = models.CharField(max_length=8, default="en")
    note = models.TextField(blank=True, max_length=2000)
    created_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(state="open"), name="one_open_tenant_request")
        ]


PLAN_SUBSCRIPTION = Prepared(
    lambda account: (
        Subscription.objects.active()
        .for_plans()
        .filter(account=account)
        .select_related("plan", "pending_change__to_plan")
        .order_by("pk")[:1]
    ),
    account=int,
)
