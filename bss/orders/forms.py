"""The shape of what staff type about orders. What is allowed is asked of `plans`."""

import uuid

from django import forms

from plans.baskets import MOST_OF_ONE
from plans.models.product import Cycle
from ui.forms import LineField, ShapedForm, TypedField

QUANTITY = f"Enter a quantity from 1 to {MOST_OF_ONE:,}."
CYCLE = "Choose monthly or yearly."


def cycle_field(label: str, **kwargs) -> forms.ChoiceField:
    messages = dict.fromkeys(("required", "invalid_choice"), CYCLE)
    return forms.ChoiceField(label=label, choices=Cycle.choices, error_messages=messages, **kwargs)


def quantity_field() -> forms.IntegerField:
    messages = dict.fromkeys(("required", "invalid", "min_value", "max_value"), QUANTITY)
    return forms.IntegerField(
        min_value=1,
        max_value=MOST_OF_ONE,
        error_messages=messages,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class NewOrderForm(ShapedForm):
    """For the account at hand. `form_key` makes a double click one order."""

    product = TypedField(required=False)  # the slug, of the radio buttons that the page shows
    cycle = cycle_field("Billing cycle", widget=forms.RadioSelect, initial=Cycle.MONTH)
    reference = LineField(max_length=60, required=False, label="Reference of the reseller")
    form_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def key_for(self, user_id: int) -> str:
        """The form's key, tied to the user: nobody meets another's order by guessing its key."""
        return f"{user_id}:{self.cleaned_data.get('form_key') or uuid.uuid4()}"


class ReferenceForm(ShapedForm):
    reference = LineField(max_length=60, required=False, label="Reference of the reseller")


class AddForm(ShapedForm):
    product = TypedField(required=False)
    cycle = cycle_field("Term", initial=Cycle.MONTH)
    quantity = quantity_field()


class ItemForm(ShapedForm):
    """Term and quantity of one product; its alias has a field of its own."""

    cycle = cycle_field("Term")
    quantity = quantity_field()
