"""The list of subscriptions and one subscription: what is shown, found and offered, what it costs, and whose it is."""

import csv
import io
import re
from datetime import timedelta

import pytest

from plans.models import Order, Price, Subscription, User
from tests import cast
from tests.plans.all_rows import all_rows


@pytest.fixture
def alpine(nordwind):
    """A reseller on Free at /alpinecloud."""
    return cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")


@pytest.fixture
def number(alpine) -> str:
    return alpine.subscriptions.get().number


def many_more(account, count: int) -> None:
    """Ended subscriptions of the account, with orders of their own."""
    order = account.subscriptions.first().order_item.order
    for n in range(count):
        one = Order.objects.create(
            operator=account.operator, account=account, number=f"SO-7{n:04d}", channel="storefront", currency="EUR",
            state="executed", executed_at=order.executed_at,
        )  # fmt: skip
        item = one.items.create(
            operator=account.operator, product=cast.Product.objects.filter(operator=account.operator).first(),
            name="x", cycle="month", unit_price=1,
        )  # fmt: skip
        now = order.executed_at
        Subscription.objects.create(
            operator=account.operator, account=account, number=f"SUB-7{n:04d}", order_item=item, product=item.product,
            cycle="month", currency="EUR", unit_price=1, anchor_on=now.date(), period_start_on=now.date(),
            period_end_on=now.date() + timedelta(days=30), state="ended", ended_at=now,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"SUB-01002", "SUB-01001"}),
        ("plan=free", {"SUB-01001"}),
        ("plan=standard", {"SUB-01002"}),
        ("plan=none", set()),
        ("plan=nonsense", {"SUB-01002", "SUB-01001"}),
        ("state=active", {"SUB-01002", "SUB-01001"}),
        ("state=ended", set()),
        ("state=nonsense", {"SUB-01002", "SUB-01001"}),
        ("q=SUB-01002", {"SUB-01002"}),
        ("q=sub1001", {"SUB-01001"}),
        ("q=1001", {"SUB-01001"}),
        ("q=harb", {"SUB-01002"}),
        ("q=nobody", set()),
        ("q=%25", set()),
        ("q=%00", {"SUB-01002", "SUB-01001"}),
        ("after=x&before=y&sort=-nonsense", {"SUB-01002", "SUB-01001"}),
    ],
)
def test_search_and_filters(maren, nordwind, alpine, query, found):
    cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "standard", alias="harborit")
    page = maren.get(f"/bss/subscriptions/?{query}")
    assert {row.number for row in page.context["rows"]} == found


def test_the_file_holds_the_same_rows_and_no_formula(maren, alpine, number):
    alpine.name = "=1+1"
    alpine.save()
    answer = maren.get("/bss/subscriptions/export.csv?state=active")
    lines = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))
    assert lines[0] == ["Subscription", "Account", "Account ID", "Product", "Price", "Since", "Renews", "Status"]
    [row] = lines[1:]
    assert row[:4] == [number, "'=1+1", alpine.number, "Free Plan"]


def test_staff_of_another_distributor_find_nothing(alpine, number, office):
    cast.distributor("Sudlicht", host="sudlicht.test")
    stranger = office(User.objects.get(email="maren.holt@sudlicht.example"))
    assert stranger.get(f"/bss/subscriptions/{number}/").status_code == 404
    assert stranger.get(f"/bss/subscriptions/{number}/upgrade/").status_code == 404
    assert alpine.name not in stranger.get("/bss/subscriptions/").content.decode()


def test_the_record_says_what_there_is(maren, alpine, number):
    page = maren.get(f"/bss/subscriptions/{number}/").content.decode()
    for said in (
        "Free Plan",
        "alpinecloud",
        "0.00",
        "Alpine Cloud",
        alpine.number,
        alpine.orders.get().number,
        "of 10",
    ):
        assert said in page
    assert f'href="/bss/subscriptions/{number}/upgrade/"' in page


# --- Door 4 ---


