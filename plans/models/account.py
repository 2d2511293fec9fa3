"""Account: a company (distributor, reseller or end customer), a tree by `parent`. Contact: a person of it."""

import re
from dataclasses import dataclass

from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower, Upper
from django.utils import timezone
from django_countries import countries

from ..asking import askable

TRIGRAM = 3  # letters
MOST_FOUND = 1000
NUMBER = re.compile(r"^(?:ac-?)?([0-9]{1,12})$", re.IGNORECASE)


@dataclass(frozen=True)
class Holding:
    """What an account holds: its plan, the active plan subscription (none on Basic), and what was sold with it."""

    plan: "Plan"  # noqa: F821
    subscription: "Subscription | None"  # noqa: F821
    entitlements: dict[str, int | None]

    @classmethod
    def by(cls, subscription: "Subscription") -> "Holding":  # noqa: F821
        return cls(subscription.plan, subscription, subscription.entitlements)

    def can(self, code: str) -> bool:
        return code in self.entitlements


class AccountQuerySet(models.QuerySet):
    def visible_to(self, user) -> "AccountQuerySet":
        """The accounts a member of BSS staff may see: those of the operators that employ them."""
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)

    def customers_of(self, reseller: "Account") -> "AccountQuerySet":
        """The end customers of a reseller, and nobody else's. The operator is the reseller's; naming it would
        lead the database through the customers of all its resellers."""
        return self.filter(parent=reseller, kind=Account.Kind.CUSTOMER)

    def active(self) -> "AccountQuerySet":
        """Those that are not suspended. Of a reseller's customers these count towards the limit of its plan."""
        return self.filter(state=Account.State.ACTIVE)

    def resellers(self) -> "AccountQuerySet":
        return self.filter(kind=Account.Kind.RESELLER)

    def matching(self, text: str, *, operator) -> "AccountQuerySet":
        """Those of the operator that people mean by a text: number, alias, name, or a contact's email.

        PostgreSQL finds three letters and more anywhere, by trigrams; fewer letters, and SQLite, at the start. No more
        than MOST_FOUND are looked at: who finds a thousand types on. No query before the rows are read.
        """
        from .storefront import AliasClaim

        text = askable(text, most=254)
        how = "icontains" if connection.vendor == "postgresql" and len(text) >= TRIGRAM else "istartswith"
        number = f"AC-{int(digits[1]):05d}" if (digits := NUMBER.match(text)) else text.upper()
        everyone = Account.objects.filter(operator=operator).order_by()
        contacts = Contact.objects.filter(operator=operator, **{f"email__{how}": text}).order_by()
        claims = AliasClaim.objects.filter(operator=operator, **{f"alias__{how}": text}).order_by()
        found = everyone.filter(number=number).values("pk")
        named = everyone.filter(**{f"name__{how}": text}).values("pk")
        found = found.union(claims.values("account"), contacts.values("account"), named, all=True)
        return self.filter(pk__in=found[:MOST_FOUND])

    def called(self, text: str, *, operator, most: int | None = None) -> "AccountQuerySet":
        """Those of the operator with this number, or whose name starts like this; `most`, or MOST_FOUND, are read."""
        everyone = Account.objects.filter(operator=operator).order_by().values("pk")
        found = everyone.filter(number=text.upper()).union(everyone.filter(name__istartswith=text), all=True)
        return self.filter(pk__in=found[: most or MOST_FOUND])


