"""What the customer holds. Without a price: what is kept with a subscription is what its reseller pays."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from plans.models import Subscription

from ..keyset import newest_first
from .access import customers_may
from .tabs import page


@require_safe
@customers_may("view")
def subscriptions(request: HttpRequest) -> HttpResponse:
    held = Subscription.objects.of_account(request.visitor.account).select_related("product")
    return page(request, "subscriptions", {"page": newest_first(held, request)})


@require_safe
@customers_may("view")
def subscription(request: HttpRequest, number: str) -> HttpResponse:
    held = Subscription.objects.of_account(request.visitor.account).select_related("product")
    return page(request, "subscription", {"subscription": get_object_or_404(held, number=number)})
