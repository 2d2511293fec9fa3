"""My subscriptions: the list, and one subscription with its storefront, usage and history."""

from dataclasses import dataclass

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from plans import links
from plans.models import Account, Activity, Storefront, Subscription
from plans.refusals import SENTENCES
from plans.upgrade_paths import Option, all_below, next_above, upgrade_options

from ..keyset import newest_first
from ..membership import member_may
from ..waiting import waiting_on
from .way_down import smaller_plans

OF_THE_ORDER = Q(verb__in=["order.place", "order.cancel"])
OF_A_PLAN = Q(verb__startswith="storefront.")
MOST_HISTORY = 50


@require_safe
@member_may("view")
def subscriptions(request: HttpRequest) -> HttpResponse:
    mine = Subscription.objects.of_account(request.visitor.account)
    page = newest_first(mine.select_related("product", "pending_change__to_plan"), request)
    waits = [found for row in page.rows if (found := waiting_on(row, visitor=request.visitor))]
    return render(request, "storefront/subscriptions.html", {"page": page, "waiting": next(iter(waits), None)})


@dataclass(frozen=True)
class Shortcut:
    """An entry of "I want to…". `reason` says why it cannot be chosen now; `said_at` is the entry that says it."""

    label: str
    icon: str
    url: str
    tone: str = ""
    reason: str = ""
    said_at: str = ""

    @property
    def says_it(self) -> bool:
        return self.said_at == self.icon


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
    is_plan = found.is_active and found.plan_id and request.visitor.is_reseller
    options = upgrade_options(account) if is_plan else []
    way = next_above(options, is_sold=True)
    panel = links.admin_panel_url(request.operator, alias) if alias and request.visitor.may("manage_storefront") else ""
    shortcuts = _shortcuts(request, found, options, panel=panel)
    context = {
        "subscription": found,
        "order": found.order_item.order,
        "waiting": waiting_on(found, visitor=request.visitor),
        "shortcuts": shortcuts,
        "cancel": next((way for way in shortcuts if way.tone == "risk"), None),
        "storefront_url": links.storefront_url(request.operator, alias) if alias else "",
        "way_up": way,
        "no_way_up": _why_not(request, way),
        "customers_limit": limit,
        "customers": Account.objects.customers_of(account).active().count() if limit is not None else None,
        "history": _history(found),
    }
    return render(request, "storefront/subscription.html", context)


def _shortcuts(request: HttpRequest, found: Subscription, options: list[Option], *, panel: str) -> list[Shortcut]:
    """What can be done with it. A reason that several have is said at the first of them."""
    below, said = all_below(options), dict[str, str]()

    def shortcut(label: str, icon: str, way: Option | None, tone: str = "") -> list[Shortcut]:
        if way is None:
            return []
        what, reason = label.partition(" ")[0].lower(), _why_not(request, way)
        url = reverse(f"subscription_{what}", args=[found.number])
        return [Shortcut(label, icon, url, tone, reason, said.setdefault(reason, icon))]

    return [
        *shortcut("Upgrade the subscription", "arrowup", next_above(options, is_sold=True)),
        *shortcut("Downgrade the subscription", "arrowdown", next(iter(smaller_plans(options)), None)),
        *([Shortcut("Customise my storefront", "brush", panel, "link")] if panel else []),
        Shortcut("Download statement", "download", reverse("statement_export"), "link"),
        *shortcut("Cancel the subscription", "ban", next((way for way in below if way.plan.is_default), None), "risk"),
    ]


def _why_not(request: HttpRequest, way: Option | None) -> str:
    """Why the plan cannot be had now; empty where it can, or where there is none."""
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
    about = here.filter(subscription=found)
    of_order = here.filter(told, order_id=found.order_item.order_id)
    of_the_end = here.filter(OF_A_PLAN, order__in=about.filter(verb="subscription.ended").values("order"))
    return list(of_order.union(about, of_the_end).order_by("-id")[:MOST_HISTORY])
