"""A small world in order, and one function for each way in which it can be wrecked.

The docstring of each function is the name of the invariant that it breaks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection, models
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from notifications.models import Notification
from plans.execution import execute_order
from plans.models import (
    Account,
    Activity,
    AliasClaim,
    Charge,
    Operator,
    Order,
    PendingChange,
    Plan,
    Storefront,
    Subscription,
)
from tests import cast

LONG_AGO = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass
class World:
    """A reseller on Free that has ordered Standard and got it, another one whose order failed, and a stranger."""

    order: Order
    failed: Order
    stranger: Operator

    @property
    def account(self) -> Account:
        return self.order.account

    @property
    def subscription(self) -> Subscription:
        return Subscription.objects.get(order_item__order=self.order)

    @property
    def storefront(self) -> Storefront:
        return Storefront.objects.get(account_id=self.order.account_id)


def make_world() -> World:
    nordwind = cast.distributor()
    account = cast.on_plan(cast.reseller(nordwind), "free")
    order = cast.order_plan(account, "standard", alias=None)
    execute_order(order.pk)
    late = cast.reseller(nordwind, "Late")
    failed = cast.order_plan(late, alias="latecomer")
    Account.objects.filter(pk=late.pk).update(state="suspended")
    execute_order(failed.pk)
    order.refresh_from_db()
    failed.refresh_from_db()
    assert (order.state, failed.state, failed.error_code) == ("executed", "failed", "account_suspended")
    return World(order, failed, cast.distributor("Sudlicht", host="sudlicht.test"))


def unpromised(statement: str) -> None:
    """Take a promise away: for this transaction, which is never committed."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":  # alters no table while checks wait for the commit
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        cursor.execute(statement)


def copy(row: models.Model, **changes) -> models.Model:
    row.pk = None
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)
    return row


def lose_the_subscription(world: World) -> None:
    """I1 executed upgrades have exactly one subscription"""
    Subscription.objects.filter(pk=world.subscription.pk)._raw_delete("default")


def an_item_without_subscription(world: World) -> None:
    """I1 each item of an executed order has its subscription"""
    copy(world.order.items.get(), is_plan=False, alias="")


def an_order_that_was_not_executed(world: World) -> None:
    """I2 no subscription without an executed order"""
    Order.objects.filter(pk=world.order.pk).update(state="placed", executed_at=None, next_attempt_at=Now())


def two_active_plans(world: World) -> None:
    """I3 no account with two active plan subscriptions"""
    unpromised("DROP INDEX one_active_plan_subscription")
    item = copy(world.order.items.get(), is_plan=False, alias="")
    copy(world.subscription, order_item=item, number="SUB-TWICE", replaces=None)


def one_alias_in_two_spellings(world: World) -> None:
    """I4 an alias is claimed once, whatever its case"""
    if connection.vendor == "postgresql":
        unpromised("ALTER TABLE plans_aliasclaim DROP CONSTRAINT alias_shape")
    else:
        unpromised("PRAGMA ignore_check_constraints = ON")
    try:
        copy(world.storefront.claim, alias="TechSolutions", state="held", held_until=timezone.now() + LONG_AGO)
    finally:
        if connection.vendor == "sqlite":
            unpromised("PRAGMA ignore_check_constraints = OFF")


def a_storefront_that_was_parked(world: World) -> None:
    """I5 a plan with a storefront has one that is open"""
    Storefront.objects.filter(pk=world.storefront.pk).update(state="parked", parked_at=Now())


def a_storefront_without_plan(world: World) -> None:
    """I6 no open storefront without an active plan"""
    Subscription.objects.filter(pk=world.subscription.pk).update(state="ended", ended_at=Now())


def a_storefront_without_alias(world: World) -> None:
    """I6 an open storefront has its alias in use"""
    AliasClaim.objects.filter(storefront=world.storefront).update(state="held")


def an_alias_nobody_uses(world: World) -> None:
    """I6 no alias in use without a storefront"""
    copy(world.storefront.claim, alias="nobodys")


def welcomed_twice(world: World) -> None:
    """I7 each upgrade has its welcome, none twice"""
    letter = Notification.objects.get(order=world.order, template_code="welcome_standard")
    copy(letter, key=f"{letter.key}again", recipient_email=letter.recipient_email.upper())


def never_welcomed(world: World) -> None:
    """I7 each upgrade has its welcome, none twice"""
    Notification.objects.filter(order=world.order, template_code="welcome_standard").update(order=None)


def an_order_nobody_rang_for(world: World) -> None:
    """I8 no order is stuck"""
    late = {"state": "placed", "error_code": "", "failed_at": None, "next_attempt_at": Now() - LONG_AGO}
    Order.objects.filter(pk=world.failed.pk).update(**late)


def an_order_that_is_never_due(world: World) -> None:
    """I8 no order is stuck"""
    Order.objects.filter(pk=world.failed.pk).update(state="placed", next_attempt_at=None)


def an_order_whose_worker_is_gone(world: World) -> None:
    """I8 no order is stuck"""
    gone = {"lease_owner": "00000000-0000-0000-0000-000000000001", "lease_until": Now() - LONG_AGO}
    Order.objects.filter(pk=world.failed.pk).update(state="executing", **gone)


def a_letter_nobody_carries(world: World) -> None:
    """I9 no letter is stuck"""
    Notification.objects.filter(order=world.order).update(state="queued", next_attempt_at=Now() - LONG_AGO)


def a_letter_whose_carrier_is_gone(world: World) -> None:
    """I9 no letter is stuck"""
    gone = {"lease_owner": "00000000-0000-0000-0000-000000000001", "lease_until": Now() - LONG_AGO}
    Notification.objects.filter(order=world.order).update(state="sending", next_attempt_at=None, **gone)


