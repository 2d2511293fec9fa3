from django import forms

from notifications.languages import languages
from ui.forms import LineField, ShapedForm


class ProfileForm(ShapedForm):
    name = LineField(max_length=120, label="Name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    language = forms.ChoiceField(
        label="Language of letters to you",
        required=False,
        choices=lambda: [("", "As the organization’s"), *languages().items()],
        error_messages={"invalid_choice": "Choose from the list."},
    )
    single_keys = forms.BooleanField(
        required=False,
        label="Single-key shortcuts",
        help_text="Keys such as / and G work while no field has the focus. Ctrl K works either way.",
    )
