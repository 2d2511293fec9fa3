"""The Storefront Admin Panel, where a reseller runs its own storefront."""

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans import links
from plans.models import Account
from plans.refusals import SENTENCES

from .. import readiness
from ..membership import member_may


@require_safe
@member_may("manage_storefront")
def overview(request: HttpRequest) -> HttpResponse:
    shown, visitor = request.storefront, request.visitor
    if not visitor.manages(shown):  # an end customer who is Admin of its own company
        raise PermissionDenied(SENTENCES["not_permitted"])
    customers = Account.objects.filter(parent=visitor.account, kind=Account.Kind.CUSTOMER)
    return render(
        request,
        "storefront/panel.html",
        {
            "address": links.storefront_url(request.operator, request.alias),
            "checks": readiness.checks(shown),
            "customers": customers.count(),
            "limit": visitor.account.limit("customers"),
        },
    )
