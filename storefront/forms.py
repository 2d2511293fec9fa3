"""The shape of what visitors type. What is allowed is asked of the rules in `plans`, never repeated here."""

import uuid

from django import forms

from plans.baskets import MOST_OF_ONE
from plans.models.product import Cycle
from ui.forms import ONE_LINE, TypedField


class BasketItemForm(forms.Form):
    """How one product goes into the basket: its billing cycle, and how many."""

    cycle = forms.ChoiceField(
        choices=Cycle.choices, required=False, error_messages={"invalid_choice": "Choose monthly or yearly."}
    )
    quantity = forms.IntegerField(
        min_value=1,
        max_value=MOST_OF_ONE,
        required=False,
        error_messages=dict.fromkeys(
            ("invalid", "min_value", "max_value"), f"Enter a quantity from 1 to {MOST_OF_ONE:,}."
        ),
    )

    def clean_cycle(self) -> str:
        return self.cleaned_data["cycle"] or Cycle.MONTH

    def clean_quantity(self) -> int:
        return self.cleaned_data["quantity"] or 1


class CheckoutForm(forms.Form):
    """One page: the Storefront Alias, how it is paid, a reference, the terms; and what the page had shown."""

    alias = TypedField(required=False)
    payment = forms.ChoiceField(
        choices=[("account", "On account")],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose how the order is paid."),
    )
    reference = forms.CharField(
        required=False,
        max_length=60,
        error_messages={"max_length": "Use at most 60 characters.", "null_characters_not_allowed": ONE_LINE},
    )
    terms = forms.BooleanField(required=False)
    form_key = forms.UUIDField(required=False)
    fingerprint = TypedField(required=False)

    def clean_reference(self) -> str:
        reference = self.cleaned_data["reference"]
        if not reference.isprintable():
            raise forms.ValidationError(ONE_LINE)
        return reference

    def key_for(self, user_id: int) -> str:
        """The form's key, tied to the user: nobody meets another user's order by guessing its key."""
        return f"{user_id}:{self.cleaned_data['form_key'] or uuid.uuid4()}"


class RetryForm(forms.Form):
    """Another Storefront Alias for an order that failed because of its alias."""

    alias = TypedField(required=False)
