"""Outbox > a letter that did not arrive > Mark as dealt with: it is nobody's task any more."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from bss.letters import row
from bss.permissions import StaffRequired
from notifications.models import Notification
from plans.lost_letters import deal_with_letter
from plans.refusals import Refused
from ui.forms import LineField, ShapedForm


class DealingForm(ShapedForm):
    note = LineField(
        max_length=120, required=False, label="What was done", help_text="Told under Activity, as in “Called Jonas.”"
    )


class DealWithLetter(StaffRequired, View):
    permission = "notifications"

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return self.show(self.letter(pk), DealingForm())

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        letter, form = self.letter(pk), DealingForm(request.POST)
        if form.is_valid():
            try:
                deal_with_letter(letter, note=form.cleaned_data["note"], by=request.user)
            except Refused as refusal:
                form.refuse(None, refusal.sentence)
            else:
                messages.success(request, "Marked as dealt with.")
                return redirect("letter", pk=pk)
        return self.show(letter, form, status=422)

    def letter(self, pk: int) -> Notification:
        letters = Notification.objects.of_operator(self.request.operator).defer("text", "html")
        return get_object_or_404(letters.select_related("account", "order", "subscription"), pk=pk)

    def show(self, letter: Notification, form: DealingForm, *, status: int = 200) -> HttpResponse:
        context = row(letter) | {
            "form": form,
            "heading": "Mark as dealt with?",
            "sub": letter.subject,
            "back": reverse("letter", args=[letter.pk]),
            "back_label": letter.subject,
        }
        return render(self.request, "bss/setup/notifications/dealing.html", context, status=status)
