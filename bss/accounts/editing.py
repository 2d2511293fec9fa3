"""An account is created and edited."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from plans.accounts import change_account, create_account
from plans.models import Account
from plans.refusals import Refused

from ..permissions import StaffRequired
from .forms import AccountForm
from .records import plain_record

# Which field a refusal belongs to.
FIELDS = {"currency_in_use": "currency", "not_staff": "account_manager"}


class AccountNew(StaffRequired, View):
    permission = "accounts"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(AccountForm(operator=request.operator))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AccountForm(request.POST, operator=request.operator)
        if form.is_valid():
            try:
                account = create_account(request.operator, details=form.details(), by=request.user)
            except Refused as refusal:
                form.refuse(FIELDS.get(refusal.code), refusal.sentence)
            else:
                messages.success(request, f"{account.name} created. Add a contact next.")
                return redirect("account", number=account.number)
        return self.show(form, status=422)

    def show(self, form: AccountForm, *, status: int = 200) -> HttpResponse:
        return render(self.request, "bss/accounts/form.html", {"form": form, "account": None}, status=status)


class AccountEdit(StaffRequired, View):
    permission = "accounts"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        account = plain_record(request.operator, number)
        return self.show(account, AccountForm(operator=request.operator, account=account))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account = plain_record(request.operator, number)
        form, conflict = AccountForm(request.POST, operator=request.operator, account=account), None
        if form.is_valid():
            seen = form.cleaned_data["version"]
            try:
                changed = change_account(account, seen=seen, details=form.details(), by=request.user)
            except Refused as refusal:
                if refusal.code == "changed_meanwhile":
                    conflict = refusal
                else:
                    form.refuse(FIELDS.get(refusal.code), refusal.sentence)
            else:
                messages.success(request, f"{account.name} saved." if changed else "Nothing was changed.")
                return redirect("account", number=account.number)
        return self.show(account, form, conflict=conflict, status=422)

    def show(
        self, account: Account, form: AccountForm, *, conflict: Refused | None = None, status: int = 200
    ) -> HttpResponse:
        context = {"form": form, "account": account, "conflict": conflict}
        return render(self.request, "bss/accounts/form.html", context, status=status)
