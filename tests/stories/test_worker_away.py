"""No worker from January to April: three changes fall due, two month ends pass. Back again, each thing happens once.

Changes go before the renewals of their day, and every period begins in its order.
"""

from datetime import UTC, date, datetime

import pytest
import time_machine

from notifications.models import Notification
from plans import sweeping
from plans.changing_down import change_down
from plans.models import Account, Charge, Order, PendingChange, Plan, Storefront, Subscription
from plans.placing import Confirmation
from plans.preview import Timing
from plans.previewing_down import preview_down
from plans.verify import broken
from tests import cast

pytestmark = pytest.mark.django_db

LEFT, BACK = datetime(2027, 1, 31, 9, tzinfo=UTC), datetime(2027, 4, 1, 9, tzinfo=UTC)
# who -> (the day on which Standard began, what it becomes)
LEAVING = {
    "Harbor": (date(2027, 1, 10), "free"),
    "Alpine": (date(2027, 1, 20), "basic"),
    "Quay": (date(2027, 1, 31), "free"),
}


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def leaves(account: Account, to: str) -> None:
    to_plan = Plan.objects.get(operator=account.operator, code=to)
    asked = {"to_plan": to_plan, "timing": Timing("period_end"), "channel": "storefront", "by": cast.buyer_of(account)}
    confirmed = Confirmation(preview_down(account, **asked).fingerprint, account.name)
    change_down(account, confirmed=confirmed, typed_alias=account.name.lower(), **asked)


@pytest.fixture
def resellers():
    nordwind, made = cast.distributor(), {}
    for name, (began, _) in LEAVING.items():
        with time_machine.travel(noon(began), tick=False):
            made[name] = cast.on_plan(cast.reseller(nordwind, name), "standard", alias=name.lower())
    with time_machine.travel(LEFT, tick=False):
        made["Stays"] = cast.on_plan(cast.reseller(nordwind, "Stays"), "standard", alias="stays")
        for name, (_, to) in LEAVING.items():
            leaves(made[name], to)
    return made


def come_back() -> None:
    """As `manage.py sweep` does, until nothing is due. The orders that it makes are a moment old by then."""
    for _ in range(3):
        sweeping.sweep(execute=True)
        Order.objects.filter(state="placed").update(next_attempt_at=LONG_AGO)


LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def test_each_thing_once_and_in_order(resellers):
    with time_machine.travel(BACK, tick=False):
        come_back()
        come_back()
        assert broken() == {}
    assert not PendingChange.objects.exists()
    done = Order.objects.filter(channel="automatic").order_by("pk")
    assert [(one.account.name, one.state, one.preview["on"]) for one in done] == [
        ("Harbor", "executed", "2027-02-10"),
        ("Alpine", "executed", "2027-02-20"),
        ("Quay", "executed", "2027-02-28"),
    ]
    periods = {
        name: list(
            Charge.objects.filter(account=account, kind="charge").order_by("pk").values_list("period_start_on", "net")
        )
        for name, account in resellers.items()
    }
    assert periods == {
        "Harbor": [(date(2027, 1, 10), 149), (date(2027, 2, 10), 0), (date(2027, 3, 10), 0)],
        "Alpine": [(date(2027, 1, 20), 149)],
        "Quay": [(date(2027, 1, 31), 149), (date(2027, 2, 28), 0), (date(2027, 3, 28), 0)],
        "Stays": [(date(2027, 1, 31), 149), (date(2027, 2, 28), 149), (date(2027, 3, 31), 149)],
    }
    held = Subscription.objects.active().for_plans().order_by("account__name")
    assert list(held.values_list("account__name", "plan__code", "period_end_on")) == [
        ("Harbor", "free", date(2027, 4, 10)),
        ("Quay", "free", date(2027, 4, 28)),
        ("Stays", "standard", date(2027, 4, 30)),
    ]
    assert set(Storefront.objects.filter(state="parked").values_list("account__name", flat=True)) == {"Alpine"}
    told = Notification.objects.filter(template_code__in=["plan_downgraded", "plan_cancelled"], order__isnull=False)
    assert sorted(told.values_list("account__name", "template_code")) == [
        ("Alpine", "plan_cancelled"), ("Harbor", "plan_downgraded"), ("Quay", "plan_downgraded"),
    ]  # fmt: skip


def test_the_alias_waits_its_days_from_when_the_storefront_closed(resellers):
    """Due in February and closed in April: the reseller does not lose the weeks in which nobody could act."""
    with time_machine.travel(BACK, tick=False):
        come_back()
    claim = resellers["Alpine"].storefront.claim
    claim.refresh_from_db()
    assert claim.quarantined_until.date() == date(2027, 6, 30)
    letter = Notification.objects.get(template_code="plan_cancelled")
    assert "until 30 Jun 2027" in " ".join(letter.text.split())
