"""Overview: what the customer has now, whom to ask, and who one is here."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from plans.models import Subscription

from ..membership import member_may
from .tabs import page

ON_OVERVIEW = 5


@require_safe
@member_may("view")
def overview(request: HttpRequest) -> HttpResponse:
    """The reseller's own people hold nothing here, and are led to their panel."""
    visitor, held = request.visitor, []
    if not visitor.is_reseller:
        running = Subscription.objects.of_account(visitor.account).active().select_related("product")
        held = list(running.order_by("-pk")[: ON_OVERVIEW + 1])
    context = {"subscriptions": held[:ON_OVERVIEW], "has_more": len(held) > ON_OVERVIEW}
    return page(request, "overview", context)
