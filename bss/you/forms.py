from django import forms

from ui.forms import LineField, ShapedForm


class ProfileForm(ShapedForm):
    name = LineField(max_length=120, label="Name", widget=forms.TextInput(attrs={"autocomplete": "name"}))
    single_keys = forms.BooleanField(
        required=False,
        label="Single-key shortcuts",
        help_text="Keys such as / and G work while no field has the focus. Ctrl K works either way.",
    )
