"""Terms for resellers: their versions, and who accepted which, when, from where, for which order."""

from django.db import models
from django.utils import timezone


class TermsVersionQuerySet(models.QuerySet):
    def current(self, operator_id: int) -> "TermsVersion | None":
        return self.filter(operator_id=operator_id).order_by("-number").first()


class TermsVersion(models.Model):
    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="terms")
    number = models.PositiveIntegerField()
    text = models.TextField()
    published_at = models.DateTimeField(default=timezone.now)

    objects = TermsVersionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "number"], name="terms_number_unique")]


class TermsAcceptance(models.Model):
    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    terms = models.ForeignKey(TermsVersion, models.PROTECT, related_name="acceptances")
    account = models.ForeignKey("plans.Account", models.PROTECT, related_name="+")
    user = models.ForeignKey("plans.User", models.PROTECT, related_name="+")
    order = models.OneToOneField("plans.Order", models.PROTECT, related_name="terms_acceptance")
    accepted_at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True, blank=True, help_text="From where")

    class Meta:
        indexes = [models.Index(fields=["operator", "-id"], name="acceptance_newest")]
