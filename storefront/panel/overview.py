"""Overview: where the storefront stands, and what it still lacks before its reseller shows it to customers."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans import links
from plans.models import Account

from .. import readiness
from ..waiting import waiting_on
from .access import managers_only
from .frozen import way_up, what_is_kept


@require_safe
@managers_only
def overview(request: HttpRequest) -> HttpResponse:
    shown, visitor = request.storefront, request.visitor
    customers = Account.objects.customers_of(visitor.account).active().count()
    checks = readiness.checks(shown, customers=customers)
    return render(
        request,
        "storefront/panel/overview.html",
        {
            "address": links.storefront_url(request.operator, request.alias),
            "checks": checks,
            "done": sum(check.is_done for check in checks),
            "customers": customers,
            "waiting": waiting_on(visitor.account.held().subscription, visitor=visitor),
            "kept": what_is_kept(shown, account=visitor.account, customers=customers),
            "way_up": way_up(request),
            "limit": visitor.account.limit("customers"),
        },
    )
