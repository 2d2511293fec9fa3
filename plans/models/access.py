"""Who may do what: roles are sets of permissions, listed in the two tables below and nowhere else."""

from django.db import models
from django.utils import timezone

# Storefront users (PRODUCT.md section 6). A contact may have several roles.
ROLE_PERMISSIONS: dict[str, frozenset[str]] = {
    "admin": frozenset({"view", "buy", "change_plan", "manage_storefront", "manage_users"}),
    "buyer": frozenset({"view", "buy"}),
    "subscriptions_manager": frozenset({"view", "change_plan"}),
    "storefront_manager": frozenset({"view", "manage_storefront"}),
    "viewer": frozenset({"view"}),
}

# BSS staff.
STAFF_PERMISSIONS: dict[str, frozenset[str]] = {
    "administrator": frozenset(
        {"view", "accounts", "orders", "plan_changes", "execute", "notifications", "prices", "charges", "setup"}
    ),
    "account_manager": frozenset({"view", "accounts", "orders", "plan_changes", "execute"}),
    "operations": frozenset({"view", "execute", "notifications"}),
    "finance": frozenset({"view", "prices", "charges"}),
    "read_only": frozenset({"view"}),
}


class ContactRole(models.Model):
    """What a contact's user may do for the contact's account on storefronts."""

    class Role(models.TextChoices):
        ADMIN = "admin", "Admin"
        BUYER = "buyer", "Buyer"
        SUBSCRIPTIONS_MANAGER = "subscriptions_manager", "Subscriptions Manager"
        STOREFRONT_MANAGER = "storefront_manager", "My Storefront Manager"
        VIEWER = "viewer", "Viewer"

    contact = models.ForeignKey("plans.Contact", models.CASCADE, related_name="roles")
    role = models.CharField(max_length=24, choices=Role)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["contact", "role"], name="role_once_per_contact"),
            models.CheckConstraint(condition=models.Q(role__in=sorted(ROLE_PERMISSIONS)), name="contact_role_known"),
        ]


class StaffMembership(models.Model):
    """A user who works in an operator's BSS."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", "Administrator"
        ACCOUNT_MANAGER = "account_manager", "Account Manager"
        OPERATIONS = "operations", "Operations"
        FINANCE = "finance", "Finance"
        READ_ONLY = "read_only", "Read-only"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="staff")
    user = models.ForeignKey("plans.User", models.PROTECT, related_name="staff_memberships")
    role = models.CharField(max_length=16, choices=Role)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "user"], name="staff_once_per_operator"),
            models.CheckConstraint(condition=models.Q(role__in=sorted(STAFF_PERMISSIONS)), name="staff_role_known"),
        ]

    def may(self, permission: str) -> bool:
        return self.is_active and permission in STAFF_PERMISSIONS[self.role]
