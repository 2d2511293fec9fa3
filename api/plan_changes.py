"""Plan changes: look at the preview, then order exactly that."""

import uuid

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from plans.models import Account, Product
from plans.models.product import Cycle
from plans.ordering import Confirmation, order_change
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.refusals import Refused
from plans.upgrade_paths import upgrade_options

from .accounts import account_of
from .endpoints import Endpoint
from .fields import Body, Choice, Line, Text, YesNo
from .idempotency import once
from .orders import OneOrder, WholeOrderBody
from .previews import PreviewBody, shown


class ChangeBody(Body):
    account = Text(max_length=20)
    plan = Text(max_length=20, help_text="Code of the plan to change to")
    cycle = Choice(Cycle.choices, default=Cycle.MONTH)
    alias = Text(required=False, allow_null=True, allow_blank=True, help_text="The Storefront Alias; null: not chosen")


class ConfirmationBody(ChangeBody):
    fingerprint = Text(max_length=64, help_text="Of the preview that was looked at")
    reference = Line(max_length=60, allow_blank=True, default="", help_text="The customer's own")
    accept_terms = YesNo(default=False, help_text="Resellers accept the terms that the preview names")


class PlanChange(Endpoint):
    writes, own_writes = "plan_changes", "change_plan"

    def wanted(self, sent: dict[str, object]) -> tuple[Account, Wanted]:
        account = account_of(self.caller, sent["account"])
        return account, Wanted(_product(account, sent["plan"]), sent["cycle"])


class Preview(PlanChange):
    writes_nothing = True

    @extend_schema(request=ChangeBody, responses=PreviewBody)
    def post(self, request: Request) -> Response:
        """What the change would do today: lines, tax, storefront, letters, and whatever stands in its way."""
        sent = self.sent(ChangeBody)
        account, wanted = self.wanted(sent)
        preview = preview_order(
            account, wanted=[wanted], alias=sent.get("alias"), by=self.caller.user, channel=self.caller.channel
        )
        return Response(shown(preview))


class Confirm(PlanChange):
    @extend_schema(request=ConfirmationBody, responses={201: WholeOrderBody})
    @once
    def post(self, request: Request) -> Response:
        """Order the change exactly as its preview said. The answer is the order, placed."""
        sent, caller = self.sent(ConfirmationBody), self.caller
        account, wanted = self.wanted(sent)
        order = order_change(
            account,
            wanted=wanted,
            alias=sent.get("alias"),
            confirmed=Confirmation(
                sent["fingerprint"],
                f"api:{uuid.uuid4()}",
                sent["accept_terms"],
                sent["reference"],
                request.META.get("REMOTE_ADDR"),
            ),
            channel=caller.channel,
            by=caller.user,
        )
        return OneOrder.now(self, order.number, status=201)


def _product(account: Account, code: str) -> Product:
    """The product that grants the plan, as the ladder sees it from the account."""
    option = next((one for one in upgrade_options(account) if one.plan.code == code), None)
    if option is None:
        raise serializers.ValidationError({"plan": ["There is no such plan."]})
    if option.product is None:
        raise option.refusal or Refused("plan_not_offered", plan=option.plan.name)
    option.product.plan = option.plan
    return option.product
