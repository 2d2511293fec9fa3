"""Billing: where the account's charges go. The checkout leads here, and this page leads back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from plans.addressing import set_billing_address

from ..billing_form import BillingForm
from ..membership import member_may


@require_http_methods(["GET", "POST"])
@member_may("buy")
def billing(request: HttpRequest) -> HttpResponse:
    account = request.visitor.account
    if request.method == "GET":
        form = BillingForm(initial={name: getattr(account, name) for name in BillingForm.base_fields})
        return render(request, "storefront/billing.html", {"form": form, "account": account})
    form = BillingForm(request.POST)
    if not form.is_valid():
        return render(request, "storefront/billing.html", {"form": form, "account": account}, status=422)
    set_billing_address(account, **form.cleaned_data, by=request.user)
    messages.success(request, "Billing address saved.")
    return redirect("checkout")
