"""The ladder as the doors show it: what can be had from each plan, and why the rest cannot."""

import pytest

from plans.mending import cancel_order
from plans.models import Account, Order, Plan, Price, Product
from plans.upgrade_paths import upgrade_options
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def account():
    return cast.reseller(cast.distributor())


def update(account: Account, **fields) -> None:
    Account.objects.filter(pk=account.pk).update(**fields)


def options_of(account: Account) -> dict[str, tuple[str, str]]:
    seen = Account.objects.select_related("operator").get(pk=account.pk)
    options = upgrade_options(seen)
    assert [option.plan for option in options if option.is_current] == [seen.held().plan]
    return {o.plan.code: (o.direction, o.refusal.code if o.refusal else "") for o in options}


def test_the_options_of_each_plan(account):
    assert options_of(account) == {
        "basic": ("same", "already_on_plan"), "free": ("up", ""), "standard": ("up", ""),
        "tenant": ("up", "plan_not_offered"),
    }  # fmt: skip
    cast.on_plan(account, "free")
    assert options_of(account) == {
        "basic": ("down", ""), "free": ("same", "already_on_plan"), "standard": ("up", ""),
        "tenant": ("up", "plan_not_offered"),
    }  # fmt: skip
    cast.on_plan(account, "standard", alias=None)
    assert options_of(account) == {
        "basic": ("down", ""), "free": ("down", ""), "standard": ("same", "already_on_plan"),
        "tenant": ("up", "plan_not_offered"),
    }  # fmt: skip


def test_an_option_is_disabled_with_the_reason_that_the_order_would_be_refused_with(account):
    cast.order_plan(account, "free", alias="alpine")
    assert options_of(account)["standard"] == ("up", "open_order_exists")
    cancel_order(Order.objects.get(), by=None)
    update(account, state="suspended")
    assert options_of(account)["standard"] == ("up", "account_suspended")
    update(account, state="active", reselling_enabled=False)
    assert options_of(account)["standard"] == ("up", "not_a_reseller")
    update(account, reselling_enabled=True)
    Plan.objects.filter(code="standard").update(is_offered=False)
    assert options_of(account)["standard"] == ("up", "plan_not_offered")
    Product.objects.filter(plan__code="standard").update(is_sold=False)
    assert options_of(account)["free"] == ("up", "")


def test_an_option_carries_its_prices_in_the_accounts_currency(account):
    Price.objects.create(
        product=cast.plan_product(account.operator, "standard"), cycle="month", currency="CHF", amount=150
    )
    assert prices_of(account)["standard"] == {"month": "149.00", "year": "1490.00"}
    update(account, currency="CHF")
    assert prices_of(account) == {"basic": {}, "free": {}, "standard": {"month": "150.00"}, "tenant": {}}


def prices_of(account: Account) -> dict[str, dict[str, str]]:
    seen = Account.objects.select_related("operator").get(pk=account.pk)
    return {o.plan.code: {c: f"{p.amount:.2f}" for c, p in o.prices.items()} for o in upgrade_options(seen)}
