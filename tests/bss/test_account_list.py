"""The list of accounts: what it shows, how it is searched, filtered, sorted and paged, and what it costs."""

import csv
import io

import pytest
from django.core.cache import cache

from plans.models import Account, NumberSeries, Order
from tests import cast
from tests.bss.test_accounts import read

LIST = "/bss/accounts/"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


def partners(operator, count: int) -> list[Account]:
    numbers = NumberSeries.take(operator.pk, "AC", count=count)
    return Account.objects.bulk_create(
        Account(operator=operator, parent=operator.account, kind="reseller", number=number, currency="EUR",
                name=f"Partner {n:03d}", country="DE")
        for n, number in enumerate(numbers)
    )  # fmt: skip


def names(client, query: str = "") -> list[str]:
    return [row.name for row in client.get(LIST + query).context["rows"]]


def test_a_row_shows_plan_storefront_and_how_it_stands(maren, nordwind):
    cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    cast.reseller(nordwind, "Harbor IT", state="suspended")
    failing = cast.reseller(nordwind, "Kestrel Net")
    Order.objects.filter(pk=cast.order_plan(failing, alias="kestrel").pk).update(state="failed", error_code="x")
    cast.reseller(nordwind, "Tech Solutions")
    rows = maren.get(LIST).context["rows"]
    assert [(row.name, row.plan.name, row.alias, row.status) for row in rows] == [
        ("Alpine Cloud", "Free", "alpinecloud", "Active"),
        ("Harbor IT", "Basic", "", "Suspended"),
        ("Kestrel Net", "Basic", "", "Execution failed"),
        ("Tech Solutions", "Basic", "", "Active"),
    ]
    page = read(maren, LIST)
    assert '<a class="mono small" href="http://testserver/alpinecloud">/alpinecloud</a>' in page
    assert rows[0].number + "/" in page


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?plan=free", ["Alpine Cloud"]),
        ("?plan=basic", ["Harbor IT", "Kestrel Net", "Tech Solutions"]),
        ("?plan=standard", []),
        ("?plan=nonsense", ["Alpine Cloud", "Harbor IT", "Kestrel Net", "Tech Solutions"]),
        ("?status=suspended", ["Harbor IT"]),
        ("?country=SE", ["Tech Solutions"]),
        ("?country=XX", ["Alpine Cloud", "Harbor IT", "Kestrel Net", "Tech Solutions"]),
        ("?view=storefront", ["Alpine Cloud"]),
        ("?view=failed", ["Kestrel Net"]),
        ("?view=no_contact", ["Harbor IT"]),
        ("?plan=basic&status=active&q=tech", ["Tech Solutions"]),
        ("?q=alpinecl", ["Alpine Cloud"]),
        ("?q=owner@kestrel", ["Kestrel Net"]),
        ("?sort=-name", ["Tech Solutions", "Kestrel Net", "Harbor IT", "Alpine Cloud"]),
        ("?sort=since", ["Alpine Cloud", "Tech Solutions", "Harbor IT", "Kestrel Net"]),
        ("?sort=nonsense", ["Alpine Cloud", "Harbor IT", "Kestrel Net", "Tech Solutions"]),
    ],
)
def test_filters_search_and_sorting(maren, nordwind, query, expected):
    cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    cast.reseller(nordwind, "Tech Solutions", country="SE")
    cast.without_primary_contact(cast.reseller(nordwind, "Harbor IT", state="suspended"))
    failing = cast.reseller(nordwind, "Kestrel Net")
    Order.objects.filter(pk=cast.order_plan(failing, alias="kestrel").pk).update(state="failed", error_code="x")
    assert names(maren, query) == expected
    rows = list(csv.reader(io.StringIO(maren.get(f"{LIST}export.csv{query}").getvalue().decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["Account", *expected]


def test_pages_of_25_go_on_and_back_without_losing_or_repeating_a_row(maren, nordwind):
    wanted = [account.name for account in partners(nordwind, 60)]
    pages, url = [], "?country=DE"
    while url:
        page = maren.get(LIST + url).context["page"]
        pages.append([row.name for row in page.rows])
        url = page.following
        assert not url or "country=DE" in url
    assert [len(rows) for rows in pages] == [25, 25, 10]
    assert [name for rows in pages for name in rows] == wanted
    assert names(maren, page.previous) == pages[1]


def test_filters_that_are_on_are_chips_that_take_them_off(maren, nordwind):
    cast.reseller(nordwind)
    page = maren.get(f"{LIST}?plan=basic&country=DE&status=active&view=failed&q=x")
    assert [chip["label"] for chip in page.context["chips"]] == [
        "Plan: Basic", "Status: Active", "Country: Germany", "View: Execution failed",
    ]  # fmt: skip
    assert "plan=&" in page.context["chips"][0]["url"]


def test_nothing_there_and_nothing_found_say_so(maren, nordwind):
    page = read(maren, LIST)
    assert "No accounts yet." in page
    assert 'href="/bss/accounts/new/"' in page
    cast.reseller(nordwind)
    page = read(maren, f"{LIST}?q=nobody%3Cb%3E")
    assert "No accounts match “nobody&lt;b&gt;”." in page
    assert f'<a href="{LIST}">Clear filters</a>' in page
    assert "No accounts match." in read(maren, f"{LIST}?status=suspended")


def test_the_export_runs_no_formula(maren, nordwind):
    cast.reseller(nordwind, "=HYPERLINK(1)", email="x@x.example", city="@SUM(A1)")
    answer = maren.get(f"{LIST}export.csv")
    [heads, row] = csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig")))
    assert heads == ["Account", "Account ID", "City", "Country", "Plan", "Storefront Alias", "Status", "Since"]
    assert (row[0], row[2], row[4]) == ("'=HYPERLINK(1)", "'@SUM(A1)", "Basic")


@pytest.mark.parametrize(
    "query",
    ["plan=%00", "status=nonsense", "country=%F0%9F%87%A9", "view=x", "after=x", "after=1.", "after=1.%00",
     "before=9." + "x" * 999,
     "q=%00", "q=" + "x" * 5000, "sort=" + "x" * 999, "plan=free&plan=basic", "sort=-since&after=9999999999999999999"],
)  # fmt: skip
def test_nonsense_in_the_address_is_never_a_fault(maren, nordwind, query):
    partners(nordwind, 3)
    assert maren.get(f"{LIST}?{query}").status_code == 200
    assert maren.get(f"{LIST}export.csv?{query}").status_code == 200


def test_another_distributors_accounts_customers_and_the_distributor_itself_are_not_listed(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.reseller(sudlicht, "Lumen Desk")
    cast.customer(cast.on_plan(cast.reseller(nordwind), "standard"))
    assert names(maren) == ["Tech Solutions"]
    assert names(maren, "?q=lumen") == names(maren, "?q=millbrook") == names(maren, "?q=nordwind") == []
