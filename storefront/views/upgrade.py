"""Door 5: my subscription > I want to... > Upgrade. What is shown is what is ordered; the storefront stays as it is."""

import uuid
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from notifications.catalogue import CATALOGUE
from plans.models import Account, Order, Product, Subscription
from plans.ordering import Confirmation, order_change
from plans.preview import Preview, Wanted
from plans.previewing import preview_order
from plans.refusals import PreviewStale, Refused
from plans.upgrade_paths import next_way_up, upgrade_options
from ui.forms import form_key_of

from ..membership import member_may
from ..reasons import reasons
from .checkout import address_of


@dataclass
class Answer:
    """What there is to say about a form that did not become an order. On first sight there is nothing."""

    form_key: str
    cycle: str = ""
    accepted: bool = False
    refused: list[Refused] = field(default_factory=list)
    is_stale: bool = False
    status: int = 200


@require_http_methods(["GET", "HEAD", "POST"])
@member_may("change_plan")
def subscription_upgrade(request: HttpRequest, number: str) -> HttpResponse:
    """`?to=` is the plan that the form showed. Sent twice, it answers with the order that ended the subscription."""
    is_sent, account = request.method == "POST", request.visitor.account
    mine = Subscription.objects.of_account(account).for_plans()
    subscription = get_object_or_404((mine if is_sent else mine.active()).select_related("plan"), number=number)
    product = _product_to(request.GET.get("to", "") if is_sent else "", account=account)
    if not is_sent:
        return _page(request, subscription, product, answer=Answer(str(uuid.uuid4())))
    return _order(request, subscription, product)


def _product_to(code: str, *, account: Account) -> Product:
    """The product that grants the plan of the code, wherever that lies; without one, of the next that is sold."""
    if code:
        way = next((option for option in upgrade_options(account) if option.plan.code == code), None)
    else:
        way = next_way_up(account, is_sold=True)
    if way is None or way.product is None:
        raise Http404
    way.product.plan = way.plan
    return way.product


def _order(request: HttpRequest, subscription: Subscription, product: Product) -> HttpResponse:
    cycle, typed_key = request.POST.get("cycle", ""), request.POST.get("form_key", "")
    answer = Answer(typed_key, cycle, request.POST.get("terms") == "on", status=422)
    confirmed = Confirmation(
        fingerprint=request.POST.get(f"fingerprint-{cycle}", ""),
        form_key=form_key_of(request.user.pk, typed_key),
        accepted=answer.accepted,
        address=address_of(request),
    )
    try:
        order = order_change(
            request.visitor.account,
            wanted=Wanted(product, cycle),
            alias=None,
            confirmed=confirmed,
            channel=Order.Channel.STOREFRONT,
            by=request.user,
        )
    except PreviewStale:
        answer.is_stale = True
    except Refused as refusal:
        answer.refused = [refusal]
    else:
        messages.success(request, f"Order {order.number} placed.")
        return redirect("order", order.number)
    return _page(request, subscription, product, answer=answer)


def _page(request: HttpRequest, subscription: Subscription, product: Product, *, answer: Answer) -> HttpResponse:
    previews = _previews(request, product)
    preview = next((one for one in previews if one.cycle == answer.cycle), previews[0])
    known = {refusal.code for refusal in preview.refusals}
    refused = [*preview.refusals, *(each for each in answer.refused if each.code not in known)]
    context = {
        "subscription": subscription,
        "plan": product.plan,
        "previews": previews,
        "preview": preview,
        "form_key": answer.form_key or str(uuid.uuid4()),
        "accepted": answer.accepted,
        "terms_wrong": next((each.sentence for each in refused if each.code == "terms_not_accepted"), ""),
        "reasons": reasons(refused, request),
        "is_stale": answer.is_stale,
        "letters": [letter for letter in preview.letters if CATALOGUE[letter.template].contractual],
    }
    return render(request, "storefront/upgrade.html", context, status=answer.status)


def _previews(request: HttpRequest, product: Product) -> list[Preview]:
    """One for each billing cycle that has a price; at least one, which may refuse."""
    account = request.visitor.account
    cycles = sorted(price.cycle for price in product.prices.all() if price.currency == account.currency)
    wanted = [Wanted(product, cycle) for cycle in cycles or ["month"]]
    return [preview_order(account, wanted=[each], by=request.user) for each in wanted]