def form_of(client, url: str) -> dict[str, str]:
    page = client.get(url).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="((?:form_key|fingerprint)[^"]*)" value="([^"]*)"', page))
    return {"cycle": "month"} | hidden


def test_upgrade_shows_what_it_does_and_does_it(maren, alpine, number):
    url = f"/bss/subscriptions/{number}/upgrade/"
    page = maren.get(url).content.decode()
    for said in ("Upgrade to Standard", "Keep Free plan", "alpinecloud", "149.00", "28.31", "177.31", "1,490.00",
                 "The alias, branding and all customers are kept."):  # fmt: skip
        assert said in page
    answer = maren.post(url, form_of(maren, url))
    order = Order.objects.get(account=alpine, state="placed")
    assert (answer.status_code, answer["Location"]) == (302, f"/bss/orders/{order.number}/")
    assert (order.channel, order.placed_by.email) == ("subscription", "maren.holt@nordwind.example")
    assert order.items.get().alias == "alpinecloud"


def test_upgrade_by_the_year(maren, alpine, number):
    url = f"/bss/subscriptions/{number}/upgrade/"
    maren.post(url, form_of(maren, url) | {"cycle": "year"})
    assert (Order.objects.get(account=alpine, state="placed").net, "year") == (
        1490,
        alpine.orders.last().items.get().cycle,
    )


def test_pressed_twice_it_is_one_order(maren, alpine, number):
    url = f"/bss/subscriptions/{number}/upgrade/"
    form = form_of(maren, url)
    first, second = maren.post(url, form), maren.post(url, form)
    assert first["Location"] == second["Location"]
    assert Order.objects.filter(account=alpine).count() == 2


def test_a_price_that_changed_meanwhile_is_shown_first(maren, alpine, number):
    url = f"/bss/subscriptions/{number}/upgrade/"
    form = form_of(maren, url)
    Price.objects.filter(product__plan__code="standard", cycle="month").update(amount=159)
    before = all_rows()
    answer = maren.post(url, form)
    assert answer.status_code == 422
    assert "Something changed. Look again." in answer.content.decode()
    assert "159.00" in answer.content.decode()
    assert all_rows() == before


@pytest.mark.parametrize(
    "typed",
    [
        {}, {"cycle": "week"}, {"cycle": ""}, {"cycle": "\0"}, {"fingerprint-month": "x"}, {"form_key": "x" * 5000},
        {"cycle": "month", "alias": "\ud800"},
    ],
)  # fmt: skip
def test_nonsense_orders_nothing(maren, alpine, number, typed):
    url = f"/bss/subscriptions/{number}/upgrade/"
    before = all_rows()
    form = {name: value.encode("utf-8", "replace").decode() for name, value in typed.items()}
    answer = maren.post(url, form)
    assert answer.status_code == 422
    assert all_rows() == before


def test_who_may_not_sees_why(nordwind, office, alpine, number):
    reader = office(cast.staff(nordwind, "read_only").user)
    page = reader.get(f"/bss/subscriptions/{number}/").content.decode()
    assert 'aria-disabled="true" aria-describedby="why-upgrade"' in page
    assert "You can’t do this with your role." in page
    assert reader.post(f"/bss/subscriptions/{number}/upgrade/").status_code == 403


def test_where_nothing_can_be_done_it_says_why(maren, nordwind):
    standard = cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "standard", alias="harborit").subscriptions.get()
    page = maren.get(f"/bss/subscriptions/{standard.number}/").content.decode()
    assert "The Tenant plan can’t be ordered yet." in page


def test_asked_by_the_script_a_redirect_is_an_address(maren, alpine, number):
    url = f"/bss/subscriptions/{number}/upgrade/"
    answer = maren.post(url, form_of(maren, url), headers={"x-dialog": "yes"})
    order = Order.objects.get(account=alpine, state="placed")
    assert (answer.status_code, answer["X-Location"]) == (204, f"/bss/orders/{order.number}/")
