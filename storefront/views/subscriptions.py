"""My subscriptions: the list, and one subscription with its storefront, usage and history."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from plans import links
from plans.models import Account, Activity, Storefront, Subscription
from plans.refusals import SENTENCES
from plans.upgrade_paths import Option, next_way_up

from ..keyset import newest_first
from ..membership import member_may

OF_THE_ORDER = Q(verb__in=["order.place", "order.cancel"])
OF_A_PLAN = Q(verb__startswith="storefront.")
MOST_HISTORY = 50


@require_safe
@member_may("view")
def subscriptions(request: HttpRequest) -> HttpResponse:
    mine = Subscription.objects.of_account(request.visitor.account).select_related("product")
    page = newest_first(mine, request)
    return render(request, "storefront/subscriptions.html", {"page": page})


@require_safe
@member_may("view")
def subscription(request: HttpRequest, number: str) -> HttpResponse:
    account = request.visitor.account
    mine = Subscription.objects.of_account(account).select_related(
        "product", "plan", "order_item__order", "pending_change__to_plan"
    )
    found = get_object_or_404(mine, number=number)
    alias = _live_alias(account) if found.is_active and "own_storefront" in found.entitlements else ""
    limit = found.entitlements.get("customers") if found.is_active else None
    way = (
        next_way_up(account, is_sold=True)
        if found.is_active and found.plan_id and request.visitor.is_reseller
        else None
    )
    context = {
        "subscription": found,
        "order": found.order_item.order,
        "pending": getattr(found, "pending_change", None),
        "storefront_url": links.storefront_url(request.operator, alias) if alias else "",
        "panel_url": links.admin_panel_url(request.operator, alias)
        if alias and request.visitor.may("manage_storefront")
        else "",
        "way_up": way,
        "no_way_up": _why_not(request, way),
        "customers_limit": limit,
        "customers": Account.objects.customers_of(account).active().count() if limit is not None else None,
        "history": _history(found),
    }
    return render(request, "storefront/subscription.html", context)


def _why_not(request: HttpRequest, way: Option | None) -> str:
    """Why the upgrade cannot be had now; empty where it can, or where there is nothing above."""
    if way is None:
        return ""
    if not request.visitor.may("change_plan"):
        return SENTENCES["not_permitted"]
    return way.refusal.sentence if way.refusal else ""


def _live_alias(account: Account) -> str:
    own = Storefront.objects.of_reseller(account).filter(state=Storefront.State.OPEN)
    return own.values_list("claim__alias", flat=True).first() or ""


def _history(found: Subscription) -> list[Activity]:
    """What a customer is told of it, newest first: not every turn that a worker took."""
    here = Activity.objects.filter(operator_id=found.operator_id)
    told = OF_THE_ORDER | OF_A_PLAN if found.plan_id else OF_THE_ORDER
    of_order = here.filter(told, order_id=found.order_item.order_id)
    return list(of_order.union(here.filter(subscription=found)).order_by("-id")[:MOST_HISTORY])
