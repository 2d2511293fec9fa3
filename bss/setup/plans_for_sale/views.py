from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from bss.permissions import ReadByStaff, StaffRequired
from plans.models import Plan, PlanEdge
from plans.offering import change_plan
from plans.refusals import Refused

from .forms import PlanForm


class ResellerPlans(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        plans = Plan.objects.filter(operator=request.operator).select_related("product")
        currency = request.operator.currency
        rows = [
            {"plan": plan, "product": product, "prices": _prices(product, currency)}
            for plan in plans.prefetch_related("product__prices").order_by("rank")
            for product in [getattr(plan, "product", None)]
        ]
        return render(request, "bss/setup/plans_for_sale/list.html", {"rows": rows, "currency": currency})


def _prices(product, currency: str) -> dict[str, object]:
    return {price.cycle: price for price in product.prices.all() if price.currency == currency} if product else {}


class ResellerPlan(ReadByStaff, View):
    changing = "prices"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        plan = self.plan(code)
        return self.show(plan, PlanForm(plan=plan))

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        plan = self.plan(code)
        form, conflict = PlanForm(request.POST, plan=plan), None
        if form.is_valid():
            try:
                changed = change_plan(plan, seen=form.cleaned_data["version"], offer=form.wanted(), by=request.user)
            except Refused as refusal:
                conflict = refusal
            else:
                messages.success(request, f"{plan} plan saved." if changed else "Nothing was changed.")
                return redirect("reseller_plan", code=plan.code)
        return self.show(plan, form, conflict=conflict, status=422)

    def plan(self, code: str) -> Plan:
        plans: QuerySet[Plan] = Plan.objects.filter(operator=self.request.operator)
        return get_object_or_404(plans.select_related("operator").prefetch_related("entitlements"), code=code)

    def show(self, plan: Plan, form: PlanForm, *, conflict: Refused | None = None, status: int = 200) -> HttpResponse:
        edges = PlanEdge.objects.filter(from_plan=plan).select_related("to_plan").order_by("to_plan__rank")
        context = {"plan": plan, "form": form, "conflict": conflict, "edges": edges}
        return render(self.request, "bss/setup/plans_for_sale/plan.html", context, status=status)
