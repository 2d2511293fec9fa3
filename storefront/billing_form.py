"""The shape of a billing address."""

from django import forms
from django_countries import countries

from .forms import ONE_LINE


class LineField(forms.CharField):
    """One line of printable text; what is typed wrongly is said in whole sentences."""

    def __init__(self, *, most: int, missing: str = "", **options) -> None:
        words = {
            "required": missing,
            "max_length": f"Use at most {most} characters.",
            "null_characters_not_allowed": ONE_LINE,
        }
        super().__init__(max_length=most, required=bool(missing), error_messages=words, **options)

    def clean(self, value: object) -> str:
        text = super().clean(value)
        if not text.isprintable():
            raise forms.ValidationError(ONE_LINE)
        return text


class BillingForm(forms.Form):
    street = LineField(most=160, missing="Enter the street and number.")
    postal_code = LineField(most=20)
    city = LineField(most=80, missing="Enter the city.")
    country = forms.ChoiceField(
        choices=lambda: [("", "Choose a country"), *countries],
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a country."),
    )
    billing_email = forms.EmailField(
        required=False,
        max_length=254,
        error_messages=dict.fromkeys(
            ("invalid", "max_length", "null_characters_not_allowed"), "Enter an email address, as in bills@firm.com."
        ),
    )
