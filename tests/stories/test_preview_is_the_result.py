"""What the preview says is what happens: field by field, for any account, edge of the ladder, cycle and day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import time_machine
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.models import Notification
from plans.execution import execute_order
from plans.models import Account, Charge, Order, Plan, Price, Storefront, Subscription
from plans.ordering import Confirmation, order_change
from plans.preview import Wanted
from plans.previewing import preview_order
from tests import cast

pytestmark = pytest.mark.django_db

CHANNELS = ("storefront", "shortcut", "subscription", "bss_order")
CURRENCIES = {"EUR": "0.01", "JPY": "1", "KWD": "0.001"}

prices = st.decimals(min_value=0, max_value=99_999, places=0).map(int)
days = st.dates(min_value=date(2026, 1, 1), max_value=date(2029, 12, 28))


@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    starts=st.sampled_from(["", "free"]),
    cycle=st.sampled_from(["month", "year"]),
    channel=st.sampled_from(CHANNELS),
    currency=st.sampled_from(sorted(CURRENCIES)),
    tax=st.sampled_from(["normal", "reverse_charge"]),
    rate=st.sampled_from(["0", "7", "19", "8.1", "25.5"]),
    amount=prices,
    day=days,
    later=st.integers(min_value=0, max_value=45),
)
def test_field_by_field(starts, cycle, channel, currency, tax, rate, amount, day, later):
    with transaction.atomic(), time_machine.travel(_noon(day), tick=False) as clock:
        operator = cast.distributor(currency=currency, tax_rate=rate)
        smallest = Decimal(CURRENCIES[currency])
        for price_cycle, times in (("month", 1), ("year", 10)):
            Price.objects.update_or_create(
                product=cast.plan_product(operator, "standard"), cycle=price_cycle, currency=currency,
                defaults={"amount": amount * smallest * 7 * times},
            )  # fmt: skip
        free = {"product": cast.plan_product(operator, "free"), "cycle": "month", "currency": currency}
        Price.objects.update_or_create(**free, defaults={"amount": amount * smallest})
        account = cast.reseller(operator, tax_treatment=tax)
        if starts:
            account = cast.on_plan(account, starts, alias="techsolutions")
        clock.move_to(_noon(date.fromordinal(day.toordinal() + later)))
        _shown_is_done(account.pk, cycle=cycle, channel=channel, alias=None if starts else "techsolutions")
        transaction.set_rollback(True)


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 11, tzinfo=UTC)


def _shown_is_done(account_id: int, *, cycle: str, channel: str, alias: str | None) -> None:
    account = Account.objects.select_related("operator", "account_manager").get(pk=account_id)
    by = cast.buyer_of(account)
    wanted = Wanted(cast.plan_product(account.operator, "standard"), cycle)
    shown = preview_order(account, wanted=[wanted], alias=alias, by=by, channel=channel)
    order = order_change(
        account,
        wanted=wanted,
        alias=alias,
        confirmed=Confirmation(shown.fingerprint, "a form", accepted=True),
        channel=channel,
        by=by,
    )
    execute_order(order.pk)
    order = Order.objects.select_related("from_plan", "to_plan").get(pk=order.pk)
    assert (order.state, order.error_message) == ("executed", "")
    said, agreed = shown.as_dict(), dict(order.preview)
    agreed.pop("sold")
    assert agreed == said
    _rows_say_the_same(order, shown)


def _rows_say_the_same(order: Order, shown) -> None:
    subscription = Subscription.objects.active().for_plans().get(account=order.account_id)
    assert (order.change, order.from_plan, order.to_plan) == (shown.change, shown.from_plan, shown.to_plan)
    assert (subscription.plan, subscription.cycle) == (shown.to_plan, shown.cycle)
    assert (subscription.period_start_on, subscription.period_end_on) == (shown.on, shown.renews_on)
    assert subscription.unit_price == shown.renewal_net
    assert set(subscription.entitlements) - set(_entitlements(shown.from_plan)) == set(shown.gained)
    charges = Charge.objects.filter(order=order).order_by("id")
    assert [(c.kind, c.text, c.net) for c in charges] == [(ln.kind, ln.text, ln.net) for ln in shown.lines]
    assert sum(c.tax for c in charges) == shown.tax
    assert sum(c.net + c.tax for c in charges) == shown.total == order.total
    storefront = Storefront.objects.select_related("claim").get(account=order.account_id)
    assert (storefront.state, storefront.claim.alias) == ("open", shown.alias)
    letters = Notification.objects.filter(order=order).exclude(template_code="order_received")
    told = {(letter.template_code, letter.recipient_email) for letter in letters}
    assert told == {(letter.template, email) for letter in shown.letters for email in letter.recipients}
    assert shown.url in " ".join(letters.filter(template_code="welcome_standard").values_list("text", flat=True))


def _entitlements(plan: Plan) -> set[str]:
    return set(plan.entitlements.values_list("code", flat=True))


def test_it_would_see_a_difference(monkeypatch):
    """With a charge that is a cent off, the comparison fails."""
    from plans import upgrading

    real = upgrading._line

    def a_cent_more(raw: dict):
        line = real(raw)
        return type(line)(line.kind, line.text, line.net + Decimal("0.01"), *list(vars(line).values())[3:])

    account = cast.reseller(cast.distributor())
    monkeypatch.setattr(upgrading, "_line", a_cent_more)
    with pytest.raises(AssertionError):
        _shown_is_done(account.pk, cycle="month", channel="shortcut", alias="techsolutions")
