"""The people of an account: added, edited, made primary, invited, and their sign-in taken away."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from plans.contacts import (
    add_contact,
    change_contact,
    invite_again,
    is_last_admin,
    make_primary,
    remove_sign_in,
)
from plans.models import Account, Contact
from plans.refusals import Refused

from ..permissions import StaffRequired
from .forms import ContactForm
from .records import plain_record

OF_A_CUSTOMER = "The people of an end customer are looked after by its reseller."
FIELDS = {"contact_exists": "email"}


class ContactPage(StaffRequired, View):
    """For pages about one person of an account, or about a new one."""

    permission = "accounts"
    heading = ""
    template = "bss/accounts/contact.html"

    def account(self, number: str) -> Account:
        account = plain_record(self.request.operator, number)
        if account.kind != Account.Kind.RESELLER:
            raise PermissionDenied(OF_A_CUSTOMER)
        return account

    def contact(self, number: str, pk: int) -> Contact:
        account = self.account(number)
        contact = get_object_or_404(account.contacts.select_related("user"), pk=pk)
        contact.account = account
        return contact

    def answer(self, account: Account, *, status: int = 200, **more: object) -> HttpResponse:
        context = {
            "account": account,
            "heading": self.heading,
            "back": reverse("account_contacts", args=[account.number]),
            "back_label": account.name,
        }
        return render(self.request, self.template, context | more, status=status)

    def done(self, account: Account, sentence: str) -> HttpResponse:
        messages.success(self.request, sentence)
        return redirect("account_contacts", number=account.number)


class ContactNew(ContactPage):
    heading = "Add contact"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.answer(self.account(number), form=ContactForm())

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account, form = self.account(number), ContactForm(request.POST)
        if form.is_valid():
            invite = form.cleaned_data["invite"]
            try:
                contact = add_contact(account, details=form.details(), invite=invite, by=request.user)
            except Refused as refusal:
                form.refuse(FIELDS.get(refusal.code), refusal.sentence)
            else:
                sentence = f"{contact.name} added{' and invited' if invite else ''}."
                return self.done(account, sentence)
        return self.answer(account, form=form, status=422)


class ContactEdit(ContactPage):
    heading = "Edit contact"

    def get(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        contact = self.contact(number, pk)
        return self.show(contact, ContactForm(contact=contact))

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        contact = self.contact(number, pk)
        form, was_last = ContactForm(request.POST, contact=contact), is_last_admin(contact)
        if form.is_valid():
            try:
                change_contact(contact, details=form.details(), by=request.user)
            except Refused as refusal:
                form.refuse(FIELDS.get(refusal.code), refusal.sentence)
            else:
                lost = was_last and "admin" not in form.cleaned_data["roles"]
                return self.done(contact.account, f"{contact.name} saved.{without_admin(contact) if lost else ''}")
        return self.show(contact, form, status=422)

    def show(self, contact: Contact, form: ContactForm, *, status: int = 200) -> HttpResponse:
        last = is_last_admin(contact)
        return self.answer(contact.account, contact=contact, form=form, is_last_admin=last, status=status)


class ContactSignIn(ContactPage):
    """Takes the sign-in away, after asking."""

    heading = "Remove sign-in"
    template = "bss/accounts/remove_sign_in.html"

    def get(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        contact = self.contact(number, pk)
        return self.answer(contact.account, contact=contact, is_last_admin=is_last_admin(contact))

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        contact = self.contact(number, pk)
        was_last = is_last_admin(contact)
        remove_sign_in(contact, by=request.user)
        said = without_admin(contact) if was_last else ""
        return self.done(contact.account, f"{contact.name} can’t sign in any more.{said}")


class ContactPrimary(ContactPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        contact = self.contact(number, pk)
        make_primary(contact, by=request.user)
        return self.done(contact.account, f"{contact.name} is the primary contact.")


class ContactInvite(ContactPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        contact = self.contact(number, pk)
        try:
            invite_again(contact, by=request.user)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
            return redirect("contact_edit", number=number, pk=pk)
        return self.done(contact.account, f"Invitation to {contact.email} is on its way.")


def without_admin(contact: Contact) -> str:
    return f" {contact.account.name} has no Admin now: nobody there can invite users."