class Account(models.Model):
    class Kind(models.TextChoices):
        DISTRIBUTOR = "distributor", "Distributor"
        RESELLER = "reseller", "Reseller"
        CUSTOMER = "customer", "End customer"

    class State(models.TextChoices):
        ACTIVE = "active", "Active"
        SUSPENDED = "suspended", "Suspended"

    class TaxTreatment(models.TextChoices):
        NORMAL = "normal", "Normal"
        REVERSE_CHARGE = "reverse_charge", "Reverse charge"

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="accounts")
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    number = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=State, default=State.ACTIVE)
    suspended_reason = models.CharField(max_length=300, blank=True)
    reselling_enabled = models.BooleanField(default=True)
    has_primary_contact = models.BooleanField(
        default=False, help_text="Kept beside the contacts, to find those without"
    )
    currency = models.CharField(max_length=3)
    vat_id = models.CharField(max_length=20, blank=True)
    tax_treatment = models.CharField(max_length=16, choices=TaxTreatment, default=TaxTreatment.NORMAL)
    street = models.CharField(max_length=160, blank=True)
    postal_code = models.CharField(max_length=20, blank=True)
    city = models.CharField(max_length=80, blank=True)
    country = models.CharField(max_length=2, blank=True, help_text="ISO 3166 code, as in DE")
    billing_email = models.EmailField(blank=True)
    account_manager = models.ForeignKey("plans.User", models.SET_NULL, null=True, blank=True, related_name="+")
    language = models.CharField(
        max_length=8, blank=True, default="en", help_text="Of letters; empty, of an end customer: as the storefront's"
    )
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1, help_text="Grows with each edit: who edits an old one is told")

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["operator", "number"], name="account_number_unique"),
            models.UniqueConstraint(fields=["id", "operator"], name="account_with_operator"),
            models.CheckConstraint(
                condition=Q(kind="distributor") | Q(parent__isnull=False), name="account_has_parent"
            ),
        ]
        indexes = [
            models.Index(fields=["operator", "kind", "name", "id"], name="account_by_name"),
            models.Index(fields=["parent", "kind", "id"], name="account_by_parent"),
            models.Index(fields=["operator", "kind", "-id"], name="account_newest"),
            models.Index(fields=["operator", "kind", "created_at", "id"], name="account_by_age"),
            models.Index(fields=["operator", "state", "-id"], name="account_of_state"),
            models.Index(fields=["operator", "kind", "state", "name", "id"], name="account_by_state"),
            models.Index(fields=["operator", "kind", "country", "name", "id"], name="account_by_country"),
            models.Index(
                fields=["operator", "kind", "name", "id"],
                condition=Q(has_primary_contact=False),
                name="account_without_contact",
            ),
            models.Index("operator", Upper("name"), name="account_by_capitals"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_suspended(self) -> bool:
        return self.state == self.State.SUSPENDED

    def held(self) -> Holding:
        """The plan this account is on. One query, or two on Basic; remembered on this instance until `forget_held`."""
        return self._held if self.knows_held else self.remember_held(self._find_held())

    def forget_held(self) -> None:
        self.__dict__.pop("_held", None)

    def remember_held(self, holding: Holding) -> Holding:
        """For who has found it out together with something else."""
        self._held = holding
        return holding

    @property
    def knows_held(self) -> bool:
        return hasattr(self, "_held")

    def _find_held(self) -> Holding:
        from .plan import Plan

        subscription = self.plan_subscription()
        if subscription:
            return Holding.by(subscription)
        return Holding(*Plan.objects.default_of(self.operator_id))

    def plan_subscription(self) -> "Subscription | None":  # noqa: F821
        """The active subscription for a plan, with its plan and pending change. One query."""
        from .subscription import PLAN_SUBSCRIPTION

        return PLAN_SUBSCRIPTION.first(account=self.pk)

    def can(self, code: str) -> bool:
        """Whether the plan, as it was sold to this account, includes an entitlement such as `own_storefront`."""
        return self.held().can(code)

    def limit(self, code: str) -> int | None:
        """The limit that the plan sets, such as 10 for `customers`; None is no limit."""
        return self.held().entitlements.get(code)

    def has_billing_details(self) -> bool:
        """Enough to charge: a street, a city and a country."""
        return bool(self.street and self.city and self.country)

    def billing_address(self) -> str:
        town = f"{self.postal_code} {self.city}".strip()
        return ", ".join(part for part in (self.street, town, countries.name(self.country)) if part)


class ContactQuerySet(models.QuerySet):
    def visible_to(self, user) -> "ContactQuerySet":
        return self.filter(operator__staff__user=user, operator__staff__is_active=True)

    def primary(self) -> "ContactQuerySet":
        return self.filter(is_primary=True)


class Contact(models.Model):
    """A person of an account; at most one is primary, promised by the database; may have a User."""

    operator = models.ForeignKey("plans.Operator", models.PROTECT, related_name="+")
    account = models.ForeignKey(Account, models.PROTECT, related_name="contacts")
    user = models.ForeignKey("plans.User", models.PROTECT, null=True, blank=True, related_name="contacts")
    name = models.CharField(max_length=120)
    email = models.EmailField()
    phone = models.CharField(max_length=40, blank=True)
    language = models.CharField(max_length=8, blank=True)
    is_primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    joined_at = models.DateTimeField(null=True, blank=True, help_text="First signed in at its reseller’s storefront")
    version = models.PositiveIntegerField(default=1)

    objects = ContactQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account"], condition=Q(is_primary=True), name="one_primary_contact"),
            models.UniqueConstraint(fields=["account", "email"], name="contact_once_per_account"),
            models.UniqueConstraint(
                fields=["account", "user"], condition=Q(user__isnull=False), name="user_once_per_account"
            ),
            models.CheckConstraint(condition=Q(email=Lower("email")), name="contact_email_lowercase"),
        ]
        indexes = [models.Index(fields=["operator", "email"], name="contact_by_email")]

    def __str__(self) -> str:
        return self.name
