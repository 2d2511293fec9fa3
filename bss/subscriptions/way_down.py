"""Door 4, the other way: Shortcuts > Downgrade and Cancel, with the impact report; and Keep plan, which undoes it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views import View

from plans.changing_down import withdraw_change
from plans.models import Order, PendingChange, Subscription
from plans.refusals import Refused
from plans.upgrade_paths import all_below, upgrade_options
from ui.way_down import Cancel, Choice, Downgrade, WayDownPage

from ..letters import announced
from ..permissions import StaffRequired
from ..reasons import reasons

CHANNEL = Order.Channel.SUBSCRIPTION


class WayDown(StaffRequired, WayDownPage, View):
    permission = "plan_changes"
    channel = CHANNEL
    template = "bss/subscriptions/way_down.html"

    def find(self, number: str) -> None:
        self.subscription = plan_subscription(self.request, number)
        self.account = self.subscription.account
        if not self.subscription.is_active and self.request.method != "POST":
            raise Http404
        self.ways = all_below(upgrade_options(self.account))
        self.plan = self.plan_wanted(self.request.GET.get("to", ""))

    def landed(self, done: Order | PendingChange) -> HttpResponse:
        if isinstance(done, Order):
            messages.success(self.request, f"Order {done.number} is being executed.")
            return redirect("order", done.number)
        messages.success(self.request, f"The plan changes to {done.to_plan.name} on {done.due_on:%-d %b %Y}.")
        return redirect("subscription", self.subscription.number)

    def more(self, found: list[Choice], chosen: Choice, said: list[Refused]) -> dict[str, object]:
        number, account = self.subscription.number, self.account
        return {
            "account": account,
            "reasons": reasons(said, account=account),
            "reports": [(one, announced(one.preview, operator_id=account.operator_id)) for one in found],
            "links": {
                "customers": reverse("account_customers", args=[account.number]),
                "open_orders": reverse("account_orders", args=[account.number]),
            },
            "sub": f"{number} · {account.name}",
            "back": reverse("subscription", args=[number]),
            "back_label": number,
        }


class DowngradeSubscription(Downgrade, WayDown):
    """`?to=` names the plan."""


class CancelSubscription(Cancel, WayDown):
    """Back to the default plan."""


class KeepPlan(StaffRequired, View):
    """Undo of a change that waits: one click."""

    permission = "plan_changes"

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        subscription = plan_subscription(request, number)
        try:
            withdraw_change(subscription, channel=CHANNEL, by=request.user)
        except Refused as refusal:
            messages.error(request, refusal.sentence)
        else:
            messages.success(request, f"{subscription.account.name} stays on the {subscription.plan.name} plan.")
        return HttpResponseRedirect(reverse("subscription", args=[number]))


def plan_subscription(request: HttpRequest, number: str) -> Subscription:
    """With its account, as the stories need it."""
    mine = Subscription.objects.filter(operator=request.operator).for_plans()
    found = get_object_or_404(mine.select_related("account__account_manager", "plan"), number=number)
    found.account.operator = request.operator
    return found
