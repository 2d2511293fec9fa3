"""Product: what can be put in a basket; may grant a Plan; has a price per billing cycle and currency."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Cycle(models.TextChoices):
    MONTH = "month", "Monthly"
    YEAR = "year", "Yearly"


class ProductQuerySet(models.QuerySet):
    def sold_by(self, operator_id: int) -> "ProductQuerySet":
        """What the operator's own storefront shows: ordinary products and plans alike."""
        return self.filter(operator_id=operator_id, is_sold=True)

    def ordinary(self) -> "ProductQuerySet":
        """What is no plan: asked for in words that keep SQLite from the index of plans, where it expects one alone."""
        return self.exclude(plan__isnull=False)

    def visible_to(self, user) -> "ProductQuerySet":
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)


class Product(models.Model):
    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="products")
    plan = models.OneToOneField("plans.Plan", models.PROTECT, null=True, blank=True, related_name="product")
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=80)
    category = models.CharField(max_length=60, blank=True)
    icon = models.CharField(max_length=20, default="box", help_text="Name of a symbol in the sprite")
    summary = models.CharField(max_length=200, blank=True)
    description = models.TextField(blank=True)
    unit = models.CharField(max_length=40, blank=True, help_text="What one is: user, device, TB")
    is_sold = models.BooleanField(default=True, help_text="Sold on the storefront; the BSS doors work either way")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "slug"], name="product_slug_unique"),
            models.UniqueConstraint(fields=["id", "operator"], name="product_with_operator"),
        ]
        indexes = [
            models.Index(fields=["operator", "name", "id"], condition=Q(is_sold=True), name="product_catalogue"),
            models.Index(
                fields=["operator", "category", "name", "id"], condition=Q(is_sold=True), name="product_category"
            ),
            models.Index(fields=["operator", "name", "id"], name="product_by_name"),
            models.Index(fields=["operator", "category", "id"], name="product_by_category"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_plan(self) -> bool:
        return self.plan_id is not None


class Price(models.Model):
    """What one unit costs for one billing cycle, net, in one currency."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="prices")
    cycle = models.CharField(max_length=5, choices=Cycle)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=19, decimal_places=4)
    recommended = models.DecimalField(
        max_digits=19, decimal_places=4, null=True, blank=True, help_text="What end customers pay a reseller for it"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "cycle", "currency"], name="one_price_per_cycle"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
            models.CheckConstraint(
                condition=Q(recommended__isnull=True) | Q(recommended__gte=0), name="recommended_not_negative"
            ),
            models.CheckConstraint(condition=Q(cycle__in=["month", "year"]), name="price_cycle_known"),
        ]
        indexes = [
            models.Index(fields=["currency", "cycle", "amount", "product"], name="price_by_amount"),
            models.Index(fields=["currency", "cycle", "recommended", "product"], name="price_by_recommended"),
        ]
