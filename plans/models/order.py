"""Order: asked for. Its states and the one table of legal moves between them."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from .product import Cycle


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    AWAITING_APPROVAL = "awaiting_approval", "Awaiting approval"
    PLACED = "placed", "Queued"
    EXECUTING = "executing", "Executing"
    EXECUTED = "executed", "Executed"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


# The single source for code, buttons and docs: verb -> (from any of, to).
MOVES: dict[str, tuple[tuple[State, ...], State]] = {
    "submit": ((State.DRAFT,), State.AWAITING_APPROVAL),
    "approve": ((State.AWAITING_APPROVAL,), State.PLACED),
    "decline": ((State.AWAITING_APPROVAL,), State.CANCELLED),
    "place": ((State.DRAFT,), State.PLACED),
    "claim": ((State.PLACED, State.EXECUTING), State.EXECUTING),
    "execute": ((State.EXECUTING,), State.EXECUTED),
    "try_later": ((State.EXECUTING,), State.PLACED),
    "fail": ((State.EXECUTING,), State.FAILED),
    "retry": ((State.FAILED,), State.PLACED),
    "cancel": ((State.DRAFT, State.PLACED, State.FAILED), State.CANCELLED),
}
OPEN_STATES = (State.PLACED, State.EXECUTING, State.FAILED)


class OrderQuerySet(models.QuerySet):
    def visible_to(self, user) -> "OrderQuerySet":
        """The orders a member of BSS staff may see."""
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)

    def of_account(self, account) -> "OrderQuerySet":
        """What a storefront user may see of their own account: everything asked for, no drafts of staff."""
        return self.filter(operator_id=account.operator_id, account=account).exclude(state=State.DRAFT)

    def open_plan_orders(self) -> "OrderQuerySet":
        return self.filter(is_plan_order=True, state__in=OPEN_STATES)


class Order(models.Model):
    State = State

    class Channel(models.TextChoices):
        STOREFRONT = "storefront", "Storefront"
        BSS_ORDER = "bss_order", "BSS order"
        SHORTCUT = "shortcut", "Upgrade Resellers"
        SUBSCRIPTION = "subscription", "Subscription"
        AUTOMATIC = "automatic", "Automatic"
        IMPORT = "import", "Import"
        API = "api", "API"
        OWN_API = "own_api", "API, by the reseller"
        BULK = "bulk", "Bulk upgrade"

    class Change(models.TextChoices):
        NONE = "none", "No plan change"
        UPGRADE = "upgrade", "Upgrade"
        DOWNGRADE = "downgrade", "Downgrade"
        CANCEL = "cancel", "Cancel"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="orders")
    account = models.ForeignKey("plans.Account", models.PROTECT, related_name="orders")
    number = models.CharField(max_length=20)
    state = models.CharField(max_length=20, choices=State, default=State.DRAFT)
    channel = models.CharField(max_length=12, choices=Channel)
    version = models.PositiveIntegerField(default=1)

    is_plan_order = models.BooleanField(default=False)
    change = models.CharField(max_length=10, choices=Change, default=Change.NONE)
    from_plan = models.ForeignKey("plans.Plan", models.PROTECT, null=True, blank=True, related_name="+")
    to_plan = models.ForeignKey("plans.Plan", models.PROTECT, null=True, blank=True, related_name="+")

    currency = models.CharField(max_length=3)
    preview = models.JSONField(default=dict, help_text="What was shown and agreed to: lines, tax, day, letters")
    fingerprint = models.CharField(max_length=64, blank=True)
    net = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    tax = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    total = models.DecimalField(max_digits=19, decimal_places=4, default=0)
    reference = models.CharField(max_length=60, blank=True, help_text="The customer's own")
    form_key = models.CharField(
        max_length=64, null=True, blank=True, unique=True, help_text="Makes a double click one order"
    )

    created_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    placed_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    placed_at = models.DateTimeField(null=True, blank=True)
    executed_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    attempts = models.PositiveSmallIntegerField(default=0)
    next_attempt_at = models.DateTimeField(null=True, blank=True)
    rung_at = models.DateTimeField(null=True, blank=True, help_text="When the sweeper last rang for it")
    lease_owner = models.UUIDField(null=True, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.CharField(max_length=500, blank=True)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="order_number_unique"),
            models.UniqueConstraint(fields=["id", "operator"], name="order_with_operator"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(is_plan_order=True, state__in=["placed", "executing", "failed"]),
                name="one_open_plan_order",
            ),
            models.CheckConstraint(condition=Q(state__in=State.values), name="order_state_known"),
            models.CheckConstraint(
                condition=~Q(state="executing") | Q(lease_owner__isnull=False, lease_until__isnull=False),
                name="executing_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="executed", executed_at__isnull=False)
                | (~Q(state="executed") & Q(executed_at__isnull=True)),
                name="executed_has_time",
            ),
            models.CheckConstraint(condition=~Q(state="failed") | ~Q(error_code=""), name="failed_has_reason"),
            models.CheckConstraint(
                condition=Q(is_plan_order=False, change="none")
                | Q(is_plan_order=True, to_plan__isnull=False) & ~Q(change="none"),
                name="plan_order_names_its_plan",
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "-id"], name="order_newest"),
            models.Index(fields=["operator", "state", "-id"], name="order_by_state"),
            models.Index(fields=["operator", "channel", "-id"], name="order_by_channel"),
            models.Index(fields=["operator", "change", "-id"], name="order_of_change"),
            models.Index(fields=["account", "-id"], name="order_of_account"),
            models.Index(fields=["operator", "change", "executed_at"], name="order_by_change"),
            models.Index(fields=["next_attempt_at"], condition=Q(state__in=["placed", "executing"]), name="order_due"),
        ]

    def __str__(self) -> str:
        return self.number

    def may(self, verb: str) -> bool:
        """Whether the table of moves allows the verb in the present state."""
        return self.state in MOVES[verb][0]


class OrderItem(models.Model):
    """At most one item of an order is a plan product; it carries the Storefront Alias."""

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    order = models.ForeignKey(Order, models.CASCADE, related_name="items")
    product = models.ForeignKey("plans.Product", models.PROTECT, related_name="+")
    is_plan = models.BooleanField(default=False)
    name = models.CharField(max_length=120, help_text="The product's name when it was ordered")
    cycle = models.CharField(max_length=5, choices=Cycle)
    quantity = models.PositiveIntegerField(default=1)
    unit_price = models.DecimalField(max_digits=19, decimal_places=4)
    alias = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(is_plan=True), name="one_plan_item"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="item_quantity"),
            models.CheckConstraint(condition=Q(alias="") | Q(is_plan=True), name="only_plans_have_an_alias"),
        ]
