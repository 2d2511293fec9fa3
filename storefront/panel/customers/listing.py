"""The list of customers, and the same rows as CSV."""

from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from plans.models import Account
from reselling.customers import limit_reached
from ui import csv_export

from ...keyset import newest_first
from ...reasons import reasons
from ..access import managers_only
from .finding import counted, customers_of, matching, wanted_of

HEADS = ["Customer", "Number", "State", "Users", "Active subscriptions", "City", "Country", "Since"]
MOST_EXPORTED = 100_000
CHUNK = 500


@require_safe
@managers_only
def customers(request: HttpRequest) -> HttpResponse:
    wanted, reseller = wanted_of(request), request.visitor.account
    page = newest_first(counted(matching(customers_of(request), wanted=wanted)), request)
    limit, refusal = reseller.limit("customers"), limit_reached(reseller)
    context = {
        "page": page,
        "wanted": wanted,
        "is_filtered": any(wanted.values()),
        "states": Account.State.choices,
        "export": _address(wanted),
        "limit": limit,
        "active": customers_of(request).active().count() if limit is not None else None,
        "reasons": reasons([refusal] if refusal else [], request),
    }
    return render(request, "storefront/panel/customers/list.html", context)


@require_safe
@managers_only
def export(request: HttpRequest) -> StreamingHttpResponse:
    """What the list with the same address shows, all pages of it."""
    found = counted(matching(customers_of(request), wanted=wanted_of(request))).order_by("-pk")[:MOST_EXPORTED]
    return csv_export.download("customers", heads=HEADS, rows=_rows(found))


def _rows(found) -> Iterator[list[object]]:
    for customer in found.iterator(chunk_size=CHUNK):
        since = f"{timezone.localtime(customer.created_at):%Y-%m-%d}"
        state, place = customer.get_state_display(), (customer.city, customer.country)
        yield [customer.name, customer.number, state, customer.users, customer.running, *place, since]


def _address(wanted: dict[str, str]) -> str:
    asked = urlencode({name: value for name, value in wanted.items() if value})
    return reverse("panel_customers_export") + (f"?{asked}" if asked else "")
