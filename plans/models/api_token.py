"""ApiToken: a key for programs, kept as a hash. IdempotencyRecord: the answer that a key and a body got first."""

from datetime import timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone


class ApiTokenQuerySet(models.QuerySet):
    def alive(self) -> "ApiTokenQuerySet":
        """Neither revoked nor expired."""
        return self.filter(Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now()), revoked_at__isnull=True)

    def of_staff(self) -> "ApiTokenQuerySet":
        return self.filter(account__isnull=True)


class ApiToken(models.Model):
    """Acts as its user at one operator: as staff, or for an account as one of its contacts. Shown once, when made."""

    class Scope(models.TextChoices):
        READ = "read", "Read"
        WRITE = "write", "Read and write"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="api_tokens")
    account = models.ForeignKey("plans.Account", models.PROTECT, null=True, blank=True, related_name="api_tokens")
    user = models.ForeignKey("plans.User", models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=80)
    prefix = models.CharField(max_length=12, help_text="Its first letters, to tell tokens apart")
    digest = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the token")
    scope = models.CharField(max_length=8, choices=Scope, default=Scope.READ)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(scope__in=["read", "write"]), name="token_scope_known"),
        ]
        indexes = [models.Index(fields=["operator", "-id"], name="token_newest")]

    def __str__(self) -> str:
        return self.name


class IdempotencyRecord(models.Model):
    """One unsafe call of one caller: written with its effect, in the same transaction, and kept for a while."""

    KEPT = timedelta(hours=24)

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    user = models.ForeignKey("plans.User", models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request = models.CharField(max_length=64, help_text="SHA-256 of method, path and body")
    status = models.PositiveSmallIntegerField(default=0, help_text="0 while the first call is in flight")
    answer = models.JSONField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["operator", "user", "key"], name="one_answer_per_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_oldest")]

    def __str__(self) -> str:
        return self.key
