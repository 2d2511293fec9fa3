"""What changed between placing and execution still refuses the order: it fails with its reason, and keeps its alias."""

import pytest
from django.utils import timezone

from plans.execution import execute_order
from plans.mending import retry_order
from plans.models import Account, AliasClaim, Order, Plan, Storefront, Subscription
from plans.verify import broken
from tests import cast

pytestmark = pytest.mark.django_db

RESELLING_OFF = "Reselling is not enabled for this account. Enable it under Edit account first."
SUSPENDED = "Tech Solutions is suspended. Nothing can be ordered until it is active again."


@pytest.fixture
def account():
    return cast.reseller(cast.distributor())


def update(account: Account, **fields) -> None:
    Account.objects.filter(pk=account.pk).update(**fields)


def plan_is_withdrawn(account):
    Plan.objects.filter(code="standard").update(is_offered=False)


def account_is_suspended(account):
    update(account, state="suspended")


def reselling_is_taken_away(account):
    update(account, reselling_enabled=False)


def alias_went_to_somebody_else(account):
    """By hand: the hold of an order that is placed has no end."""
    harbor = cast.reseller(account.operator, "Harbor IT")
    AliasClaim.objects.update(account=harbor, held_until=None)


AFTER_PLACING = {
    plan_is_withdrawn: ("plan_not_offered", "The Standard plan can’t be ordered yet."),
    account_is_suspended: (
        "account_suspended",
        SUSPENDED,
    ),
    reselling_is_taken_away: (
        "not_a_reseller",
        RESELLING_OFF,
    ),
    alias_went_to_somebody_else: (
        "alias_taken",
        "The alias harbor has already been assigned to someone else. Choose a different alias.",
    ),
}


@pytest.mark.parametrize("change", AFTER_PLACING)
def test_what_is_not_possible_any_more_fails_with_its_reason_and_changes_nothing_else(account, change):
    order = cast.order_plan(account, alias="harbor")
    change(account)
    held = list(AliasClaim.objects.values_list("alias", "account", "state", "held_until"))
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.error_code, order.error_message) == ("failed", *AFTER_PLACING[change])
    assert list(AliasClaim.objects.values_list("alias", "account", "state", "held_until")) == held
    assert not Subscription.objects.exists()
    assert not Storefront.objects.filter(is_own=False).exists()
    letters = order.notifications.order_by("template_code").values_list("template_code", "recipient_email")
    assert list(letters) == [
        ("order_failed", "ops@nordwind.example"), ("order_needs_attention", "owner@techsolutions.example"),
    ]  # fmt: skip
    told = order.notifications.get(template_code="order_needs_attention")
    assert order.error_message in " ".join(told.text.split())


def test_a_plan_that_ended_in_between_is_not_upgraded_from(account):
    """What was credited for it was agreed while it ran."""
    account = cast.on_plan(account, "free")
    order = cast.order_plan(account, "standard", alias=None)
    Subscription.objects.update(state="ended", ended_at=timezone.now())
    Plan.objects.filter(code="basic").update(name="Starter")
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.error_code) == ("failed", "no_upgrade_path")
    assert order.error_message == "There is no way from the Starter plan to the Standard plan."


def test_each_failure_is_told_also_the_one_after_a_retry(account):
    order = cast.order_plan(account)
    account_is_suspended(account)
    execute_order(order.pk)
    for told in (1, 2):
        assert order.notifications.filter(template_code="order_needs_attention").count() == told
        order.refresh_from_db()
        retry_order(order, by=cast.buyer_of(account))
        execute_order(order.pk)


def test_after_eight_attempts_it_is_failed(account):
    order = cast.order_plan(account)
    Order.objects.update(attempts=8)
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.error_code, order.error_message) == (
        "failed",
        "attempts_used_up",
        "Stopped after 8 attempts. Channel operations has been notified. Reference SO-01001.",
    )
    retry_order(order, by=cast.buyer_of(account))
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.attempts) == ("executed", 1)
    assert broken() == {}
