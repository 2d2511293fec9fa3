"""See your storefront, for a reseller that has none yet: staff give name, logo and colour, and get a link to show."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from plans import links
from plans.models import Account
from plans.refusals import Refused
from reselling import branding, previews
from ui.brand_form import BrandForm

from ..permissions import StaffRequired
from .records import plain_record


class StorefrontPreview(StaffRequired, View):
    """Writes the account's draft and nothing else. Who has a storefront brands it itself."""

    permission = "plan_changes"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        account = plain_record(request.operator, number)
        if not previews.may_preview(account):
            return redirect("account_storefront", number=number)
        draft = branding.draft_of(account)
        return self.show(account, BrandForm.filled(account, draft))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account = plain_record(request.operator, number)
        if not previews.may_preview(account):
            return redirect("account_storefront", number=number)
        form, conflict = BrandForm(request.POST, request.FILES), None
        if form.is_valid():
            changes = form.changes(removes_logo=request.POST.get("do") == "remove_logo")
            try:
                branding.save_draft(account, changes=changes, seen=form.cleaned_data["version"], by=request.user)
            except Refused as refusal:
                if refusal.code == "changed_meanwhile":
                    conflict = refusal
                else:
                    form.refuse("logo", refusal.sentence)
            else:
                messages.success(request, "Saved. The link below shows it.")
                return redirect("account_storefront_preview", number=number)
        return self.show(account, form, conflict=conflict, status=422)

    def show(
        self, account: Account, form: BrandForm, *, conflict: Refused | None = None, status: int = 200
    ) -> HttpResponse:
        draft = branding.draft_of(account)
        context = {"account": account, "form": form, "conflict": conflict, "draft": draft}
        if draft:
            link = links.store_url(account.operator, previews.path_of(draft))
            context |= {"link": link, "valid_until": previews.valid_until()}
        return render(self.request, "bss/accounts/storefront_preview.html", context, status=status)
