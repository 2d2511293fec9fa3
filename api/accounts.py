"""Accounts and their contacts."""

from django.db.models import Case, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from plans import links
from plans.models import Account, Contact, Plan, Storefront, Subscription

from .callers import Caller
from .endpoints import Row, Rows
from .filters import AccountFilters


class AccountBody(serializers.ModelSerializer):
    parent = serializers.SlugRelatedField("number", read_only=True, allow_null=True)
    account_manager = serializers.SlugRelatedField("email", read_only=True, allow_null=True)
    billing_email = serializers.CharField(help_text="Empty: none is known.")
    plan = serializers.CharField(help_text="Code of the plan that a reseller is on; empty for others.")

    class Meta:
        model = Account
        fields = (
            "number", "name", "kind", "state", "suspended_reason", "plan", "parent", "currency", "vat_id",
            "tax_treatment", "street", "postal_code", "city", "country", "billing_email", "account_manager",
            "reselling_enabled", "language", "created_at", "version",
        )  # fmt: skip
        read_only_fields = fields


class StorefrontBody(serializers.ModelSerializer):
    alias = serializers.SerializerMethodField()
    url = serializers.SerializerMethodField()

    class Meta:
        model = Storefront
        fields = ("name", "state", "alias", "url", "opened_at", "parked_at")
        read_only_fields = fields

    def get_alias(self, window: Storefront) -> str:
        return window.claim.alias if window.claim else ""

    def get_url(self, window: Storefront) -> str:
        return links.storefront_url(self.context["request"].operator, window.claim.alias) if window.claim else ""


class WholeAccountBody(AccountBody):
    storefront = serializers.SerializerMethodField(help_text="The reseller's own storefront, or null.")

    class Meta(AccountBody.Meta):
        fields = (*AccountBody.Meta.fields, "storefront")
        read_only_fields = fields

    @extend_schema_field(StorefrontBody(allow_null=True))
    def get_storefront(self, account: Account) -> dict[str, object] | None:
        window = getattr(account, "storefront", None)
        return StorefrontBody(window, context=self.context).data if window else None


class ContactBody(serializers.ModelSerializer):
    roles = serializers.SerializerMethodField(help_text="What the contact's login may do on storefronts.")
    has_login = serializers.SerializerMethodField()

    class Meta:
        model = Contact
        fields = ("id", "name", "email", "phone", "language", "is_primary", "has_login", "roles", "created_at")
        read_only_fields = fields

    def get_roles(self, contact: Contact) -> list[str]:
        return sorted(role.role for role in contact.roles.all())

    def get_has_login(self, contact: Contact) -> bool:
        return contact.user_id is not None


def seen_by(caller: Caller) -> QuerySet:
    """Staff see the accounts of their operator; a reseller sees its own."""
    rows = Account.objects.filter(operator=caller.operator)
    return rows if caller.is_staff else rows.filter(pk=caller.account.pk)


def account_of(caller: Caller, number: str) -> Account:
    """The account with its operator loaded, as previews need it; 404 for any that the caller does not see."""
    return get_object_or_404(seen_by(caller).select_related("operator", "account_manager"), number=number)


def _with_plan(rows: QuerySet, caller: Caller) -> QuerySet:
    held = Subscription.objects.active().for_plans().filter(account=OuterRef("pk")).values("plan__code")[:1]
    default = Plan.objects.filter(operator=caller.operator, is_default=True).values("code")[:1]
    code = Case(When(kind="reseller", then=Coalesce(Subquery(held), Subquery(default))), default=Value(""))
    return rows.annotate(plan=code).select_related("parent", "account_manager")


class AccountList(Rows):
    queryset = Account.objects.none()
    serializer_class = AccountBody
    filterset_class = AccountFilters

    def order(self, request: Request) -> tuple[str, ...]:
        """By age where another table decides: PostgreSQL would else merge the two by number, from the first page on."""
        return ("-created_at", "-pk") if {"plan", "view"} & set(request.query_params) else super().order(request)

    def get_queryset(self) -> QuerySet:
        return _with_plan(seen_by(self.caller), self.caller)


class AccountPage(Row):
    queryset = Account.objects.none()
    serializer_class = WholeAccountBody

    def get_queryset(self) -> QuerySet:
        return _with_plan(seen_by(self.caller), self.caller).select_related("storefront__claim")


class ContactList(Rows):
    queryset = Contact.objects.none()
    serializer_class = ContactBody

    def get_queryset(self) -> QuerySet:
        account = get_object_or_404(seen_by(self.caller), number=self.kwargs["number"])
        return Contact.objects.filter(account=account).prefetch_related("roles")
