"""The dashboard: figures that are true and lead to their lists, and a card that fails alone."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bss.dashboard import charts, figures, numbers
from notifications.models import Notification
from plans.execution import execute_order
from plans.models import Order, Plan, User
from plans.ordering import draft_order
from plans.periods import today
from plans.preview import Wanted
from plans.tenant_requests import request_tenant
from tests import cast
from tests.bss.conftest import sign_in
from tests.bss.test_orders import purchases


def page(client: Client) -> str:
    answer = client.get("/bss/")
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def failed_plan_order(account) -> Order:
    order = cast.order_plan(account, alias=account.number.lower())
    Order.objects.filter(pk=order.pk).update(attempts=8)
    execute_order(order.pk)
    order.refresh_from_db()
    assert order.state == "failed"
    return order


def draft_without_alias(account) -> Order:
    wanted = Wanted(cast.plan_product(account.operator, "standard"))
    return draft_order(account, wanted=[wanted], channel="bss_order", by=cast.buyer_of(account))


def test_the_five_figures_are_links_to_their_lists(maren, nordwind):
    cast.on_plan(cast.reseller(nordwind), "standard")
    cast.reseller(nordwind, "Harbor IT")
    text = page(maren)
    assert '<a href="/bss/accounts/" aria-label="Resellers: 2">2</a>' in text
    assert (
        '<a href="/bss/accounts/?view=storefront" aria-label="With a storefront: 1">1</a> <small>50 %</small>' in text
    )
    assert 'aria-label="Upgrades, this week: 1">1</a> <small>0 last week</small>' in text
    assert 'aria-label="Plan revenue per month: €149">€149</a>' in text
    assert 'aria-label="Median time to storefront: ' in text and "p95 " in text
    for figure in maren.get("/bss/").context["figures"]:
        assert maren.get(figure.url).status_code == 200


def test_plan_mix_counts_everybody_once_and_leads_to_the_accounts(maren, nordwind):
    cast.on_plan(cast.reseller(nordwind), "standard")
    cast.on_plan(cast.reseller(nordwind, "Alpine"), "free", alias="alpine")
    cast.reseller(nordwind, "Harbor IT")
    cast.reseller(nordwind, "Oakfield")
    mix = charts.plan_mix(numbers.held(nordwind), numbers.resellers(nordwind))
    assert [(part["plan"].code, part["count"], part["share"]) for part in mix["parts"]] == [
        ("basic", "2", "50.0 %"),
        ("free", "1", "25.0 %"),
        ("standard", "1", "25.0 %"),
        ("tenant", "0", "0.0 %"),
    ]
    assert '<a href="/bss/accounts/?plan=free">' in page(maren)


def test_a_year_counts_a_twelfth_of_its_price_each_month(nordwind):
    account = cast.reseller(nordwind)
    execute_order(cast.order_plan(account, cycle="year").pk)
    assert round(numbers.held(nordwind).per_month, 2) == Decimal("124.17")


def test_upgrades_are_put_into_the_operators_weeks_and_imports_are_none(nordwind):
    orders = [cast.order_plan(cast.reseller(nordwind, name), alias=name) for name in ("one", "two", "three", "four")]
    for order in orders:
        execute_order(order.pk)
    monday = datetime.combine(today(nordwind), time(), ZoneInfo("Europe/Berlin"))
    monday -= timedelta(days=monday.weekday())
    moments = [monday - timedelta(seconds=1), monday - timedelta(weeks=11), monday - timedelta(weeks=11, seconds=1)]
    for order, at in zip(orders, moments, strict=False):
        Order.objects.filter(pk=order.pk).update(executed_at=at)
    assert [week.total for week in numbers.upgrades_per_week(nordwind)] == [1, *[0] * 9, 1, 1]
    Order.objects.filter(pk=orders[3].pk).update(channel="import")
    assert numbers.upgrades_per_week(nordwind)[-1].total == 0


def test_the_chart_has_a_table_that_says_the_same(maren, nordwind):
    cast.on_plan(cast.reseller(nordwind), "standard")
    text = page(maren)
    assert 'role="img" aria-labelledby="chart-title chart-said"' in text
    assert text.count('<rect class="tone-2" x="748"') == 1
    assert '<caption class="sr">Upgrades per week</caption>' in text
    assert text.count("<tr><td>") >= 12


def test_bars_of_a_week_stand_on_each_other(nordwind):
    free, standard = Plan.objects.filter(operator=nordwind, code__in=["free", "standard"]).order_by("rank")
    weeks = [numbers.Week(timezone.now().date(), {free.pk: 2, standard.pk: 1})] * 12
    drawn = charts.upgrades_chart(weeks, list(Plan.objects.filter(operator=nordwind).order_by("rank")))
    lower, upper = drawn["bars"][:2]
    assert lower["y"] == upper["y"] + upper["height"] and lower["y"] + lower["height"] == charts.BOTTOM
    assert [line["value"] for line in drawn["lines"]] == ["0", "1", "2", "3"]


def test_what_waits_for_somebody_is_listed(maren, nordwind):
    failed = failed_plan_order(cast.reseller(nordwind))
    draft = draft_without_alias(cast.reseller(nordwind, "Harbor IT"))
    request_tenant(cast.reseller(nordwind, "Oakfield"), price_list="", language="en", note="", by=maren_user())
    bounced = Notification.objects.filter(operator=nordwind).order_by("pk").first()
    Notification.objects.filter(pk=bounced.pk).update(state="bounced")
    text = page(maren)
    assert f'<a class="pri" href="/bss/orders/{failed.number}/">' in text and failed.error_message in text
    assert f'<a class="pri" href="/bss/orders/{draft.number}/">{draft.number}</a><span class="sec">Harbor IT' in text
    assert "Open Tenant requests" in text and "Oakfield" in text
    assert f'<a class="pri" href="/bss/setup/notifications/outbox/{bounced.pk}/">' in text


def maren_user() -> User:
    return User.objects.get(email="maren.holt@nordwind.example")


def test_a_new_house_says_that_nothing_waits(maren):
    text = page(maren)
    for words in (
        "No failed executions. Everything ran through.",
        "No upgrades in the last 12 weeks.",
        "No resellers yet.",
        "No order waits for an alias.",
        "No open requests.",
        "Every letter arrived, or somebody has dealt with it.",
    ):
        assert words in text


def test_who_may_not_retry_reads_why(nordwind, office):
    failed = failed_plan_order(cast.reseller(nordwind))
    text = page(office(cast.staff(nordwind, "read_only").user))
    assert f'aria-disabled="true" aria-label="Retry {failed.number}" aria-describedby="why-no-retry"' in text
    assert "You can’t do this with your role." in text


def test_the_other_distributor_is_not_in_it(maren, nordwind):
    other = cast.distributor("Sudlicht", host="cloud.other.test")
    before = page(maren)
    cast.on_plan(cast.reseller(other, "Lumen Desk"), "free", alias="lumendesk")
    failed_plan_order(cast.reseller(other, "Canary"))
    assert without_tokens(page(maren)) == without_tokens(before)


def without_tokens(text: str) -> list[str]:
    return [word for word in text.split() if "nonce" not in word and "csrf" not in word and "value=" not in word]


@pytest.mark.django_db(transaction=True)
def test_a_card_that_fails_says_so_and_the_rest_stands(settings):
    settings.BSS_HOST = "bss.disti.test"
    nordwind = cast.distributor()
    client = sign_in(maren_user())
    cast.reseller(nordwind)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE plans_tenantrequest RENAME TO plans_away")
    try:
        text = page(client)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE plans_away RENAME TO plans_tenantrequest")
    assert text.count("This figure could not be loaded.") == 1
    assert 'aria-label="Resellers: 1"' in text and "No order waits for an alias." in text


def test_it_takes_the_same_few_queries_whatever_there_is(maren, nordwind):
    account = cast.reseller(nordwind)
    page(maren)
    with CaptureQueriesContext(connection) as empty:
        page(maren)
    purchases(account, 30)
    for number in range(8):
        failed_plan_order(cast.reseller(nordwind, f"Failed {number}"))
        draft_without_alias(cast.reseller(nordwind, f"Draft {number}"))
    with CaptureQueriesContext(connection) as full:
        page(maren)
    assert len(full) == len(empty) <= 22


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.84, "0.8 s"), (48, "48 s"), (112, "1 m 52 s"), (11_400, "3 h 10 m"), (187_200, "2 d 4 h")]
)
def test_durations(seconds, said):
    assert figures.duration(seconds) == said


@pytest.mark.parametrize(("most", "end"), [(0, 3), (3, 3), (4, 6), (27, 30), (31, 60), (400, 600)])
def test_the_scale_ends_at_a_round_number(most, end):
    assert charts._round_up(most) == end
