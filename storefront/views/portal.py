"""The Customer Portal: what an end customer has from the reseller."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.models import Subscription

from ..keyset import newest_first
from ..membership import member_may


@require_safe
@member_may("view")
def portal(request: HttpRequest) -> HttpResponse:
    """What an end customer has from the reseller. The reseller's own people hold nothing here."""
    account = request.visitor.account
    held = Subscription.objects.of_account(account).select_related("product")
    if account.pk == request.storefront.account_id:
        held = held.none()
    return render(request, "storefront/portal.html", {"page": newest_first(held, request)})
