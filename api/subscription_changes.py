"""What is done with a plan's subscription: upgrade, downgrade, cancel. Each is a plan change of its account."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plans.changing_down import withdraw_change
from plans.models import Account, Plan
from plans.upgrade_paths import DOWN, UP

from .accounts import account_of
from .fields import Nothing, Text
from .idempotency import once
from .plan_changes import DONE, ConfirmationBody, Confirmed, PlanChange, WishBody
from .subscriptions import OneSubscription, SubscriptionBody, seen_by


class EndBody(ConfirmationBody, WishBody):
    pass


class StepBody(EndBody):
    plan = Text(max_length=20, help_text="Code of the plan to change to")


class OfSubscription(Confirmed):
    def account(self, number: str) -> Account:
        """Of the plan subscription, active; 404 for any that the caller does not see."""
        held = seen_by(self.caller).for_plans().active().select_related("account")
        return account_of(self.caller, get_object_or_404(held, number=number).account.number)


class Upgrade(OfSubscription):
    @extend_schema(request=StepBody, responses={201: DONE})
    @once
    def post(self, request: Request, number: str) -> Response:
        """Change to a plan above, exactly as the preview said. The answer is the order, placed."""
        return self.confirmed(self.account(number), self.sent(StepBody), going=UP)


class Downgrade(OfSubscription):
    @extend_schema(request=StepBody, responses={201: DONE})
    @once
    def post(self, request: Request, number: str) -> Response:
        """Change to a plan below, exactly as the preview said. The answer is the order, or at the end of the period the
        subscription with the change that waits on it."""
        return self.confirmed(self.account(number), self.sent(StepBody), going=DOWN)


class CancelPlan(OfSubscription):
    @extend_schema(request=EndBody, responses={201: DONE})
    @once
    def post(self, request: Request, number: str) -> Response:
        """Change to the plan that needs no subscription, exactly as the preview said. Answers as a downgrade does."""
        default = Plan.objects.get(operator=self.caller.operator, is_default=True)
        return self.confirmed(self.account(number), self.sent(EndBody) | {"plan": default.code}, going=DOWN)


class Undo(PlanChange):
    @extend_schema(request=Nothing, responses=SubscriptionBody)
    @once
    def post(self, request: Request, number: str) -> Response:
        """Withdraw the change that waits on the subscription: the plan stays."""
        self.sent(Nothing)
        found = get_object_or_404(seen_by(self.caller).for_plans().select_related("account", "plan"), number=number)
        found.account = account_of(self.caller, found.account.number)
        withdraw_change(found, channel=self.caller.channel, by=self.caller.user)
        return OneSubscription.now(self, number)
