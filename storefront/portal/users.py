"""Who signs in for the customer, as its own people see them and its Admin looks after them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.contacts import is_last_admin
from plans.models import Account, Contact
from plans.refusals import Refused
from reselling.customer_users import change_user, invite_user, invite_user_again, remove_user

from ..keyset import by_name
from ..user_forms import UserForm, UserInvitationForm
from .access import customers_may
from .tabs import page

FIELDS = {"person_elsewhere": "email", "contact_exists": "email", "last_admin": "role"}
asked_or_done = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@customers_may("view")
def users(request: HttpRequest) -> HttpResponse:
    people = request.visitor.account.contacts.filter(user__isnull=False).prefetch_related("roles")
    return page(request, "users", {"page": by_name(people, request), "may_manage": request.visitor.may("manage_users")})


@asked_or_done
@customers_may("manage_users")
def invite(request: HttpRequest) -> HttpResponse:
    customer = _customer(request)
    form = UserInvitationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            contact = invite_user(customer, **form.cleaned_data, by=request.user)
        except Refused as refused:
            form.refuse(FIELDS.get(refused.code), refused.sentence)
        else:
            return _done(request, f"{contact.name} invited. The letter to {contact.email} is on its way.")
    return _answer(request, "user", form=form, heading="Invite a user", label="Send invitation")


@asked_or_done
@customers_may("manage_users")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    contact, conflict = _user(request, pk), None
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
            return _done(request, f"{contact.name} saved." if changed else "Nothing was changed.")
    context = {"form": form, "contact": contact, "conflict": conflict}
    return _answer(request, "user", **context, heading="Edit user", label="Save user")


@require_POST
@customers_may("manage_users")
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    contact = _user(request, pk)
    try:
        invite_user_again(contact, by=request.user)
    except Refused as refused:
        messages.error(request, refused.sentence)
        return redirect("portal_users")
    return _done(request, f"The invitation to {contact.email} is on its way.")


@asked_or_done
@customers_may("manage_users")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    contact, refusal = _user(request, pk), ""
    if request.method == "POST":
        try:
            remove_user(contact, by=request.user)
        except Refused as refused:
            refusal = refused.sentence
        else:
            return _done(request, f"{contact.name} can’t sign in any more.")
    elif is_last_admin(contact):
        refusal = Refused("last_admin", name=contact.name, account=contact.account.name).sentence
    return _answer(request, "remove_user", contact=contact, refusal=refusal, heading=f"Remove {contact.name}")


def _customer(request: HttpRequest) -> Account:
    customer = request.visitor.account
    customer.parent = request.storefront.account
    return customer


def _user(request: HttpRequest, pk: int) -> Contact:
    """A person who signs in for the same company, else 404."""
    customer = _customer(request)
    contact = get_object_or_404(customer.contacts.filter(user__isnull=False).select_related("user"), pk=pk)
    contact.account = customer
    return contact


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("portal_users")


def _answer(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    """The page; what was sent and comes back was refused."""
    context |= {"back": reverse("portal_users"), "customer": request.visitor.account}
    return page(request, name, context, status=422 if request.method == "POST" else 200)
