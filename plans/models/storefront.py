"""Storefront: a shop window. AliasClaim: who holds an alias under a store host, and until when."""

from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import Exact, GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone

from .brand import Brand, colour_shape

ALIAS_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789-"


def alias_shape(field: str) -> Q:
    """The rule of PRODUCT.md section 3 as SQL that SQLite and PostgreSQL both keep, whoever writes the row."""
    strange = Func(F(field), Value(ALIAS_LETTERS), function="LTRIM", output_field=models.CharField())
    return (
        Q(Exact(strange, Value("")))
        & Q(GreaterThanOrEqual(Length(field), 3))
        & Q(LessThanOrEqual(Length(field), 40))
        & ~Q(**{f"{field}__startswith": "-"})
        & ~Q(**{f"{field}__endswith": "-"})
        & ~Q(**{f"{field}__contains": "--"})
    )


class AliasClaim(models.Model):
    """One row per alias and operator, for holds, live storefronts and quarantine alike."""

    class State(models.TextChoices):
        HELD = "held", "Held"
        IN_USE = "in_use", "In use"
        QUARANTINED = "quarantined", "In quarantine"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="alias_claims")
    alias = models.CharField(max_length=40)
    account = models.ForeignKey("plans.Account", models.PROTECT, related_name="alias_claims")
    state = models.CharField(max_length=12, choices=State)
    held_until = models.DateTimeField(null=True, blank=True, help_text="Held without end when empty")
    quarantined_until = models.DateTimeField(null=True, blank=True)
    claimed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "alias"], name="alias_claimed_once"),
            models.UniqueConstraint(fields=["id", "operator"], name="alias_claim_with_operator"),
            models.CheckConstraint(condition=alias_shape("alias"), name="alias_shape"),
            models.CheckConstraint(
                condition=~Q(state="quarantined") | Q(quarantined_until__isnull=False), name="quarantine_ends"
            ),
        ]
        indexes = [models.Index(fields=["account"], name="alias_of_account")]

    def __str__(self) -> str:
        return self.alias


class StorefrontQuerySet(models.QuerySet):
    def of_reseller(self, account) -> "StorefrontQuerySet":
        return self.filter(operator_id=account.operator_id, account=account, is_own=False)


class Storefront(Brand):
    """The operator's own, or a reseller's under an alias. One row per account, for life.

    A parked storefront loses its claim only when another account takes the alias after its quarantine.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open"
        SUSPENDED = "suspended", "Suspended"
        PARKED = "parked", "Parked"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="storefronts")
    account = models.OneToOneField("plans.Account", models.PROTECT, related_name="storefront")
    claim = models.OneToOneField(AliasClaim, models.PROTECT, null=True, blank=True, related_name="storefront")
    is_own = models.BooleanField(default=False, help_text="The operator's own, at the root of its host")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    headline = models.CharField(max_length=120, blank=True)
    intro = models.CharField(max_length=600, blank=True, help_text="Below the headline of the home page")
    language = models.CharField(max_length=8, default="en")
    anonymous_browsing = models.BooleanField(default=True)
    lists_everything = models.BooleanField(default=True, help_text="Products without a listing are listed, too")
    markup = models.DecimalField(
        max_digits=7, decimal_places=2, null=True, blank=True, help_text="Percent on the cost; none: as recommended"
    )
    created_by_order = models.OneToOneField("plans.Order", models.PROTECT, null=True, blank=True, related_name="+")
    opened_at = models.DateTimeField(default=timezone.now)
    parked_at = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True, help_text="By the distributor; outlives being parked")
    suspended_reason = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = StorefrontQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator"], condition=Q(is_own=True), name="one_own_storefront"),
            models.CheckConstraint(
                condition=Q(is_own=True, claim__isnull=True) | Q(is_own=False, claim__isnull=False) | Q(state="parked"),
                name="open_storefront_has_alias",
            ),
            models.CheckConstraint(condition=colour_shape("brand_colour"), name="colour_shape"),
            models.CheckConstraint(
                condition=Q(markup__isnull=True) | Q(markup__gte=0, markup__lte=1000), name="storefront_markup_sane"
            ),
            models.CheckConstraint(condition=~Q(state="parked") | Q(parked_at__isnull=False), name="parked_has_time"),
        ]
        indexes = [models.Index(fields=["operator", "state", "-id"], name="storefront_newest")]

    def __str__(self) -> str:
        return self.name
