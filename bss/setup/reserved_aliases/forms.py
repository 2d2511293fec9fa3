from django import forms

from ui.forms import ShapedForm, TypedField


class ReserveForm(ShapedForm):
    """What was typed; plans.reserving judges it."""

    alias = TypedField(
        label="Alias to reserve",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
        help_text="3 to 40 characters: lowercase letters, digits and hyphens. Its plural is kept, too.",
        error_messages={"required": "Enter an alias."},
    )
