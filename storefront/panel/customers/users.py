"""Who signs in for a customer, as its reseller looks after them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from plans.models import Account

from ... import user_acts
from ..access import managers_only
from .finding import one_customer, one_user

asked_or_done = require_http_methods(["GET", "HEAD", "POST"])


@asked_or_done
@managers_only
def invite(request: HttpRequest, number: str) -> HttpResponse:
    customer = one_customer(request, number)
    context, done = user_acts.invite(request, customer)
    return _done(request, customer, done) if done else _answer(request, customer, "user", **context)


@asked_or_done
@managers_only
def edit(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    customer = one_customer(request, number)
    context, done = user_acts.edit(request, one_user(customer, pk))
    return _done(request, customer, done) if done else _answer(request, customer, "user", **context)


@require_POST
@managers_only
def resend(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    customer = one_customer(request, number)
    refused, done = user_acts.resend(request, one_user(customer, pk))
    if refused:
        messages.error(request, refused)
        return redirect("panel_customers_record", number=number)
    return _done(request, customer, done)


@asked_or_done
@managers_only
def remove(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    customer = one_customer(request, number)
    context, done = user_acts.remove(request, one_user(customer, pk))
    return _done(request, customer, done) if done else _answer(request, customer, "remove_user", **context)


def _done(request: HttpRequest, customer: Account, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("panel_customers_record", number=customer.number)


def _answer(request: HttpRequest, customer: Account, name: str, **context: object) -> HttpResponse:
    """The page; what was sent and comes back was refused."""
    back = reverse("panel_customers_record", args=[customer.number])
    status = 422 if request.method == "POST" else 200
    context |= {"customer": customer, "back": back}
    return render(request, f"storefront/panel/customers/{name}.html", context, status=status)
