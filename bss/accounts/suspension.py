"""An account is deactivated, with a reason, and made active again: two dialogs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from plans.accounts import reactivate_account, suspend_account
from plans.models import Account, Storefront
from plans.refusals import Refused
from reselling.customers import reactivate_customer

from ..permissions import StaffRequired
from .forms import DeactivationForm
from .records import plain_record


class SuspensionDialog(StaffRequired, View):
    permission = "accounts"
    template, heading = "", ""

    def answer(
        self,
        account: Account,
        form: DeactivationForm | None = None,
        *,
        status: int = 200,
        reasons: list[Refused] | None = None,
    ) -> HttpResponse:
        context = {
            "account": account,
            "form": form,
            "reasons": reasons,
            "heading": f"{self.heading} {account.name}",
            "back": reverse("account", args=[account.number]),
            "back_label": account.name,
            "storefront": Storefront.objects.of_reseller(account).select_related("claim").first(),
        }
        return render(self.request, self.template, context, status=status)


class AccountDeactivate(SuspensionDialog):
    template, heading = "bss/accounts/deactivate.html", "Deactivate"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.answer(plain_record(request.operator, number), DeactivationForm())

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account = plain_record(request.operator, number)
        form = DeactivationForm(request.POST)
        if not form.is_valid():
            return self.answer(account, form, status=422)
        suspend_account(account, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"{account.name} is suspended.")
        return redirect("account", number=account.number)


class AccountReactivate(SuspensionDialog):
    template, heading = "bss/accounts/reactivate.html", "Reactivate"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.answer(plain_record(request.operator, number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account = plain_record(request.operator, number)
        is_customer = account.kind == Account.Kind.CUSTOMER
        try:
            (reactivate_customer if is_customer else reactivate_account)(account, by=request.user)
        except Refused as refused:
            return self.answer(account, status=422, reasons=[refused])
        messages.success(request, f"{account.name} is active.")
        return redirect("account", number=account.number)
