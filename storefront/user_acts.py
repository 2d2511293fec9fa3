"""What is done to the people who sign in for a customer: the same for its reseller and for its own Admin.

Each gives what the page shows, and the sentence that says what was done; it is empty while nothing is.
"""

from django.http import HttpRequest

from plans.contacts import is_last_admin
from plans.models import Account, Contact
from plans.refusals import Refused
from reselling.customer_users import change_user, invite_user, invite_user_again, remove_user

from .user_forms import UserForm, UserInvitationForm

FIELDS = {"person_elsewhere": "email", "contact_exists": "email", "last_admin": "role"}


def invite(request: HttpRequest, customer: Account) -> tuple[dict[str, object], str]:
    form = UserInvitationForm(request.POST if request.method == "POST" else None)
    context = {"form": form, "heading": "Invite a user", "label": "Send invitation"}
    if request.method == "POST" and form.is_valid():
        try:
            contact = invite_user(customer, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.refuse(FIELDS.get(refused.code), refused.sentence)
        else:
            return context, f"{contact.name} invited. The letter to {contact.email} is on its way."
    return context, ""


def edit(request: HttpRequest, contact: Contact) -> tuple[dict[str, object], str]:
    form = UserForm(request.POST if request.method == "POST" else None, contact=contact)
    context = {"form": form, "contact": contact, "conflict": None, "heading": "Edit user", "label": "Save user"}
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_user(contact, **form.values(), by=request.user)
        except Refused as refused:
            if refused.code != "changed_meanwhile":
                form.refuse(FIELDS.get(refused.code), refused.sentence)
                return context, ""
            return context | {"conflict": refused}, ""
        return context, f"{contact.name} saved." if changed else "Nothing was changed."
    return context, ""


def resend(request: HttpRequest, contact: Contact) -> tuple[str, str]:
    """Why it was refused, or what was done."""
    try:
        invite_user_again(contact, by=request.user)
    except Refused as refused:
        return refused.sentence, ""
    return "", f"The invitation to {contact.email} is on its way."


def remove(request: HttpRequest, contact: Contact) -> tuple[dict[str, object], str]:
    context = {"contact": contact, "refusal": "", "heading": f"Remove {contact.name}"}
    if request.method == "POST":
        try:
            remove_user(contact, by=request.user)
        except Refused as refused:
            return context | {"refusal": refused.sentence}, ""
        return context, f"{contact.name} can’t sign in any more."
    if is_last_admin(contact):
        context["refusal"] = Refused("last_admin", name=contact.name, account=contact.account.name).sentence
    return context, ""
