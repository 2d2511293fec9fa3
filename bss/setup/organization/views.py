from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from bss.permissions import ReadByStaff, StaffRequired
from plans import links
from plans.models import NumberSeries
from plans.organizing import change_organization, set_next_number, shown_number
from plans.refusals import Refused

from .forms import NumbersForm, OrganizationForm


class OrganizationPage(ReadByStaff, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(OrganizationForm(operator=request.operator))

    def post(self, request: HttpRequest) -> HttpResponse:
        form, conflict = OrganizationForm(request.POST, operator=request.operator), None
        if form.is_valid():
            seen = form.cleaned_data["version"]
            try:
                changed = change_organization(request.operator, seen=seen, wanted=form.wanted(), by=request.user)
            except Refused as refusal:
                conflict = refusal
            else:
                messages.success(request, "Organization saved." if changed else "Nothing was changed.")
                return redirect("organization")
        return self.show(form, conflict=conflict, status=422)

    def show(self, form: OrganizationForm, *, conflict: Refused | None = None, status: int = 200) -> HttpResponse:
        operator = self.request.operator
        series = NumberSeries.objects.filter(operator=operator).order_by("prefix")
        context = {
            "form": form,
            "conflict": conflict,
            "store_url": links.store_url(operator),
            "bss_host": settings.BSS_HOST,
            "next_numbers": [shown_number(each.prefix, each.next_number) for each in series],
        }
        return render(self.request, "bss/setup/organization/organization.html", context, status=status)


class Numbers(StaffRequired, View):
    """The dialog that lets the series of numbers go on with other ones."""

    permission = "setup"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(NumbersForm(operator=request.operator))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = NumbersForm(request.POST, operator=request.operator)
        if not form.is_valid() or not self.save(form):
            return self.show(form, status=422)
        messages.success(request, "Numbers saved." if form.cleaned_data["numbers"] else "Nothing was changed.")
        return redirect("organization")

    def save(self, form: NumbersForm) -> bool:
        """All of them, or none."""
        try:
            with transaction.atomic():
                for prefix, number in form.cleaned_data["numbers"].items():
                    field = prefix
                    set_next_number(self.request.operator, prefix, number=number, by=self.request.user)
        except Refused as refusal:
            form.refuse(field, refusal.sentence)
            return False
        return True

    def show(self, form: NumbersForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "heading": "Change numbers", "back": reverse("organization")}
        return render(self.request, "bss/setup/organization/numbers.html", context, status=status)
