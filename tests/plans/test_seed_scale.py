"""Any number of resellers for benchmarks: real rows that hold to every invariant."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from plans import verify
from plans.models import Account, Order, Subscription
from tests import cast

pytestmark = pytest.mark.django_db


def scale(*options: str) -> None:
    call_command("seed_scale", *options, stdout=StringIO())


def test_accounts_with_orders_and_subscriptions_over_the_plans():
    nordwind = cast.distributor()
    scale("--accounts=100")
    resellers = Account.objects.resellers().filter(operator=nordwind)
    plans = [account.held().plan.code for account in resellers]
    assert {code: plans.count(code) for code in ("basic", "free", "standard")} == {
        "basic": 56,
        "free": 25,
        "standard": 19,
    }
    assert Order.objects.filter(state="executed").count() == Subscription.objects.active().count() == 100
    assert resellers.filter(contacts__is_primary=True).count() == 100
    assert verify.broken() == {}


def test_each_run_adds_more_and_only_to_the_named_distributor():
    nordwind, sudlicht = cast.distributor(), cast.distributor("Sudlicht", host="sudlicht.test")
    scale("--accounts=3", "--operator=sudlicht.test")
    scale("--accounts=4", "--operator=sudlicht.test")
    assert sudlicht.accounts.resellers().count() == 7
    assert not nordwind.accounts.resellers().exists()
    assert verify.broken() == {}


def test_what_it_wrote_can_go_on():
    nordwind = cast.distributor()
    scale("--accounts=100")
    account = next(a for a in nordwind.accounts.resellers() if a.held().plan.code == "basic")
    account.contacts.update(user=cast.user("owner@scale.example"))
    assert cast.on_plan(account, "standard", alias="scaled-up").held().plan.code == "standard"
    assert verify.broken() == {}


@pytest.mark.parametrize("options", [["--accounts=0"], ["--accounts=1", "--operator=nowhere.test"], ["--accounts=1"]])
def test_nonsense_is_refused(options):
    with pytest.raises(CommandError):
        scale(*options)
    assert not Account.objects.exists()
