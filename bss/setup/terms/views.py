from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from bss.permissions import StaffRequired
from plans.models import TermsVersion
from plans.publishing import publish_terms
from plans.refusals import Refused

from .forms import TermsForm


class TermsPage(StaffRequired, View):
    """The current text, and all versions."""

    def get(self, request: HttpRequest) -> HttpResponse:
        versions = list(TermsVersion.objects.filter(operator=request.operator).order_by("-number").defer("text"))
        context = {"current": TermsVersion.objects.current(request.operator.pk), "versions": versions}
        return render(request, "bss/setup/terms/terms.html", context)


class TermsVersionPage(StaffRequired, View):
    def get(self, request: HttpRequest, number: int) -> HttpResponse:
        versions = TermsVersion.objects.filter(operator=request.operator)
        shown = get_object_or_404(versions, number=min(number, 2**31 - 1))  # the column ends there
        current = TermsVersion.objects.current(request.operator.pk)
        return render(request, "bss/setup/terms/version.html", {"version": shown, "current": current})


class PublishTerms(StaffRequired, View):
    permission = "setup"

    def get(self, request: HttpRequest) -> HttpResponse:
        current = TermsVersion.objects.current(request.operator.pk)
        seen = {"text": current.text, "after": current.number} if current else {"after": 0}
        return self.show(TermsForm(initial=seen))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, conflict = TermsForm(request.POST), None
        if form.is_valid():
            typed = form.cleaned_data
            try:
                published = publish_terms(request.operator, typed["text"], after=typed["after"], by=request.user)
            except Refused as refusal:
                if refusal.code == "changed_meanwhile":
                    conflict = refusal
                else:
                    form.refuse("text", refusal.sentence)
            else:
                messages.success(request, f"Version {published.number} published.")
                return redirect("terms")
        return self.show(form, conflict=conflict, status=422)

    def show(self, form: TermsForm, *, conflict: Refused | None = None, status: int = 200) -> HttpResponse:
        return render(self.request, "bss/setup/terms/new.html", {"form": form, "conflict": conflict}, status=status)
