"""What is done to a customer: invited, edited, suspended, reactivated. Each is a page of its own."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from plans.models import Account
from plans.refusals import Refused
from reselling.customers import (
    CustomerDetails,
    change_customer,
    invite_customer,
    limit_reached,
    reactivate_customer,
    suspend_customer,
)

from ...reasons import reasons
from ..access import managers_only
from .finding import one_customer
from .forms import CustomerForm, InvitationForm, SuspensionForm

FIELDS = {"person_elsewhere": "email"}
asked_or_done = require_http_methods(["GET", "HEAD", "POST"])


@asked_or_done
@managers_only
def invite(request: HttpRequest) -> HttpResponse:
    """A full plan says so before anything is typed."""
    reseller, form, refusal = request.visitor.account, InvitationForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        typed = dict(form.cleaned_data)
        details = CustomerDetails(name=typed.pop("company"))
        try:
            customer = invite_customer(reseller, details=details, **typed, by=request.user)
        except Refused as refused:
            form.refuse(FIELDS.get(refused.code), refused.sentence)
            refusal = refused if refused.mend else None
        else:
            messages.success(request, f"{customer.name} invited. The letter to {typed['email']} is on its way.")
            return redirect("panel_customers_record", number=customer.number)
    refusal = refusal or limit_reached(reseller)
    context = {"form": form, "reasons": reasons([refusal] if refusal else [], request)}
    return _answer(request, "invite", **context, heading="Invite a customer", back=reverse("panel_customers"))


@asked_or_done
@managers_only
def edit(request: HttpRequest, number: str) -> HttpResponse:
    customer = one_customer(request, number)
    form, conflict = CustomerForm(request.POST if request.method == "POST" else None, customer=customer), None
    if request.method == "POST" and form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            changed = change_customer(customer, seen=seen, details=form.details(), by=request.user)
        except Refused as refused:
            conflict = refused
        else:
            messages.success(request, f"{customer.name} saved." if changed else "Nothing was changed.")
            return redirect("panel_customers_record", number=customer.number)
    context = {"customer": customer, "form": form, "conflict": conflict}
    return _answer(request, "edit", **context, heading=f"Edit {customer.name}", back=_record(customer))


@asked_or_done
@managers_only
def suspend(request: HttpRequest, number: str) -> HttpResponse:
    customer = one_customer(request, number)
    form = SuspensionForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        suspend_customer(customer, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, f"{customer.name} is suspended.")
        return redirect("panel_customers_record", number=customer.number)
    context = {"customer": customer, "form": form}
    return _answer(request, "suspend", **context, heading=f"Suspend {customer.name}", back=_record(customer))


@asked_or_done
@managers_only
def reactivate(request: HttpRequest, number: str) -> HttpResponse:
    customer, refusal = one_customer(request, number), None
    if request.method == "POST":
        try:
            reactivate_customer(customer, by=request.user)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, f"{customer.name} is active.")
            return redirect("panel_customers_record", number=customer.number)
    elif customer.is_suspended:
        refusal = limit_reached(request.visitor.account)
    context = {"customer": customer, "reasons": reasons([refusal] if refusal else [], request)}
    return _answer(request, "reactivate", **context, heading=f"Reactivate {customer.name}", back=_record(customer))


def _record(customer: Account) -> str:
    return reverse("panel_customers_record", args=[customer.number])


def _answer(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    """The page; what was sent and comes back was refused."""
    status = 422 if request.method == "POST" else 200
    return render(request, f"storefront/panel/customers/{name}.html", context, status=status)
