"""The shape of what a reseller types about its brand."""

from django import forms

from ui.brand_form import BrandForm
from ui.forms import LineField, TextField

EMAIL = "Enter an email address, as in hello@firm.com."


class BrandingForm(BrandForm):
    tagline = LineField(label="Tagline", max_length=120, required=False)
    support_email = forms.EmailField(
        label="Support email",
        max_length=254,
        error_messages=dict.fromkeys(("required", "invalid", "max_length", "null_characters_not_allowed"), EMAIL),
    )
    support_phone = LineField(label="Phone", max_length=40, required=False, widget=forms.TextInput({"type": "tel"}))
    address = TextField(label="Address", max_length=300, required=False, widget=forms.Textarea({"rows": 2}))

    def clean_address(self) -> str:
        """On one line, as letters have it."""
        return ", ".join(line.strip(" ,") for line in self.cleaned_data["address"].splitlines() if line.strip(" ,"))
