"""Who signs in for a customer, as its reseller looks after them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from plans.contacts import is_last_admin
from plans.models import Account
from plans.refusals import Refused
from reselling.customer_users import change_user, invite_user, invite_user_again, remove_user

from ...user_forms import UserForm, UserInvitationForm
from ..access import managers_only
from .finding import one_customer, one_user

FIELDS = {"person_elsewhere": "email", "contact_exists": "email", "last_admin": "role"}
asked_or_done = require_http_methods(["GET", "HEAD", "POST"])


@asked_or_done
@managers_only
def invite(request: HttpRequest, number: str) -> HttpResponse:
    customer = one_customer(request, number)
    form = UserInvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = invite_user(customer, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.refuse(FIELDS.get(refused.code), refused.sentence)
        else:
            return _done(request, customer, f"{contact.name} invited. The letter to {contact.email} is on its way.")
    context = {"form": form, "heading": "Invite a user", "label": "Send invitation"}
    return _answer(request, customer, "user", **context)


@asked_or_done
@managers_only
def edit(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    customer = one_customer(request, number)
    contact, conflict = one_user(customer, pk), None
    form = UserForm(request.POST if request.method == "POST" else None, contact=contact)
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_user(contact, **form.values(), by=request.user)
        except Refused as refused:
            if refused.code == "changed_meanwhile":
                conflict = refused
            else:
                form.refuse(FIELDS.get(refused.code), refused.sentence)
        else:
            return _done(request, customer, f"{contact.name} saved." if changed else "Nothing was changed.")
    context = {"form": form, "contact": contact, "conflict": conflict, "heading": "Edit user", "label": "Save user"}
    return _answer(request, customer, "user", **context)


@require_POST
@managers_only
def resend(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    customer = one_customer(request, number)
    contact = one_user(customer, pk)
    try:
        invite_user_again(contact, by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("panel_customers_record", number=number)
    return _done(request, customer, f"The invitation to {contact.email} is on its way.")


@asked_or_done
@managers_only
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    customer = one_customer(request, number)
    contact, refusal = one_user(customer, pk), ""
    if request.method == "POST":
        try:
            remove_user(contact, by=request.user)
        except Refused as refused:
            refusal = refused.sentence
        else:
            return _done(request, customer, f"{contact.name} can’t sign in any more.")
    elif is_last_admin(contact):
        refusal = Refused("last_admin", name=contact.name, account=customer.name).sentence
    context = {"contact": contact, "refusal": refusal, "heading": f"Remove {contact.name}"}
    return _answer(request, customer, "remove_user", **context)


def _done(request: HttpRequest, customer: Account, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("panel_customers_record", number=customer.number)


def _answer(request: HttpRequest, customer: Account, name: str, **context: object) -> HttpResponse:
    """The page; what was sent and comes back was refused."""
    back = reverse("panel_customers_record", args=[customer.number])
    status = 422 if request.method == "POST" else 200
    context |= {"customer": customer, "back": back}
    return render(request, f"storefront/panel/customers/{name}.html", context, status=status)
