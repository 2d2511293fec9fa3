"""Listing: what a reseller chose about one product of the distributor's. StorefrontText: a page in its words."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class Listing(models.Model):
    """One product on one reseller's storefront, where it differs from the storefront's own choice.

    Without a row a product is listed when the storefront lists everything, and its markup is the storefront's.
    """

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    storefront = models.ForeignKey("plans.Storefront", models.PROTECT, related_name="listings")
    product = models.ForeignKey("plans.Product", models.PROTECT, related_name="listings")
    is_listed = models.BooleanField()
    markup = models.DecimalField(
        max_digits=7, decimal_places=2, null=True, blank=True, help_text="Percent on the cost; none: the storefront's"
    )
    featured = models.PositiveSmallIntegerField(null=True, blank=True, help_text="Its place on the home page, from 1")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["storefront", "product"], name="listing_once_per_product"),
            models.UniqueConstraint(
                fields=["storefront", "featured"], condition=Q(featured__isnull=False), name="one_product_per_place"
            ),
            models.CheckConstraint(
                condition=Q(markup__isnull=True) | Q(markup__gte=0, markup__lte=1000), name="listing_markup_sane"
            ),
        ]
        indexes = [
            models.Index(fields=["storefront", "is_listed", "product"], name="listing_of_storefront"),
            models.Index(
                fields=["storefront", "product"], condition=Q(markup__isnull=False), name="listing_own_markup"
            ),
        ]


class StorefrontText(models.Model):
    """A page of a reseller's storefront in its own words: plain text, paragraphs parted by empty lines."""

    class Kind(models.TextChoices):
        CONTACT = "contact", "Contact"
        IMPRINT = "imprint", "Imprint"
        TERMS = "terms", "Terms"
        PRIVACY = "privacy", "Privacy"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    storefront = models.ForeignKey("plans.Storefront", models.PROTECT, related_name="texts")
    kind = models.CharField(max_length=8, choices=Kind)
    text = models.TextField(max_length=20_000)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["storefront", "kind"], name="text_once_per_kind"),
            models.CheckConstraint(
                condition=Q(kind__in=["contact", "imprint", "terms", "privacy"]), name="text_kind_known"
            ),
        ]
