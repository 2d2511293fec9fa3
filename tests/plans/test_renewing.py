"""A subscription renews by itself: each period once, in order, on the operator's day, and never under a plan change."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification
from plans import pricing, renewing
from plans.announcing import announce_renewals
from plans.execution import execute_order
from plans.mending import cancel_order
from plans.models import Account, Activity, Charge, PendingChange, Plan, Price, Subscription
from plans.ordering import Confirmation, order_change
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.renewing import renew_due
from plans.sweeping import sweep
from plans.verify import broken
from tests import cast

pytestmark = pytest.mark.django_db
D = Decimal


def at(moment: str):
    """A day, at nine in UTC; or a moment."""
    return time_machine.travel(moment if "T" in moment else f"{moment}T09:00:00+00:00", tick=False)


def renewed_on(moment: str) -> int:
    with at(moment):
        return renew_due(seconds=60)


def periods_of(subscription: Subscription) -> list[str]:
    """The charged periods by their first day, in the order in which they were written."""
    charges = subscription.charges.filter(kind="charge").order_by("pk")
    return [f"{day:%d %b %Y}" for day in charges.values_list("period_start_on", flat=True)]


@pytest.fixture
def nordwind():
    return cast.distributor()


@pytest.fixture
def standard(nordwind) -> Subscription:
    """Standard monthly, from 31 January 2027."""
    with at("2027-01-31"):
        return cast.on_plan(cast.reseller(nordwind), "standard").held().subscription


def test_a_period_moves_on_and_is_charged_on_its_day(standard):
    assert renewed_on("2027-02-27") == 0
    assert renewed_on("2027-02-28") == 1
    assert renewed_on("2027-02-28") == 0
    standard.refresh_from_db()
    assert (standard.period_start_on, standard.period_end_on) == (date(2027, 2, 28), date(2027, 3, 31))
    charge = standard.charges.latest("pk")
    assert (charge.kind, charge.order, charge.text) == ("charge", None, "Standard Plan, 1 month")
    assert (charge.net, charge.tax_text, charge.tax_rate, charge.tax) == (D(149), "VAT 19 %", 19, D("28.31"))
    assert (charge.period_start_on, charge.period_end_on) == (date(2027, 2, 28), date(2027, 3, 31))
    assert (charge.charged_on, charge.account_id) == (date(2027, 2, 28), standard.account_id)
    told = Activity.objects.latest("pk")
    assert (told.verb, told.actor_name) == ("subscription.renewed", "Automatic")
    assert told.text == f"Subscription {standard.number} renewed until 31 Mar 2027."


def test_a_worker_that_was_away_over_three_ends_makes_up_for_each_once_and_in_order(nordwind, standard):
    with at("2027-01-31"):
        suite = cast.subscribed(standard.account, cast.product(nordwind))
    with at("2027-05-02"):
        assert sweep(execute=True)["renewals"] == 6
        assert sweep(execute=True)["renewals"] == 0
        assert broken() == {}
    for each in (standard, suite):
        assert periods_of(each) == ["31 Jan 2027", "28 Feb 2027", "31 Mar 2027", "30 Apr 2027"]
        each.refresh_from_db()
        assert each.period_end_on == date(2027, 5, 31)


def test_a_free_plan_moves_on_too_with_a_charge_of_nothing(nordwind):
    with at("2027-01-10"):
        account = cast.on_plan(cast.reseller(nordwind), "free")
    assert renewed_on("2027-02-10") == 1
    charges = list(Charge.objects.order_by("pk").values_list("net", "tax"))
    assert charges == [(D(0), D(0)), (D(0), D(0))]
    with at("2027-03-03"):
        account = cast.on_plan(account, "standard", alias=None)
        assert broken() == {}
    credit = Charge.objects.get(kind="credit")
    assert (credit.net, credit.text) == (D(0), "Credit: 7 of 28 days not used")


def test_it_costs_what_it_was_sold_for_with_the_tax_of_today(nordwind, standard):
    Price.objects.filter(product=standard.product).update(amount=999)
    Subscription.objects.filter(pk=standard.pk).update(quantity=3)
    Account.objects.filter(pk=standard.account_id).update(tax_treatment="reverse_charge")
    renewed_on("2027-02-28")
    charge = standard.charges.latest("pk")
    assert (charge.text, charge.net) == ("3 × Standard Plan, 1 month", D(447))
    assert (charge.tax_text, charge.tax) == ("Reverse charge", D(0))


def test_a_suspended_account_goes_on_and_an_ended_subscription_does_not(standard):
    Account.objects.filter(pk=standard.account_id).update(state="suspended")
    assert renewed_on("2027-02-28") == 1
    Subscription.objects.update(state="ended", ended_at="2027-03-01T00:00:00Z")
    assert renewed_on("2027-06-30") == 0


@pytest.mark.parametrize(
    ("zone", "before", "then"),
    [
        ("Europe/Berlin", "2027-02-27T22:59:59+00:00", "2027-02-27T23:00:00+00:00"),
        ("Pacific/Kiritimati", "2027-02-27T09:59:59+00:00", "2027-02-27T10:00:00+00:00"),
        ("Pacific/Pago_Pago", "2027-02-28T10:59:59+00:00", "2027-02-28T11:00:00+00:00"),
        ("America/Los_Angeles", "2027-02-28T07:59:59+00:00", "2027-02-28T08:00:00+00:00"),
    ],
)
def test_the_operators_zone_decides_the_day(zone, before, then):
    operator = cast.distributor(time_zone=zone)
    with at("2027-01-31T12:00:00+00:00"):
        account = cast.on_plan(cast.reseller(operator), "standard")
    Subscription.objects.filter(account=account).update(anchor_on="2027-01-31", period_end_on="2027-02-28")
    assert (renewed_on(before), renewed_on(then)) == (0, 1)


def test_nothing_renews_under_a_change_that_is_due_on_that_day(standard):
    basic = Plan.objects.get(is_default=True)
    change = PendingChange(operator=standard.operator, subscription=standard, to_plan=basic, due_on="2027-02-28")
    change.save()
    assert renewed_on("2027-02-28") == renewed_on("2027-04-02") == 0
    with at("2027-04-02"):
        assert "I18 what is due has been renewed" not in broken()
    change.delete()
    assert renewed_on("2027-04-02") == 2


def test_a_change_for_a_later_day_keeps_nothing_back(standard):
    basic = Plan.objects.get(is_default=True)
    about = {"operator": standard.operator, "subscription": standard, "to_plan": basic}
    PendingChange.objects.create(due_on="2027-03-31", **about)
    assert renewed_on("2027-04-30") == 1
    assert periods_of(standard) == ["31 Jan 2027", "28 Feb 2027"]


def to_tenant(account: Account):
    """An order for a higher plan, agreed to today, that waits for its worker."""
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    Plan.objects.update(is_offered=True)
    wanted, staff = Wanted(cast.plan_product(account.operator, "tenant")), cast.user("ops@nordwind.example")
    shown = preview_order(account, wanted=[wanted], by=staff, channel="subscription")
    agreed = Confirmation(shown.fingerprint, f"{account.pk}-tenant")
    return order_change(account, wanted=wanted, alias=None, confirmed=agreed, channel="subscription", by=staff)


def test_a_plan_does_not_renew_while_an_order_for_another_one_is_open(standard):
    with at("2027-02-27"):
        order = to_tenant(standard.account)
        suite = cast.subscribed(standard.account, cast.product(standard.operator))
    assert renewed_on("2027-03-01") == 0
    assert renewed_on("2027-03-27") == 1  # what is not a plan goes on
    assert periods_of(suite) == ["27 Feb 2027", "27 Mar 2027"]
    with at("2027-03-27"):
        execute_order(order.pk)
        assert broken() == {}
    credit = Charge.objects.get(kind="credit")
    assert (credit.net, credit.text) == (D("-5.32"), "Credit: 1 of 28 days not used")


def test_it_makes_up_for_it_when_the_order_is_cancelled(standard):
    with at("2027-02-27"):
        order = to_tenant(standard.account)
    assert renewed_on("2027-04-10") == 0
    cancel_order(order, by=None)
    assert renewed_on("2027-04-10") == 2
    assert periods_of(standard) == ["31 Jan 2027", "28 Feb 2027", "31 Mar 2027"]


def test_one_that_cannot_be_renewed_keeps_nobody_back(nordwind, standard, monkeypatch, caplog):
    with at("2027-01-31"):
        others = [
            cast.subscribed(cast.reseller(nordwind, f"Harbor {n}"), cast.product(nordwind, f"Suite {n}"))
            for n in range(3)
        ]
    start = date(2027, 2, 28)
    Charge.objects.filter(subscription=standard).update(period_start_on=start)  # as if it were charged already
    assert renewed_on("2027-02-28") == 3
    assert [periods_of(each)[-1] for each in others] == ["28 Feb 2027"] * 3
    assert renewed_on("2027-02-28") == 0
    told = [record for record in caplog.records if record.message == "renewal_failed"]
    assert [record.subscription_id for record in told] == [standard.pk] * 2


def test_who_comes_with_a_period_of_yesterday_moves_nothing(standard):
    renewed_on("2027-02-28")
    before = list(Subscription.objects.values_list("period_start_on", "period_end_on"))
    assert renewing._move_on(standard) is False
    assert list(Subscription.objects.values_list("period_start_on", "period_end_on")) == before


def test_many_on_one_day_go_on_from_round_to_round(nordwind, monkeypatch):
    monkeypatch.setattr(renewing, "TOGETHER", 2)
    with at("2027-02-01"):
        account = cast.reseller(nordwind)
        held = [cast.subscribed(account, cast.product(nordwind, f"Suite {n}")) for n in range(5)]
    with at("2027-03-01"):
        rounds = [renew_due(seconds=0.000001) for _ in range(4)]
        assert (sum(rounds), rounds[-1], broken()) == (5, 0, {})
    assert [periods_of(each) for each in held] == [["01 Feb 2027", "01 Mar 2027"]] * 5


def test_one_query_when_nothing_is_due(standard):
    with at("2027-02-10"), CaptureQueriesContext(connection) as asked:
        assert (renew_due(seconds=1), announce_renewals()) == (0, 0)
    assert len(asked) == 2


# --- the notice before a year ---


@pytest.fixture
def yearly(nordwind) -> Subscription:
    with at("2028-02-29"):
        order = cast.order_plan(cast.reseller(nordwind), "standard", cycle="year")
        execute_order(order.pk)
    return Subscription.objects.get()


def notices() -> list[Notification]:
    return list(Notification.objects.filter(template_code="renewal_notice").order_by("pk"))


def announced_on(day: str) -> int:
    with at(day):
        return announce_renewals()


def test_a_year_is_announced_thirty_days_before_once(yearly):
    assert (announced_on("2029-01-28"), notices()) == (0, [])
    assert (announced_on("2029-01-29"), announced_on("2029-01-29"), announced_on("2029-02-10")) == (1, 0, 0)
    [letter] = notices()
    assert letter.recipient_email == "owner@techsolutions.example"
    assert (letter.account_id, letter.subscription_id) == (yearly.account_id, yearly.pk)
    assert letter.subject == "Standard Plan renews on 28 Feb 2029"
    assert "€1,773.10" in letter.text
    assert f"/subscriptions/{yearly.number}/" in letter.text


def test_each_year_has_its_own_notice(yearly):
    announced_on("2029-02-01")
    assert renewed_on("2029-02-28") == 1
    assert announced_on("2029-03-01") == 0
    assert announced_on("2030-02-01") == 1
    assert [letter.subject[-11:] for letter in notices()] == ["28 Feb 2029", "28 Feb 2030"]


def test_the_letters_key_stands_behind_it(yearly):
    announced_on("2029-02-01")
    Subscription.objects.update(is_renewal_announced=False)
    assert announced_on("2029-02-02") == 1
    assert len(notices()) == 1


def test_a_month_is_not_announced(standard):
    assert announced_on("2027-02-20") == 0


def test_nobody_is_told_of_a_renewal_that_will_not_be(yearly):
    basic = Plan.objects.get(is_default=True)
    PendingChange.objects.create(
        operator=yearly.operator, subscription=yearly, to_plan=basic, due_on=yearly.period_end_on
    )
    assert (announced_on("2029-02-01"), notices()) == (1, [])


def test_a_customer_of_a_reseller_gets_no_letter_of_the_distributor(nordwind, yearly):
    customer = cast.customer(yearly.account)
    Subscription.objects.update(account=customer)
    assert (announced_on("2029-02-01"), notices()) == (1, [])


def test_without_primary_contact_there_is_nobody_to_tell(yearly):
    cast.without_primary_contact(yearly.account)
    assert (announced_on("2029-02-01"), notices()) == (1, [])


def test_the_credit_is_for_what_was_paid_last(standard):
    renewed_on("2027-03-31")
    standard.refresh_from_db()
    line = pricing.credit_line(standard, on=date(2027, 4, 10), currency="EUR")
    assert (line.net, line.text) == (D("-99.33"), "Credit: 20 of 30 days not used")
    assert (line.period_start_on, line.period_end_on) == (date(2027, 4, 10), date(2027, 4, 30))
