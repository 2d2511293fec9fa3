"""My orders: the list, one order with its live progress, and what mends an order that failed."""

from datetime import date, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from plans import aliases, links
from plans.mending import cancel_order, retry_order
from plans.models import Order
from plans.refusals import Refused

from ..forms import RetryForm
from ..keyset import newest_first
from ..membership import member_may
from ..order_words import badge, progress_of
from .aliases import Said, alias_field, said_of, said_of_refusal

NOTHING_MORE = 286  # tells whoever polls to stop


@require_safe
@member_may("view")
def orders(request: HttpRequest) -> HttpResponse:
    page = newest_first(Order.objects.of_account(request.visitor.account), request)
    rows = [(order, badge(order), ", ".join(i["name"] for i in order.preview.get("items", []))) for order in page.rows]
    return render(request, "storefront/orders.html", {"rows": rows, "page": page})


@require_safe
@member_may("view")
def order(request: HttpRequest, number: str) -> HttpResponse:
    return _page(request, _mine(request, number))


@require_safe
@member_may("view")
def order_progress(request: HttpRequest, number: str) -> HttpResponse:
    """The part of the order page that changes while it is executed; 286 when it will not change any more."""
    context = _progress(request, _mine(request, number))
    status = NOTHING_MORE if context["progress"].is_over else 200
    return render(request, "storefront/order_progress.html", context, status=status)


@require_POST
@member_may("buy")
def order_cancel(request: HttpRequest, number: str) -> HttpResponse:
    mine = _mine(request, number)
    try:
        cancel_order(mine, by=request.user)
    except Refused as refusal:
        return _page(request, _mine(request, number), refusal=refusal)
    return redirect("order", number)


@require_POST
@member_may("buy")
def order_retry(request: HttpRequest, number: str) -> HttpResponse:
    """Place a failed order again, under another alias where the alias was the reason."""
    mine = _mine(request, number)
    form = RetryForm({"alias": request.POST.get("take") or request.POST.get("alias")})
    form.is_valid()
    typed = form.cleaned_data["alias"] if _asks_alias(mine) else None
    if "take" in request.POST:
        return _page(request, mine, typed=typed)
    try:
        retry_order(mine, by=request.user, alias=typed)
    except Refused as refusal:
        return _page(request, _mine(request, number), typed=typed, refusal=refusal)
    return redirect("order", number)


def _mine(request: HttpRequest, number: str) -> Order:
    """The order, if it is one of the visitor's account: others' orders are 404, as if they were not there."""
    mine = Order.objects.of_account(request.visitor.account).select_related("placed_by", "to_plan")
    return get_object_or_404(mine, number=number)


def _asks_alias(mine: Order) -> bool:
    return mine.state == Order.State.FAILED and mine.error_code.startswith("alias_")


def _page(
    request: HttpRequest, mine: Order, *, typed: str | None = None, refusal: Refused | None = None
) -> HttpResponse:
    day = mine.preview.get("renews_on", "")
    context = _progress(request, mine, typed=typed, refusal=refusal) | {
        "account": request.visitor.account,
        "stay": reverse("order", args=[mine.number]),
        "refresh": _refresh(mine),
        "is_delivered": len(mine.preview.get("items", [])) > mine.is_plan_order,  # more than the plan, or no plan
        "renews_on": date.fromisoformat(day) if day else None,
    }
    return render(request, "storefront/order.html", context)


def _refresh(mine: Order) -> int:
    """After how many seconds the page without scripts comes again: like the script, slower after a minute."""
    age = timezone.now() - (mine.placed_at or mine.created_at)
    return 3 if age < timedelta(minutes=1) else 10


def _progress(
    request: HttpRequest, mine: Order, *, typed: str | None = None, refusal: Refused | None = None
) -> dict[str, object]:
    alias, may_buy = mine.preview.get("alias", ""), request.visitor.may("buy")
    is_ready = mine.state == Order.State.EXECUTED and alias and mine.preview.get("storefront") != "park"
    return {
        "order": mine,
        "badge": badge(mine),
        "progress": progress_of(mine, operator=request.operator),
        "alias": _alias(request, mine, typed, refusal) if may_buy and _asks_alias(mine) else None,
        "refusal": refusal if refusal and not refusal.field else None,
        "may_retry": may_buy and mine.may("retry"),
        "may_cancel": may_buy and mine.may("cancel"),
        "storefront_url": links.storefront_url(request.operator, alias) if is_ready else "",
        "panel_url": links.admin_panel_url(request.operator, alias)
        if is_ready and request.visitor.may("manage_storefront")
        else "",
    }


def _alias(request: HttpRequest, mine: Order, typed: str | None, refusal: Refused | None):
    """The alias field of a failed order: as it was left, or with the alias that was the reason."""
    account, value = request.visitor.account, mine.preview.get("alias", "") if typed is None else typed
    if refusal is not None and not refusal.field:
        return alias_field(request.operator, value=value)
    answer = aliases.availability(value, operator=request.operator, account=account)
    said: Said = said_of(answer) if answer.refusal or typed is not None else Said()
    if refusal is not None and answer.refusal is None:
        said = said_of_refusal(refusal)
    return alias_field(request.operator, value=value, state=said)
