"""Picture: a raster image of an account, decoded and encoded anew. What came in is never kept."""

import secrets

from django.db import models
from django.utils import timezone

WIDTHS = (64, 128, 256, 512)  # pixels; each is a file of its own, never wider than what came in


def new_token() -> str:
    return secrets.token_urlsafe(16)


class Picture(models.Model):
    """Its files are `pictures/<token>/<width>.webp` in the default storage. Rows and files never change."""

    token = models.CharField(primary_key=True, max_length=24, default=new_token, help_text="Part of its address")
    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="pictures")
    account = models.ForeignKey("plans.Account", models.PROTECT, related_name="pictures")
    width = models.PositiveIntegerField(help_text="Of what came in, in pixels")
    height = models.PositiveIntegerField()
    created_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["token", "operator"], name="picture_with_operator"),
            models.CheckConstraint(condition=models.Q(width__gt=0, height__gt=0), name="picture_has_size"),
        ]
        indexes = [models.Index(fields=["account", "created_at"], name="picture_of_account")]

    def __str__(self) -> str:
        return self.token

    @staticmethod
    def path(token: str, width: int) -> str:
        """Where the file of one of WIDTHS lies in the storage."""
        return f"pictures/{token}/{width}.webp"
