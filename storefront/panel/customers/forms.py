"""The shapes of what a reseller types about its customers. What is allowed is asked of `reselling`."""

from django import forms
from django_countries import countries

from plans.models import Account
from reselling.customers import CustomerDetails
from ui.forms import EmailField, LineField, ShapedForm, VersionField

from ...user_forms import PersonFields


class CustomerForm(ShapedForm):
    version = VersionField()
    name = LineField(max_length=120, label="Company")
    vat_id = LineField(max_length=20, required=False, label="VAT ID")
    street = LineField(max_length=160, required=False, label="Street and number")
    postal_code = LineField(max_length=20, required=False, label="Postal code")
    city = LineField(max_length=80, required=False, label="City")
    country = forms.ChoiceField(
        choices=lambda: [("", "Choose a country"), *countries],
        required=False,
        label="Country",
        error_messages={"invalid_choice": "Choose from the list."},
    )
    billing_email = EmailField(required=False, label="Billing email")

    def __init__(self, *args, customer: Account, **kwargs) -> None:
        initial = {name: getattr(customer, name) for name in self.base_fields}
        super().__init__(*args, initial=initial, **kwargs)

    def details(self) -> CustomerDetails:
        """What was typed, for the story."""
        return CustomerDetails(**{name: value for name, value in self.cleaned_data.items() if name != "version"})


class InvitationForm(PersonFields, ShapedForm):
    """A company, and the person of it who is invited first."""

    field_order = ("company", "name", "email", "phone")
    company = LineField(max_length=120, label="Company")


class SuspensionForm(ShapedForm):
    reason = LineField(max_length=300, label="Reason", help_text="You see it on the customer. The customer does not.")


class StateFilter(forms.Form):
    """`?q=mill&state=suspended`. What makes no sense filters nothing."""

    q = forms.CharField(required=False, max_length=120)
    state = forms.ChoiceField(required=False, choices=[("", "State: any"), *Account.State.choices])
