"""Who signs in for the customer, as its own people see them and its Admin looks after them."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.models import Account, Contact

from .. import user_acts
from ..keyset import by_name
from .access import customers_may
from .tabs import page

asked_or_done = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@customers_may("view")
def users(request: HttpRequest) -> HttpResponse:
    people = request.visitor.account.contacts.filter(user__isnull=False).prefetch_related("roles")
    return page(request, "users", {"page": by_name(people, request), "may_manage": request.visitor.may("manage_users")})


@asked_or_done
@customers_may("manage_users")
def invite(request: HttpRequest) -> HttpResponse:
    context, done = user_acts.invite(request, _customer(request))
    return _done(request, done) if done else _answer(request, "user", **context)


@asked_or_done
@customers_may("manage_users")
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    context, done = user_acts.edit(request, _user(request, pk))
    return _done(request, done) if done else _answer(request, "user", **context)


@require_POST
@customers_may("manage_users")
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    refused, done = user_acts.resend(request, _user(request, pk))
    if refused:
        messages.error(request, refused)
        return redirect("portal_users")
    return _done(request, done)


@asked_or_done
@customers_may("manage_users")
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    context, done = user_acts.remove(request, _user(request, pk))
    return _done(request, done) if done else _answer(request, "remove_user", **context)


def _customer(request: HttpRequest) -> Account:
    customer = request.visitor.account
    customer.parent = request.storefront.account
    return customer


def _user(request: HttpRequest, pk: int) -> Contact:
    """A person who signs in for the same company, else 404."""
    customer = _customer(request)
    contact = get_object_or_404(customer.contacts.filter(user__isnull=False).select_related("user"), pk=pk)
    contact.account = customer
    return contact


def _done(request: HttpRequest, sentence: str) -> HttpResponse:
    messages.success(request, sentence)
    return redirect("portal_users")


def _answer(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    """The page; what was sent and comes back was refused."""
    context |= {"back": reverse("portal_users"), "customer": request.visitor.account}
    return page(request, name, context, status=422 if request.method == "POST" else 200)
