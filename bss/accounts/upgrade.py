"""Door 3: Upgrade Resellers, from the account: two steps for a plan that can be ordered, a request for the other."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from plans.models import Order, TenantRequest
from plans.refusals import Refused
from plans.tenant_requests import close_tenant_request, request_tenant
from plans.upgrade_paths import Option

from ..permissions import StaffRequired
from ..plan_changes import PlanChangeDialog, account_of, plan_called, product_of, ways_up
from .upgrade_forms import TenantRequestForm


def editions(options: list[Option]) -> list[Option]:
    """What the dialog offers: the recommended plan, and those that one can only ask for."""
    return [option for option in options if option.plan.is_recommended or not option.plan.is_offered] or options


class UpgradePlan(PlanChangeDialog):
    """Step 2: the preview of the plan with the alias, and Save."""

    channel = Order.Channel.SHORTCUT
    template = "bss/accounts/upgrade_plan.html"

    def find(self, *, number: str, plan: str) -> None:
        self.account = account_of(self.request, number)
        self.product = product_of(plan_called(self.account, plan))

    def back(self) -> tuple[str, str]:
        return reverse("account", args=[self.account.number]), self.account.name

    def words(self) -> dict[str, str]:
        return {
            "heading": f"Upgrade to {self.product.plan.name} Reseller",
            "sub": f"Step 2 of 2 · {self.account.name}",
            "confirm": "Save",
            "decline": "Cancel",
            "action": reverse("account_upgrade_plan", args=[self.account.number, self.product.plan.code]),
            "step_1": reverse("account_upgrade", args=[self.account.number]),
        }

    def lands_on(self, order: Order) -> str:
        return reverse("account_storefront", args=[self.account.number])


class UpgradeResellers(StaffRequired, View):
    """Step 1: which edition. An account that holds a plan already goes on to the upgrade of its subscription."""

    permission = "plan_changes"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        account = account_of(request, number)
        ways = ways_up(account)
        subscription = account.held().subscription
        if subscription and any(way.plan.is_offered for way in ways):
            return redirect("subscription_upgrade", subscription.number)
        wanted = next((way for way in ways if way.plan.code == request.GET.get("edition")), None)
        if wanted and wanted.plan.is_offered:
            return redirect("account_upgrade_plan", number, wanted.plan.code)
        if wanted:
            return redirect("account_tenant_request", number)
        offered = editions(ways)
        context = {
            "account": account,
            "editions": offered,
            "others": [way for way in ways if way not in offered and way.product],
            "heading": "Upgrade Resellers",
            "sub": f"Step 1 of 2 · {account.name}",
            "back": reverse("account", args=[number]),
            "back_label": account.name,
        }
        return render(request, "bss/accounts/upgrade.html", context)


class RequestTenant(StaffRequired, View):
    """The plan that is not sold yet can be asked for: price list wanted, language, a note."""

    permission = "plan_changes"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        account = account_of(request, number)
        return self.show(account, TenantRequestForm(initial={"language": account.language}))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        account = account_of(request, number)
        form = TenantRequestForm(request.POST)
        if not form.is_valid():
            return self.show(account, form, status=422)
        try:
            request_tenant(account, **form.cleaned_data, by=request.user)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            return self.show(account, form, status=422)
        messages.success(request, "Tenant request sent. Operations has been told.")
        return HttpResponseRedirect(reverse("account", args=[number]))

    def show(self, account, form: TenantRequestForm, *, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "heading": "Request Tenant",
            "sub": f"Step 2 of 2 · {account.name}",
            "action": reverse("account_tenant_request", args=[account.number]),
            "step_1": reverse("account_upgrade", args=[account.number]),
            "back": reverse("account", args=[account.number]),
            "back_label": account.name,
        }
        return render(self.request, "bss/accounts/tenant_request.html", context, status=status)


class CloseTenantRequest(StaffRequired, View):
    permission = "plan_changes"

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        account = account_of(request, number)
        wish = get_object_or_404(TenantRequest.objects.filter(account=account).select_related("account"), pk=pk)
        answered = request.POST.get("state") != TenantRequest.State.WITHDRAWN
        state = TenantRequest.State.ANSWERED if answered else TenantRequest.State.WITHDRAWN
        try:
            close_tenant_request(wish, state=state, by=request.user)
            messages.success(request, f"Tenant request {state.label.lower()}.")
        except Refused as refusal:
            messages.error(request, refusal.sentence)
        return HttpResponseRedirect(reverse("account", args=[number]))
