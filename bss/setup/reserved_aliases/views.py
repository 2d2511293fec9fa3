from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from bss.permissions import ReadByStaff, StaffRequired
from plans.aliases import platform_words
from plans.refusals import Refused
from plans.reserving import give_free, reserve

from .forms import ReserveForm


class ReservedAliases(ReadByStaff, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(ReserveForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReserveForm(request.POST)
        if form.is_valid():
            try:
                alias = reserve(request.operator, form.cleaned_data["alias"], by=request.user)
            except Refused as refusal:
                form.refuse("alias", refusal.sentence)
            else:
                messages.success(request, f"{alias} is reserved.")
                return redirect("reserved_aliases")
        return self.show(form, status=422)

    def show(self, form: ReserveForm, *, status: int = 200) -> HttpResponse:
        own = sorted(self.request.operator.reserved_aliases)
        context = {"form": form, "own": own, "built_in": sorted(word for word in platform_words() if word != "-")}
        return render(self.request, "bss/setup/reserved_aliases/list.html", context, status=status)


class GiveFree(StaffRequired, View):
    permission = "setup"

    def post(self, request: HttpRequest, alias: str) -> HttpResponse:
        if not give_free(request.operator, alias, by=request.user):
            raise Http404
        messages.success(request, f"{alias} is not reserved any more.")
        return redirect("reserved_aliases")
