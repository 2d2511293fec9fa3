"""Plan changes: look at the preview, then do exactly that. The ladder says whether a plan lies above or below."""

import uuid

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from plans.changing_down import change_down
from plans.models import Account, Order, PendingChange
from plans.models.product import Cycle
from plans.ordering import Confirmation, order_change
from plans.preview import Preview as Shown
from plans.preview import Timing, Wanted
from plans.previewing import preview_order
from plans.previewing_down import preview_down, usual_timing
from plans.refusals import Refused
from plans.upgrade_paths import DOWN, UP, Option, upgrade_options

from .accounts import account_of
from .callers import Caller
from .endpoints import Endpoint
from .fields import Body, Choice, Line, Text, YesNo
from .idempotency import once
from .orders import OneOrder, WholeOrderBody
from .previews import PreviewBody, shown
from .subscriptions import OneSubscription, SubscriptionBody

MOMENTS = (("now", "Now"), ("period_end", "At the end of the period that is paid for"))
ON_THE_WAY_DOWN = ("when", "with_credit", "confirm_alias")
NOT_DOWN = "This is for the way down to a smaller plan."
NOT_UP = "The way down to a smaller plan takes no alias."
NOT_CREDITED = "Only the distributor’s staff give credit, and only for a change that is made now."


class WishBody(Body):
    """How a plan is changed, whatever names the account and the plan."""

    cycle = Choice(Cycle.choices, required=False, help_text="Without it month; on the way down as it is now")
    alias = Text(required=False, allow_null=True, allow_blank=True, help_text="The Storefront Alias; null: not chosen")
    when = Choice(MOMENTS, required=False, help_text="On the way down. Without it, paid plans at the end of the period")
    with_credit = YesNo(default=False, help_text="On the way down, now, by staff: for the days that are left")


class ConfirmationBody(Body):
    """What is sent beside the wish: that the preview was looked at."""

    fingerprint = Text(max_length=64, help_text="Of the preview that was looked at")
    reference = Line(max_length=60, allow_blank=True, default="", help_text="The customer's own")
    accept_terms = YesNo(default=False, help_text="Resellers accept the terms that the preview names")
    confirm_alias = Text(
        required=False, allow_blank=True, help_text="The Storefront Alias, where a way down closes its storefront"
    )


class AccountAndPlan(Body):
    account = Text(max_length=20)
    plan = Text(max_length=20, help_text="Code of the plan to change to")


class ChangeBody(WishBody, AccountAndPlan):
    pass


class ConfirmedChangeBody(ConfirmationBody, ChangeBody):
    pass


DONE = PolymorphicProxySerializer(
    component_name="ChangedPlan",
    serializers=[WholeOrderBody, SubscriptionBody],
    resource_type_field_name=None,
)


class Change:
    """A change that somebody wants. `going`: up or down; without it, as the ladder says."""

    def __init__(self, caller: Caller, account: Account, sent: dict[str, object], *, going: str = "") -> None:
        self.caller, self.account, self.sent = caller, account, sent
        self.way = _way_to(account, sent["plan"])
        self.is_down = (going or self.way.direction) == DOWN
        self._refuse_what_does_not_fit()

    def preview(self) -> Shown:
        if self.is_down:
            return preview_down(self.account, **self._down())
        alias, by = self.sent.get("alias"), self.caller.user
        return preview_order(self.account, wanted=[self._wanted()], alias=alias, by=by, channel=self.caller.channel)

    def confirm(self, *, address: str | None) -> Order | PendingChange:
        sent = self.sent
        key, accepted, reference = f"api:{uuid.uuid4()}", sent["accept_terms"], sent["reference"]
        confirmed = Confirmation(sent["fingerprint"], key, accepted, reference, address)
        if self.is_down:
            typed = sent.get("confirm_alias", "")
            return change_down(self.account, confirmed=confirmed, typed_alias=typed, **self._down())
        who = {"channel": self.caller.channel, "by": self.caller.user}
        return order_change(self.account, wanted=self._wanted(), alias=sent.get("alias"), confirmed=confirmed, **who)

    def _wanted(self) -> Wanted:
        if self.way.product is None:
            raise self.way.refusal or Refused("plan_not_offered", plan=self.way.plan.name)
        self.way.product.plan = self.way.plan
        return Wanted(self.way.product, self.sent.get("cycle", Cycle.MONTH))

    def _down(self) -> dict[str, object]:
        about = {"to_plan": self.way.plan, "timing": self._timing(), "cycle": self.sent.get("cycle", "")}
        return about | {"channel": self.caller.channel, "by": self.caller.user}

    def _timing(self) -> Timing:
        return Timing(self.sent.get("when", usual_timing(self.way.held).when), self.sent["with_credit"])

    def _refuse_what_does_not_fit(self) -> None:
        """Nothing is left out in silence: neither what is for the other direction, nor a credit that is not given."""
        wrong = {}
        if self.is_down:
            if self.sent.get("alias"):
                wrong["alias"] = [NOT_UP]
            if self.sent["with_credit"] and (self._timing().is_later or not self.caller.is_staff):
                wrong["with_credit"] = [NOT_CREDITED]
        elif self.way.direction == UP:
            wrong = {name: [NOT_DOWN] for name in ON_THE_WAY_DOWN if self.sent.get(name)}
        if wrong:
            raise serializers.ValidationError(wrong)


def _way_to(account: Account, code: str) -> Option:
    """The plan as the ladder sees it from the account."""
    way = next((one for one in upgrade_options(account) if one.plan.code == code), None)
    if way is None:
        raise serializers.ValidationError({"plan": ["There is no such plan."]})
    return way


class PlanChange(Endpoint):
    writes, own_writes = "plan_changes", "change_plan"


class Preview(PlanChange):
    writes_nothing = True

    @extend_schema(request=ChangeBody, responses=PreviewBody)
    def post(self, request: Request) -> Response:
        """What the change would do: lines, tax, storefront, who is touched, letters, and whatever stands in its way."""
        sent = self.sent(ChangeBody)
        account = account_of(self.caller, sent["account"])
        return Response(shown(Change(self.caller, account, sent).preview()))


class Confirmed(PlanChange):
    """Something that is done as its preview said."""

    def confirmed(self, account: Account, sent: dict[str, object], *, going: str = "") -> Response:
        change = Change(self.caller, account, sent, going=going)
        done = change.confirm(address=self.request.META.get("REMOTE_ADDR"))
        if isinstance(done, Order):
            return OneOrder.now(self, done.number, status=201)
        return OneSubscription.now(self, done.subscription.number, status=201)


class Confirm(Confirmed):
    @extend_schema(request=ConfirmedChangeBody, responses={201: DONE})
    @once
    def post(self, request: Request) -> Response:
        """Do exactly what the preview said. The answer is the order, placed; of a way down at the end of the period the
        subscription, with the change that waits on it."""
        sent = self.sent(ConfirmedChangeBody)
        return self.confirmed(account_of(self.caller, sent["account"]), sent)
