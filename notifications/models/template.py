"""NotificationTemplate: a letter's words, as one operator wants them. TemplateRecipient: who gets it besides."""

from django.db import models
from django.db.models import Q
from django.utils import timezone


class RecipientKind(models.TextChoices):
    TO = "to", "To"
    CC = "cc", "CC"
    BCC = "bcc", "BCC"


class NotificationTemplateQuerySet(models.QuerySet):
    def visible_to(self, user) -> "NotificationTemplateQuerySet":
        """The templates a member of BSS staff may see: those of the operators that employ them."""
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)

    def for_entity(self, entity: str) -> "NotificationTemplateQuerySet":
        return self.filter(entity=entity)


class NotificationTemplate(models.Model):
    """Subject, preview text, body and button label are limited Liquid (rendering.py), never Django or Jinja source.

    They are the English words; `variants` holds the others that staff wrote: a language to its four texts.
    """

    class Entity(models.TextChoices):
        ACCOUNTS = "accounts", "Accounts"
        ORDERS = "orders", "Orders"
        SUBSCRIPTIONS = "subscriptions", "Subscriptions"
        CONTACTS = "contacts", "Contacts"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="notification_templates")
    entity = models.CharField(max_length=16, choices=Entity)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    subject = models.CharField(max_length=300)
    preview_text = models.CharField(max_length=300, blank=True)
    body = models.TextField()
    button_label = models.CharField(max_length=60, blank=True)
    variants = models.JSONField(default=dict, blank=True)
    send_to_primary = models.BooleanField(default=True)
    updated_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    objects = NotificationTemplateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "code"], name="template_once_per_operator"),
            models.CheckConstraint(
                condition=Q(entity__in=["accounts", "orders", "subscriptions", "contacts"]),
                name="template_entity_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TemplateRecipient(models.Model):
    """An added recipient: a contact, a staff user or a plain address, exactly one of them."""

    template = models.ForeignKey(NotificationTemplate, models.CASCADE, related_name="recipients")
    kind = models.CharField(max_length=3, choices=RecipientKind, default=RecipientKind.BCC)
    contact = models.ForeignKey("plans.Contact", models.CASCADE, null=True, blank=True, related_name="+")
    user = models.ForeignKey("plans.User", models.CASCADE, null=True, blank=True, related_name="+")
    email = models.EmailField(max_length=254, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(contact__isnull=False, user__isnull=True, email="")
                    | Q(contact__isnull=True, user__isnull=False, email="")
                    | (Q(contact__isnull=True, user__isnull=True) & ~Q(email=""))
                ),
                name="recipient_is_one_thing",
            ),
            models.CheckConstraint(condition=Q(kind__in=["to", "cc", "bcc"]), name="recipient_kind_known"),
            models.UniqueConstraint(fields=["template", "contact"], name="recipient_contact_once"),
            models.UniqueConstraint(fields=["template", "user"], name="recipient_user_once"),
            models.UniqueConstraint(fields=["template", "email"], condition=~Q(email=""), name="recipient_email_once"),
        ]

    def __str__(self) -> str:
        return self.email or str(self.contact or self.user)
