"""Door 5, the other way: my subscription > I want to... > Downgrade and Cancel, with the impact report; and Keep my
plan, which undoes what waits."""

from functools import cached_property

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_POST

from notifications.catalogue import CATALOGUE
from plans import links
from plans.changing_down import withdraw_change
from plans.models import Account, Order, PendingChange, Subscription
from plans.refusals import Refused
from plans.upgrade_paths import Option, all_below, upgrade_options
from ui.way_down import Cancel, Choice, Downgrade, WayDownPage

from ..membership import MemberRequired, Visitor, member_may
from ..reasons import reasons

CHANNEL = Order.Channel.STOREFRONT


def smaller_plans(options: list[Option]) -> list[Option]:
    """Those below that one subscribes to and that are sold here, the nearest first. What needs no subscription is had
    by cancelling."""
    return [way for way in all_below(options) if way.product and way.product.is_sold]


class WayDown(MemberRequired, WayDownPage, View):
    permission = "change_plan"
    channel = CHANNEL
    template = "storefront/way_down.html"

    @property
    def account(self) -> Account:
        return self.request.visitor.account

    def find(self, number: str) -> None:
        mine = Subscription.objects.of_account(self.account).for_plans()
        rows = mine if self.request.method == "POST" else mine.active()
        self.subscription = get_object_or_404(rows.select_related("plan", "product"), number=number)
        self.plan = self.plan_wanted(self.request.GET.get("to", ""))

    def landed(self, done: Order | PendingChange) -> HttpResponse:
        if isinstance(done, Order):
            messages.success(self.request, f"Order {done.number} placed.")
            return redirect("order", done.number)
        return redirect("subscription", self.subscription.number)  # where the banner says it

    def more(self, found: list[Choice], chosen: Choice, said: list[Refused]) -> dict[str, object]:
        return {
            "reasons": reasons(said, self.request),
            "contractual": [code for code, kind in CATALOGUE.items() if kind.contractual],
            "links": where_to_look(self.request.visitor),
        }


class DowngradeSubscription(Downgrade, WayDown):
    """`?to=` names the plan."""

    @cached_property
    def ways(self) -> list[Option]:
        return smaller_plans(upgrade_options(self.account))


class CancelSubscription(Cancel, WayDown):
    """Back to the default plan."""


@require_POST
@member_may("change_plan")
def keep_plan(request: HttpRequest, number: str) -> HttpResponse:
    """Undo of a change that waits: one click."""
    mine = Subscription.objects.of_account(request.visitor.account).for_plans()
    subscription = get_object_or_404(mine.select_related("plan"), number=number)
    subscription.account = request.visitor.account
    try:
        withdraw_change(subscription, channel=CHANNEL, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"You stay on the {subscription.plan.name} plan.")
    return redirect("subscription", number)


def where_to_look(visitor: Visitor) -> dict[str, str]:
    """The rooms that show who is touched, for who may go there."""
    found = {"open_orders": reverse("orders")}
    if visitor.header.alias and visitor.may("manage_storefront"):
        rooms = {"customers": "customers", "listed_products": "catalogue"}
        panel = links.admin_panel_url(visitor.account.operator, visitor.header.alias)
        found |= {touched: f"{panel}{room}/" for touched, room in rooms.items()}
    return found
