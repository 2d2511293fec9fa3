"""One customer: its company, who signs in for it, its subscriptions, and what happened."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.models import Activity, Subscription

from ...keyset import newest_first
from ..access import managers_only
from .finding import one_customer

MOST_USERS = 200
MOST_SUBSCRIPTIONS = 50


@require_safe
@managers_only
def customer(request: HttpRequest, number: str) -> HttpResponse:
    found = one_customer(request, number)
    people = found.contacts.filter(user__isnull=False).prefetch_related("roles").order_by("name", "pk")
    held = Subscription.objects.of_account(found).select_related("product").order_by("-pk")
    context = {
        "customer": found,
        "users": people[:MOST_USERS],
        "subscriptions": held[:MOST_SUBSCRIPTIONS],
        "page": newest_first(Activity.objects.filter(account=found), request),
    }
    return render(request, "storefront/panel/customers/record.html", context)
