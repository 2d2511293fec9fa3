"""The wish for a plan that can't be ordered yet."""

from django import forms

from ui.forms import LineField, ShapedForm, TextField

WANTED = [("en", "English"), ("de", "German")]  # for the back office that the reseller would get


class TenantRequestForm(ShapedForm):
    price_list = LineField(label="Price list wanted", max_length=120, required=False)
    language = forms.ChoiceField(
        label="Language",
        choices=WANTED,
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a language of the list."),
    )
    note = TextField(label="Note", max_length=2000, required=False)
