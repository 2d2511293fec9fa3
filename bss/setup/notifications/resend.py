"""Outbox > a letter > Resend: to the same person, or to another contact of its account."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from bss.letters import row
from bss.permissions import StaffRequired
from notifications.models import Notification
from notifications.models.notification import LOST
from plans.models import Contact
from plans.refusals import Refused
from plans.resending import newest_repetition, resend_letter
from ui.forms import ShapedForm, VersionField

SAME = "same"
MOST_CONTACTS = 50
CHOOSE = "Choose who gets it."


class ResendForm(ShapedForm):
    seen = VersionField()  # the newest repetition when the form was shown
    to = forms.ChoiceField(
        label="Send to",
        widget=forms.RadioSelect,
        error_messages={"required": CHOOSE, "invalid_choice": CHOOSE},
    )

    def __init__(self, *args, letter: Notification, seen: int = 0, **kwargs) -> None:
        contacts, self.has_more = contacts_of(letter)
        self.others = [one for one in contacts if one.email.lower() != letter.recipient_email.lower()]
        # Whose address was corrected since is offered first: the old one is nobody's any more. So is somebody else
        # where the reader does not want the letter.
        is_nobodys = letter.state in LOST and len(self.others) == len(contacts)
        is_unwanted = letter.state == Notification.State.COMPLAINED
        goes_elsewhere = self.others and (is_nobodys or is_unwanted)
        initial = {"to": str(self.others[0].pk) if goes_elsewhere else SAME, "seen": seen}
        super().__init__(*args, initial=initial, **kwargs)
        name, email = letter.recipient_name, letter.recipient_email
        same = (SAME, f"The same person: {name}, {email}" if name else f"The same address: {email}")
        self.fields["to"].choices = [same, *((str(one.pk), f"{one.name}, {one.email}") for one in self.others)]

    def reader(self) -> Contact | None:
        """Who was chosen; None: who had it."""
        return next((one for one in self.others if str(one.pk) == self.cleaned_data["to"]), None)


class ResendLetter(StaffRequired, View):
    permission = "notifications"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter = self.letter(pk)
        return self.show(letter, ResendForm(letter=letter, seen=newest_repetition(letter)))

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter = self.letter(pk)
        form = ResendForm(request.POST, letter=letter)
        if not form.is_valid():
            return self.show(letter, form, status=422)
        try:
            seen = form.cleaned_data["seen"] or None
            sent, is_new = resend_letter(letter, to=form.reader(), seen=seen, by=request.user)
        except Refused as refusal:
            form.refuse("to", refusal.sentence)
            return self.show(letter, form, status=422)
        said = "Sent again" if is_new else "It had been sent again already"
        messages.success(request, f"{said} to {sent.recipient_email}.")
        return redirect("letter", pk=sent.pk)

    def letter(self, pk: int) -> Notification:
        letters = Notification.objects.of_operator(self.request.operator)
        return get_object_or_404(letters.select_related("account", "order", "subscription"), pk=pk)

    def show(self, letter: Notification, form: ResendForm, *, status: int = 200) -> HttpResponse:
        context = row(letter) | {
            "form": form,
            "most": MOST_CONTACTS,
            "heading": "Resend letter",
            "sub": letter.subject,
            "back": reverse("letter", args=[letter.pk]),
            "back_label": letter.subject,
        }
        return render(self.request, "bss/setup/notifications/resend.html", context, status=status)


def contacts_of(letter: Notification) -> tuple[list[Contact], bool]:
    """The account's contacts, the primary one first, and whether there are more than are offered; nobody for a personal
    link or a letter about no account."""
    if letter.secret_kind or letter.account_id is None:
        return [], False
    contacts = Contact.objects.filter(account_id=letter.account_id).order_by("-is_primary", "name", "pk")
    found = list(contacts[: MOST_CONTACTS + 1])
    return found[:MOST_CONTACTS], len(found) > MOST_CONTACTS
