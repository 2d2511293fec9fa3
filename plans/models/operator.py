"""Operator: the account that runs a BSS. Every row of business data names its operator."""

from decimal import Decimal

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.db.models import F
from django.db.models.functions import Lower
from django.utils import timezone


class OperatorQuerySet(models.QuerySet):
    def staffed_by(self, user) -> "OperatorQuerySet":
        """The operators whose BSS this user may enter."""
        return self.filter(staff__user=user, staff__is_active=True)


class Operator(models.Model):
    """A distributor as the one who sells: its store host, money, tax and sender. One store host each."""

    account = models.OneToOneField("plans.Account", models.PROTECT, null=True, blank=True, related_name="runs")
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=60)
    store_host = models.CharField(max_length=253, unique=True, help_text="Host name only: no scheme, no port")
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64, default="UTC")
    tax_name = models.CharField(max_length=40, default="VAT")
    tax_rate = models.DecimalField(
        max_digits=6, decimal_places=3, validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]
    )
    sender_name = models.CharField(max_length=120)
    sender_email = models.EmailField()
    support_email = models.EmailField()
    support_phone = models.CharField(max_length=40, blank=True)
    operations_email = models.EmailField(blank=True)
    address = models.CharField(max_length=300)
    language = models.CharField(max_length=8, default="en")
    alias_quarantine_days = models.PositiveIntegerField(default=90)
    letter_words_months = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="How long the words of letters are kept; 0: for ever"
    )
    reserved_aliases = models.JSONField(default=list, blank=True)
    watched_at = models.DateTimeField(null=True, blank=True, help_text="When a sweeper last looked for what is wrong")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = OperatorQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(tax_rate__gte=0, tax_rate__lte=100), name="operator_tax_rate"),
            models.CheckConstraint(condition=models.Q(store_host=Lower("store_host")), name="operator_host_lowercase"),
        ]

    def __str__(self) -> str:
        return self.name


class NumberSeries(models.Model):
    """The next number of a kind (AC, SO, BU) at one operator. Gaps are allowed; a number is never given twice."""

    operator = models.ForeignKey(Operator, models.CASCADE, related_name="series")
    prefix = models.CharField(max_length=4)
    next_number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "prefix"], name="one_series_per_prefix")]

    @classmethod
    def take(cls, operator_id: int, prefix: str, *, count: int = 1) -> list[str]:
        """The next `count` numbers, as in ["SO-01874"]. Holds the series row until the caller's transaction ends."""
        with transaction.atomic():
            changed = cls.objects.filter(operator_id=operator_id, prefix=prefix).update(
                next_number=F("next_number") + count
            )
            if not changed:
                cls.objects.get_or_create(operator_id=operator_id, prefix=prefix)
                return cls.take(operator_id, prefix, count=count)
            end = cls.objects.values_list("next_number", flat=True).get(operator_id=operator_id, prefix=prefix)
        return [f"{prefix}-{number:05d}" for number in range(end - count, end)]
