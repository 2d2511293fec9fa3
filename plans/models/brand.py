"""What a reseller shows of itself: the columns that a storefront and its draft have alike, and the draft."""

from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Length, Substr
from django.db.models.lookups import Exact
from django.utils import timezone

DEFAULT_COLOUR = "#08758a"
HEX = "0123456789abcdef"


def colour_shape(field: str) -> Q:
    """`^#[0-9a-f]{6}$` as SQL that SQLite and PostgreSQL both keep, whoever writes the row."""
    strange = Func(Substr(field, 2), Value(HEX), function="LTRIM", output_field=models.CharField())
    return Q(Exact(strange, Value(""))) & Q(Exact(Length(field), 7)) & Q(**{f"{field}__startswith": "#"})


def first_brand(account) -> dict[str, str]:
    """What a storefront shows of its account until the reseller says otherwise."""
    return {"name": account.name[:60], "brand_colour": DEFAULT_COLOUR}


class Brand(models.Model):
    """Typed fields only: plain text, a colour, an email address, a picture that we encoded ourselves."""

    name = models.CharField(max_length=60)
    tagline = models.CharField(max_length=120, blank=True)
    brand_colour = models.CharField(max_length=7, default=DEFAULT_COLOUR)
    logo = models.ForeignKey("plans.Picture", models.PROTECT, null=True, blank=True, related_name="+")
    support_email = models.EmailField(blank=True)
    support_phone = models.CharField(max_length=40, blank=True)
    address = models.CharField(max_length=300, blank=True)

    FIELDS = ("name", "tagline", "brand_colour", "logo_id", "support_email", "support_phone", "address")

    class Meta:
        abstract = True

    def brand(self) -> dict[str, object]:
        """The columns that are the brand, to be written elsewhere."""
        return {name: getattr(self, name) for name in self.FIELDS}


class StorefrontDraft(Brand):
    """What nobody but the reseller sees yet: changes before they are published; before the purchase, the preview's.

    One per account. Opening a storefront makes it the storefront's brand; publishing and discarding end it.
    """

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    account = models.OneToOneField("plans.Account", models.PROTECT, related_name="storefront_draft")
    changed_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=colour_shape("brand_colour"), name="draft_colour_shape")]

    def __str__(self) -> str:
        return self.name
