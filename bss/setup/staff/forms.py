from django import forms

from plans.models import StaffMembership
from ui.forms import LineField, ShapedForm

EMAIL = "Enter an email address, as in name@example.com."
ROLE = "Choose a role."


class RoleField(forms.ChoiceField):
    def __init__(self) -> None:
        messages = {"required": ROLE, "invalid_choice": ROLE}
        super().__init__(label="Role", choices=StaffMembership.Role.choices, error_messages=messages)


class RoleForm(ShapedForm):
    role = RoleField()


class InviteForm(ShapedForm):
    email = forms.EmailField(
        label="Email",
        max_length=254,
        error_messages={"required": EMAIL, "invalid": EMAIL, "max_length": EMAIL, "null_characters_not_allowed": EMAIL},
    )
    name = LineField(max_length=120, label="Name")
    role = RoleField()
