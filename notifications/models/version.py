"""TemplateVersion: the words of a template in one language as a save left them, for its history and the way back."""

from django.db import models
from django.utils import timezone

from .template import NotificationTemplate


class TemplateVersion(models.Model):
    """`number` is the template's version from that save on. The words before the first save are kept, too."""

    template = models.ForeignKey(NotificationTemplate, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    language = models.CharField(max_length=8)
    subject = models.CharField(max_length=300)
    preview_text = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    button_label = models.CharField(max_length=60, blank=True)
    changed = models.CharField(max_length=200, blank=True, help_text="As in subject, message; empty: before all saves")
    saved_by = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["template", "language", "number"], name="template_version_once"),
        ]

    def __str__(self) -> str:
        return f"Version {self.number} of {self.template}"
