"""Plan: what a reseller may do. Plans, their entitlements and the edges between them are rows of an operator."""

from django.db import models
from django.db.models import F, Q


class PlanQuerySet(models.QuerySet):
    def default_of(self, operator_id: int) -> tuple["Plan", None, dict[str, int | None]]:
        """The plan that is held without a subscription, as (plan, no subscription, its entitlements)."""
        rows = list(self.filter(operator_id=operator_id, is_default=True).with_entitlements())
        return rows[0], None, rows[0].entitlements_in(rows)

    def with_entitlements(self) -> "PlanQuerySet":
        """A row for each entitlement of a plan, one for a plan without any: `entitlements_in` reads them."""
        return self.annotate(entitlement=F("entitlements__code"), entitlement_limit=F("entitlements__limit"))

    def visible_to(self, user) -> "PlanQuerySet":
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)


class Plan(models.Model):
    """Basic is a row like the others, held by every reseller without an active plan subscription (`is_default`)."""

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="plans")
    code = models.CharField(max_length=20)
    name = models.CharField(max_length=60)
    rank = models.PositiveSmallIntegerField()
    tagline = models.CharField(max_length=160, blank=True)
    key_features = models.JSONField(default=list, blank=True, help_text="Short sentences, in order")
    is_default = models.BooleanField(default=False, help_text="Held without a subscription (Basic)")
    is_offered = models.BooleanField(default=True, help_text="Off: nobody can order it yet")
    welcome_letter = models.CharField(
        max_length=40, blank=True, help_text="Notification sent when it is reached by an upgrade"
    )
    is_recommended = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = PlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "code"], name="plan_code_unique"),
            models.UniqueConstraint(fields=["operator", "rank"], name="plan_rank_unique"),
            models.UniqueConstraint(fields=["operator"], condition=Q(is_default=True), name="one_default_plan"),
            models.UniqueConstraint(fields=["id", "operator"], name="plan_with_operator"),
        ]

    def __str__(self) -> str:
        return self.name

    def entitlements_in(self, rows: list["Plan"]) -> dict[str, int | None]:
        """What it allows, from rows of `with_entitlements`: code -> limit or None."""
        return {row.entitlement: row.entitlement_limit for row in rows if row.pk == self.pk and row.entitlement}

    def sold_as(self) -> dict[str, int | None]:
        """Its entitlements as a subscription keeps them: code -> limit or None."""
        return {entitlement.code: entitlement.limit for entitlement in self.entitlements.all()}


class Entitlement(models.Model):
    """One thing a plan allows (`own_storefront`), or a limit it sets (`customers`, 10). No limit: null."""

    class Code(models.TextChoices):
        SHOP = "shop", "Order in the distributor’s storefront"
        OWN_STOREFRONT = "own_storefront", "Storefront at your own URL"
        BRANDING = "branding", "Logo and colours"
        CUSTOMERS_ORDER = "customers_order", "Customers sign in and order for themselves"
        DIRECT_ORDERS = "direct_orders", "Orders without your approval, per customer"
        OWN_PRICES = "own_prices", "Own prices and margins"
        UNBRANDED = "unbranded", "No “Powered by” line"
        OWN_SENDER = "own_sender", "Own email sender"
        CUSTOM_DOMAIN = "custom_domain", "Custom domain"
        API_READ = "api_read", "API: read"
        API_WRITE = "api_write", "API: read and write"
        OWN_BSS = "own_bss", "Own back office"
        CUSTOMERS = "customers", "Customers with their own login"
        USERS = "users", "Users"
        LISTED_PRODUCTS = "listed_products", "Listed products"

    plan = models.ForeignKey(Plan, models.CASCADE, related_name="entitlements")
    code = models.CharField(max_length=24, choices=Code)
    limit = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "code"], name="entitlement_once_per_plan")]


class PlanEdge(models.Model):
    """A step of the ladder that may be taken. Up or down is what the edge says, never a comparison of prices."""

    class Direction(models.TextChoices):
        UP = "up", "Upgrade"
        DOWN = "down", "Downgrade"

    from_plan = models.ForeignKey(Plan, models.CASCADE, related_name="edges_out")
    to_plan = models.ForeignKey(Plan, models.CASCADE, related_name="edges_in")
    direction = models.CharField(max_length=4, choices=Direction)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["from_plan", "to_plan"], name="one_edge_per_step"),
            models.CheckConstraint(condition=~Q(from_plan=F("to_plan")), name="edge_goes_somewhere"),
        ]
