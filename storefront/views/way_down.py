"""Door 5, the other way: my subscription > I want to... > Downgrade and Cancel, with the impact report; and Keep my
plan, which undoes what waits."""

import uuid
from dataclasses import dataclass, field
from functools import cached_property

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_POST

from notifications.catalogue import CATALOGUE
from plans import links
from plans.changing_down import withdraw_change
from plans.models import Account, Order, PendingChange, Plan, Subscription
from plans.refusals import PreviewStale, Refused
from plans.upgrade_paths import Option, all_below, upgrade_options
from ui import way_down
from ui.forms import form_key_of

from ..membership import MemberRequired, Visitor, member_may
from ..reasons import reasons

CHANNEL = Order.Channel.STOREFRONT


@dataclass
class Answer:
    """What there is to say about a form that was not carried out. On first sight there is nothing."""

    when: str
    form_key: str = ""
    typed: str = ""
    refused: list[Refused] = field(default_factory=list)
    is_stale: bool = False
    status: int = 200


def smaller_plans(options: list[Option]) -> list[Option]:
    """Those below that one subscribes to and that are sold here, the nearest first. What needs no subscription is had
    by cancelling."""
    return [way for way in all_below(options) if way.product and way.product.is_sold]


class WayDown(MemberRequired, View):
    """One plan subscription of the visitor's account, and the plan that it would have afterwards."""

    permission = "change_plan"
    subscription: Subscription
    plan: Plan

    @property
    def account(self) -> Account:
        return self.request.visitor.account

    def find(self, number: str) -> None:
        """A form that was sent twice is answered although its subscription has ended."""
        mine = Subscription.objects.of_account(self.account).for_plans()
        rows = mine if self.request.method == "POST" else mine.active()
        self.subscription = get_object_or_404(rows.select_related("plan", "product"), number=number)
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
            messages.success(self.request, f"Order {done.number} placed.")
            return redirect("order", done.number)
        return redirect("subscription", self.subscription.number)  # where the banner says it

    def show(self, answer: Answer) -> HttpResponse:
        found = way_down.choices(self.account, to_plan=self.plan, channel=CHANNEL, by=self.request.user)
        chosen = next((one for one in found if one.key == answer.when), found[0])
        known = {refusal.code for refusal in chosen.preview.refusals}
        said = [*chosen.preview.refusals, *(one for one in answer.refused if one.code not in known)]
        context = {
            "subscription": self.subscription,
            "choices": found,
            "chosen": chosen.key,
            "preview": chosen.preview,
            "typed": answer.typed,
            "typed_wrong": next((one.sentence for one in said if one.code == "alias_unconfirmed"), ""),
            "reasons": reasons(said, self.request),
            "is_stale": answer.is_stale,
            "form_key": answer.form_key or str(uuid.uuid4()),
            "contractual": [code for code, kind in CATALOGUE.items() if kind.contractual],
            "links": where_to_look(self.request.visitor),
            "action": f"{self.request.path}?to={self.plan.code}",
            "others": self.others(),
        }
        return render(self.request, "storefront/way_down.html", context | self.words(), status=answer.status)

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

    @cached_property
    def ways(self) -> list[Option]:
        return smaller_plans(upgrade_options(self.account))

    def others(self) -> list[Option]:
        return self.ways if len(self.ways) > 1 else []

    def words(self) -> dict[str, str]:
        down = f"Downgrade to {self.plan.name}"
        return {"heading": down, "confirm": down, "decline": f"Keep {self.subscription.plan.name} plan"}


class CancelSubscription(WayDown):
    """Back to the plan that needs no subscription."""

    def plan_wanted(self, code: str) -> Plan:
        return get_object_or_404(Plan, operator=self.request.operator, is_default=True)

    def words(self) -> dict[str, str]:
        return {
            "heading": "Cancel this subscription?",
            "confirm": "Cancel subscription",
            "decline": "Keep subscription",
        }


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
