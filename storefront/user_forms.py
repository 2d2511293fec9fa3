"""The shapes of what is typed about a person who signs in for a customer: by its reseller, its Admin, itself."""

from django import forms

from plans.models import Contact
from reselling.customer_users import ROLES
from ui.forms import EmailField, LineField, ShapedForm, VersionField

MEANINGS = {
    "admin": "everything, and invites users",
    "buyer": "places orders",
    "subscriptions_manager": "changes and cancels subscriptions",
    "viewer": "sees all, changes nothing",
}


class PersonFields(forms.Form):
    name = LineField(max_length=120, label="Name", widget=forms.TextInput(attrs={"autocomplete": "off"}))
    email = EmailField(label="Email", widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    phone = LineField(max_length=40, required=False, label="Phone", widget=forms.TextInput(attrs={"type": "tel"}))


class RoleField(forms.ChoiceField):
    def __init__(self) -> None:
        choices = [(role.value, f"{role.label}: {MEANINGS[role]}") for role in ROLES]
        words = dict.fromkeys(("required", "invalid_choice"), "Choose from the list.")
        super().__init__(choices=choices, label="Role", error_messages=words)


class UserInvitationForm(PersonFields, ShapedForm):
    role = RoleField()


class ProfileForm(ShapedForm):
    """What may be changed of a person who is known: all but the email, which is somebody's sign-in."""

    version = VersionField()
    name = LineField(max_length=120, label="Name")
    phone = LineField(max_length=40, required=False, label="Phone")

    def __init__(self, *args, contact: Contact, **kwargs) -> None:
        initial = {name: getattr(contact, name) for name in ("version", "name", "phone")}
        super().__init__(*args, initial=initial | kwargs.pop("initial", {}), **kwargs)

    def values(self) -> dict[str, object]:
        """What was typed, for the story."""
        return {("seen" if name == "version" else name): value for name, value in self.cleaned_data.items()}


class UserForm(ProfileForm):
    role = RoleField()

    def __init__(self, *args, contact: Contact, **kwargs) -> None:
        held = set(contact.roles.values_list("role", flat=True))
        role = next((role.value for role in ROLES if role in held), "")
        super().__init__(*args, contact=contact, initial={"role": role}, **kwargs)
