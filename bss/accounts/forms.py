"""The shapes of what staff type about an account and its people. What is allowed is asked of plans."""

from django import forms
from django_countries import countries

from notifications.languages import languages
from plans.accounts import AccountDetails
from plans.contacts import ContactDetails
from plans.models import Account, Contact, ContactRole, Operator, StaffMembership
from plans.organization_rules import CURRENCIES
from ui.forms import EmailField, LineField, ShapedForm, TypedField, VersionField

CHOOSE = dict.fromkeys(("required", "invalid_choice"), "Choose from the list.")
MEANINGS = {
    "admin": "everything, and invites users",
    "buyer": "places orders",
    "subscriptions_manager": "upgrades, downgrades and cancels plans",
    "storefront_manager": "runs the own storefront in its Storefront Admin Panel",
    "viewer": "sees orders and subscriptions, changes nothing",
}


def _choice(label: str, choices: list[tuple[str, str]], *, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=choices, required=required, error_messages=CHOOSE)


class AccountForm(ShapedForm):
    version = VersionField()
    name = LineField(max_length=120, label="Name")
    vat_id = LineField(max_length=20, required=False, label="VAT ID")
    tax_treatment = _choice("Tax treatment", Account.TaxTreatment.choices)
    currency = _choice("Currency", [])
    street = LineField(max_length=160, required=False, label="Street and number")
    postal_code = LineField(max_length=20, required=False, label="Postal code")
    city = LineField(max_length=80, required=False, label="City")
    country = _choice("Country", [], required=False)
    billing_email = EmailField(required=False, label="Billing email")
    language = _choice("Language of letters", [])
    account_manager = _choice("Account manager", [], required=False)
    reselling_enabled = forms.BooleanField(
        required=False,
        label="Reselling enabled",
        help_text="Off: the account can’t be upgraded to a reseller plan.",
    )

    def __init__(self, *args, operator: Operator, account: Account | None = None, **kwargs) -> None:
        now = account or Account(operator=operator, currency=operator.currency, language=operator.language)
        names = [name for name in self.base_fields if name != "account_manager"]
        initial = {name: getattr(now, name) for name in names} | {"account_manager": now.account_manager_id or ""}
        super().__init__(*args, initial=initial, **kwargs)
        self.managers = {str(user.pk): user for user in _staff_of(operator)}
        if now.account_manager is not None:  # who has left stays until somebody else is chosen
            self.managers.setdefault(str(now.account_manager_id), now.account_manager)
        self.fields["account_manager"].choices = [("", "None"), *self.managers.items()]
        ours = [operator.currency, *sorted(CURRENCIES - {operator.currency})]
        self.fields["currency"].choices = [(code, code) for code in dict.fromkeys([now.currency, *ours])]
        self.fields["country"].choices = [("", "Choose a country"), *countries]
        theirs = {"": "As the storefront’s"} if now.kind == Account.Kind.CUSTOMER else {now.language: now.language}
        self.fields["language"].required = now.kind != Account.Kind.CUSTOMER
        self.fields["language"].choices = list((theirs | languages()).items())

    def details(self) -> AccountDetails:
        """What was typed, for the story."""
        typed = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        typed["account_manager"] = self.managers.get(typed["account_manager"])
        return AccountDetails(**typed)


def _staff_of(operator: Operator) -> list:
    working = StaffMembership.objects.filter(operator=operator, is_active=True)
    return [each.user for each in working.select_related("user").order_by("user__name", "user__email")]


class DeactivationForm(ShapedForm):
    reason = LineField(max_length=300, label="Reason", help_text="Staff see it on the account. The reseller does not.")


class StorefrontSuspensionForm(ShapedForm):
    reason = LineField(
        max_length=300,
        label="Reason",
        help_text="The reseller reads it in its Storefront Admin Panel, staff on the account. Customers do not.",
    )


class RenamingForm(ShapedForm):
    version = VersionField()
    alias = TypedField(required=False)  # the field itself is templates/ui/alias_field.html


class ContactForm(ShapedForm):
    name = LineField(max_length=120, label="Name")
    email = EmailField(label="Email")
    phone = LineField(max_length=40, required=False, label="Phone")
    language = forms.ChoiceField(
        label="Language of letters",
        required=False,
        choices=lambda: [("", "As the account’s"), *languages().items()],
        error_messages=CHOOSE,
    )
    roles = forms.MultipleChoiceField(
        required=False,
        label="Storefront roles",
        help_text="What the person may do on the storefront. Without a role there is no sign-in.",
        widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, f"{role.label}: {MEANINGS[role]}") for role in ContactRole.Role],
        error_messages=dict.fromkeys(("invalid_choice", "invalid_list"), "Choose from the list."),
    )
    invite = forms.BooleanField(
        required=False,
        label="Send an invitation",
        help_text="An email with a link to sign in. It can be sent later, too.",
    )

    def __init__(self, *args, contact: Contact | None = None, **kwargs) -> None:
        initial = {"invite": True}
        if contact is not None:
            initial = {name: getattr(contact, name) for name in ("name", "email", "phone", "language")}
            initial["roles"] = list(contact.roles.values_list("role", flat=True))
        super().__init__(*args, initial=initial, **kwargs)
        if contact is not None:
            del self.fields["invite"]

    def clean(self) -> dict:
        cleaned = super().clean()
        if cleaned.get("invite") and not cleaned.get("roles") and "roles" not in self.errors:
            self.refuse("roles", "Choose at least one role for whom you invite.")
        return cleaned

    def details(self) -> ContactDetails:
        """What was typed, for the story."""
        typed = {name: self.cleaned_data[name] for name in ("name", "email", "phone", "language")}
        return ContactDetails(**typed, roles=frozenset(self.cleaned_data["roles"]))