def a_subscription_of_another_operator(world: World) -> None:
    """I10 no row crosses operators"""
    Subscription.objects.filter(pk=world.subscription.pk).update(operator=world.stranger)


def failed_for_no_reason(world: World) -> None:
    """I12 each failed order has a reason"""
    Order.objects.filter(pk=world.failed.pk).update(error_message="")


def executed_twice_it_says(world: World) -> None:
    """I13 each executed order has one activity that says so"""
    copy(Activity.objects.get(order=world.order, to_state="executed"))


def executed_in_silence(world: World) -> None:
    """I13 each executed order has one activity that says so"""
    copy(Order.objects.get(pk=world.order.pk), number="SO-SILENT", form_key=None)


def a_hold_of_nobody(world: World) -> None:
    """I14 endless holds belong to open orders"""
    copy(world.storefront.claim, alias="forgotten", state="held", held_until=None)


def an_operator_without_account(world: World) -> None:
    """I15 each operator has its account"""
    Operator.objects.filter(pk=world.stranger.pk).update(account=None)


def a_charge_of_another_sum(world: World) -> None:
    """I16 charges add up to what was agreed"""
    Charge.objects.filter(order=world.order, kind="charge").update(net=F("net") + 1)


def a_primary_contact_nobody_knows_of(world: World) -> None:
    """I17 an account knows whether it has a primary contact"""
    Account.objects.filter(pk=world.account.pk).update(has_primary_contact=False)


def a_primary_contact_that_is_none(world: World) -> None:
    """I17 an account knows whether it has a primary contact"""
    world.account.contacts.update(is_primary=False)


def a_period_that_nobody_renewed(world: World) -> None:
    """I18 what is due has been renewed"""
    _long_held(world, days=60)


def a_period_that_was_not_charged(world: World) -> None:
    """I19 charged periods follow each other"""
    charge = _charge(world)
    copy(
        charge, order=None, period_start_on=charge.period_end_on + 2 * DAY, period_end_on=charge.period_end_on + 9 * DAY
    )


def a_day_that_was_charged_twice(world: World) -> None:
    """I19 charged periods follow each other"""
    charge = _charge(world)
    copy(charge, order=None, period_start_on=charge.period_end_on - DAY, period_end_on=charge.period_end_on + 9 * DAY)


def a_period_without_its_charge(world: World) -> None:
    """I19 a subscription is charged from its first day to its last"""
    end = F("period_end_on")
    Subscription.objects.filter(pk=world.subscription.pk).update(period_start_on=end, period_end_on=end + 30 * DAY)


def a_subscription_that_was_never_charged(world: World) -> None:
    """I19 a subscription is charged from its first day to its last"""
    _charge(world).delete()


def a_credit_for_a_period_before(world: World) -> None:
    """I20 a credit is for the last charged period"""
    Charge.objects.filter(order=world.order, kind="credit").update(period_end_on=F("period_end_on") - 3 * DAY)


def _charge(world: World) -> Charge:
    return Charge.objects.get(subscription=world.subscription, kind="charge")


def _long_held(world: World, *, days: int) -> None:
    earlier = {name: F(name) - days * DAY for name in ("period_start_on", "period_end_on")}
    Charge.objects.filter(subscription=world.subscription, kind="charge").update(**earlier)
    Subscription.objects.filter(pk=world.subscription.pk).update(anchor_on=F("anchor_on") - days * DAY, **earlier)


def a_parked_storefront_whose_alias_anybody_may_have(world: World) -> None:
    """I6 a parked storefront's alias waits for it"""
    Subscription.objects.filter(pk=world.subscription.pk).update(state="ended", ended_at=Now())
    Storefront.objects.filter(pk=world.storefront.pk).update(state="parked", parked_at=Now())


def a_change_of_what_has_ended(world: World) -> None:
    """I21 a scheduled change can and does happen"""
    ended = Subscription.objects.get(account=world.account, state="ended")
    _schedule(ended, due_on=timezone.now().date() + timedelta(days=9))


def a_change_nobody_carries_out(world: World) -> None:
    """I21 a scheduled change can and does happen"""
    _schedule(world.subscription, due_on=timezone.now().date() - timedelta(days=3))


def _schedule(subscription: Subscription, *, due_on) -> None:
    basic = Plan.objects.get(operator=subscription.operator_id, is_default=True)
    of = {"operator_id": subscription.operator_id, "subscription": subscription}
    PendingChange.objects.create(**of, to_plan=basic, due_on=due_on)


BREAKING: list[Callable[[World], None]] = [
    lose_the_subscription, an_item_without_subscription, an_order_that_was_not_executed, two_active_plans,
    one_alias_in_two_spellings, a_storefront_that_was_parked, a_storefront_without_plan, a_storefront_without_alias,
    an_alias_nobody_uses, welcomed_twice, never_welcomed, an_order_nobody_rang_for, an_order_that_is_never_due,
    an_order_whose_worker_is_gone, a_letter_nobody_carries, a_letter_whose_carrier_is_gone,
    a_subscription_of_another_operator, failed_for_no_reason, executed_twice_it_says, executed_in_silence,
    a_hold_of_nobody, an_operator_without_account, a_charge_of_another_sum,
    a_primary_contact_nobody_knows_of, a_primary_contact_that_is_none, a_period_that_nobody_renewed,
    a_period_that_was_not_charged, a_day_that_was_charged_twice, a_period_without_its_charge,
    a_subscription_that_was_never_charged, a_credit_for_a_period_before,
    a_change_of_what_has_ended, a_change_nobody_carries_out, a_parked_storefront_whose_alias_anybody_may_have,
]  # fmt: skip
