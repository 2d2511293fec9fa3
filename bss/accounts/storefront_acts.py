"""What the distributor does to a reseller's storefront: suspends it with a reason, opens it again, gives it another
alias. Three dialogs."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from plans.models import Account, Storefront
from plans.refusals import Refused
from plans.renaming import preview_renaming, rename_storefront
from plans.suspending import reopen_storefront, suspend_storefront
from ui.alias_field import Said, said_of_refusal

from ..alias import alias_field, said_about
from ..permissions import StaffRequired
from ..reasons import reasons
from .counting import count_of_customers
from .forms import RenamingForm, StorefrontSuspensionForm
from .records import plain_record

FROM_NOW_ON = {
    Storefront.State.OPEN: "The storefront of {} is open.",
    Storefront.State.SUSPENDED: "The storefront of {} opens when the account is active again.",
    Storefront.State.PARKED: "The storefront of {} opens with its next plan.",
}


class StorefrontDialog(StaffRequired, View):
    """About the storefront of an account; 404 where there never was one."""

    permission = "accounts"
    template, heading = "", ""

    def account(self, number: str) -> Account:
        """With its storefront as `account.storefront`."""
        account = plain_record(self.request.operator, number)
        account.storefront = get_object_or_404(Storefront.objects.of_reseller(account).select_related("claim"))
        return account

    def show(self, account: Account, *, status: int = 200, **more: object) -> HttpResponse:
        context = {
            "account": account,
            "storefront": account.storefront,
            "customers": count_of_customers(account),
            "heading": self.heading,
            "sub": account.name,
            "back": reverse("account_storefront", args=[account.number]),
            "back_label": account.name,
        }
        return render(self.request, self.template, context | more, status=status)


class StorefrontSuspend(StorefrontDialog):
    template, heading = "bss/accounts/storefront_suspend.html", "Suspend storefront"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.show(self.account(number), form=StorefrontSuspensionForm())

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account, form = self.account(number), StorefrontSuspensionForm(request.POST)
        if form.is_valid():
            try:
                suspend_storefront(account, reason=form.cleaned_data["reason"], by=request.user)
            except Refused as refusal:
                form.refuse(None, refusal.sentence)
            else:
                messages.success(request, f"The storefront of {account.name} is suspended.")
                return redirect("account_storefront", number=number)
        return self.show(account, form=form, status=422)


class StorefrontReopen(StorefrontDialog):
    template, heading = "bss/accounts/storefront_reopen.html", "Reopen storefront"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.show(self.account(number))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account = self.account(number)
        state = reopen_storefront(account, by=request.user)
        messages.success(request, FROM_NOW_ON[state].format(account.name))
        return redirect("account_storefront", number=number)


class StorefrontRename(StorefrontDialog):
    permission = "plan_changes"
    template, heading = "bss/accounts/storefront_rename.html", "Change Storefront Alias"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        account = self.account(number)
        return self.ask(account, RenamingForm(initial={"version": account.storefront.version}))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account, form, refused = self.account(number), RenamingForm(request.POST), None
        form.full_clean()
        if "take" in request.POST:  # a suggestion was chosen without a script at hand
            return self.ask(account, form, typed=request.POST["take"], status=200)
        typed, seen = form.cleaned_data["alias"], form.cleaned_data["version"]
        try:
            alias = rename_storefront(account, alias=typed, seen=seen, by=request.user)
        except Refused as refusal:
            refused = refusal
        else:
            messages.success(request, f"The storefront of {account.name} stands at {alias} now.")
            return redirect("account_storefront", number=number)
        return self.ask(account, form, typed=typed, refused=refused, status=422)

    def ask(
        self,
        account: Account,
        form: RenamingForm,
        *,
        typed: str | None = None,
        refused: Refused | None = None,
        status: int = 200,
    ) -> HttpResponse:
        shown = preview_renaming(account, typed=typed)
        conflict = refused if refused and refused.code == "changed_meanwhile" else None
        said = Said() if typed is None else self.said(account, typed, refused, *shown.refusals)
        context = {
            "form": form,
            "renaming": shown,
            "alias": alias_field(account, value=typed or "", state=said, focus=conflict is None),
            "reasons": reasons(shown.refusals, account=account),
            "conflict": conflict,
        }
        return self.show(account, status=status, **context)

    def said(self, account: Account, typed: str, *refusals: Refused | None) -> Said:
        """What is said of any alias; else what stands in the way of just this renaming."""
        said = said_about(typed, account=account)
        refusal = next((each for each in refusals if each and each.field), None)
        return said if refusal is None or said.tone == "bad" else said_of_refusal(refusal)
