"""Door 4, the other way: Shortcuts > Downgrade and Cancel, with the impact report; and Keep plan, which undoes it."""

import uuid
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View

from plans.changing_down import withdraw_change
from plans.models import Account, Order, PendingChange, Plan, Subscription
from plans.refusals import PreviewStale, Refused
from plans.upgrade_paths import Option, all_below, upgrade_options
from ui import way_down
from ui.forms import form_key_of

from ..letters import announced
from ..permissions import StaffRequired
from ..reasons import reasons

CHANNEL = Order.Channel.SUBSCRIPTION


@dataclass
class Answer:
    """What there is to say about a form that was not carried out. On first sight there is nothing."""

    when: str
    form_key: str = ""
    typed: str = ""
    refused: list[Refused] = field(default_factory=list)
    is_stale: bool = False
    status: int = 200


class WayDown(StaffRequired, View):
    """One plan subscription, and the plan that its account would have afterwards."""

    permission = "plan_changes"
    subscription: Subscription
    account: Account
    plan: Plan

    def find(self, number: str) -> None:
        """A form that was sent twice is answered although its subscription has ended."""
        self.subscription = plan_subscription(self.request, number)
        self.account = self.subscription.account
        if not self.subscription.is_active and self.request.method != "POST":
            raise Http404
        self.ways = all_below(upgrade_options(self.account))
        self.plan = self.plan_wanted(self.request.GET.get("to", ""))

    def plan_wanted(self, code: str) -> Plan:
        raise NotImplementedError

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        self.find(number)
        return self.show(Answer(way_down.usual(self.account)))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        self.find(number)
        sent = request.POST
        answer = Answer(sent.get("when", ""), sent.get("form_key", ""), sent.get("confirm_alias", ""), status=422)
        key = form_key_of(request.user.pk, answer.form_key)
        try:
            done = way_down.confirm(
                self.account, sent, to_plan=self.plan, form_key=key, channel=CHANNEL, by=request.user
            )
        except PreviewStale:
            answer.is_stale = True
        except Refused as refusal:
            answer.refused = [refusal]
        else:
            return self.landed(done)
        return self.show(answer)

    def landed(self, done: Order | PendingChange) -> HttpResponse:
        if isinstance(done, Order):
            messages.success(self.request, f"Order {done.number} is being executed.")
            return redirect("order", done.number)
        messages.success(self.request, f"The plan changes to {done.to_plan.name} on {done.due_on:%-d %b %Y}.")
        return redirect("subscription", self.subscription.number)

    def show(self, answer: Answer) -> HttpResponse:
        found = way_down.choices(self.account, to_plan=self.plan, channel=CHANNEL, by=self.request.user)
        chosen = next((one for one in found if one.key == answer.when), found[0])
        known = {refusal.code for refusal in chosen.preview.refusals}
        said = [*chosen.preview.refusals, *(one for one in answer.refused if one.code not in known)]
        number = self.subscription.number
        context = {
            "account": self.account,
            "choices": found,
            "chosen": chosen.key,
            "preview": chosen.preview,
            "typed": answer.typed,
            "typed_wrong": next((one.sentence for one in said if one.code == "alias_unconfirmed"), ""),
            "reasons": reasons(said, account=self.account),
            "is_stale": answer.is_stale,
            "form_key": answer.form_key or str(uuid.uuid4()),
            "letters": announced(chosen.preview, operator_id=self.account.operator_id),
            "links": self.links(),
            "path": self.request.path,
            "action": f"{self.request.path}?to={self.plan.code}",
            "sub": f"{number} · {self.account.name}",
            "back": reverse("subscription", args=[number]),
            "back_label": number,
            "others": self.others(),
        }
        return render(self.request, "bss/subscriptions/way_down.html", context | self.words(), status=answer.status)

    def links(self) -> dict[str, str]:
        number = self.account.number
        return {
            "customers": reverse("account_customers", args=[number]),
            "open_orders": reverse("account_orders", args=[number]),
        }

    def others(self) -> list[Option]:
        """The plans that can be chosen instead, this one included; nothing where there is only one."""
        return []

    def words(self) -> dict[str, str]:
        """`heading`, `confirm` and `decline`."""
        raise NotImplementedError


class DowngradeSubscription(WayDown):
    """`?to=` names the plan; without it, it is the next one below. A form that comes late names it wherever it lies."""

    def plan_wanted(self, code: str) -> Plan:
        if code and self.request.method == "POST":
            return get_object_or_404(Plan, operator=self.request.operator, code=code)
        named = [way.plan for way in self.ways if way.plan.code == code or not code]
        if not named:
            raise Http404
        return named[0]

    def others(self) -> list[Option]:
        return self.ways if len(self.ways) > 1 else []

    def words(self) -> dict[str, str]:
        down = f"Downgrade to {self.plan.name}"
        return {"heading": down, "confirm": down, "decline": f"Keep {self.subscription.plan.name} plan"}


class CancelSubscription(WayDown):
    """Back to the plan that needs no subscription: the same change as a downgrade to it."""

    def plan_wanted(self, code: str) -> Plan:
        return get_object_or_404(Plan, operator=self.request.operator, is_default=True)

    def words(self) -> dict[str, str]:
        return {
            "heading": "Cancel this subscription?",
            "confirm": "Cancel subscription",
            "decline": "Keep subscription",
        }


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
