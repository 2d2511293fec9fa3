"""My statement on the distributor's storefront: what was charged, the balance after each line, and the file."""

import csv
import io

import pytest
from django.test import Client

from plans.models import Account
from tests import cast
from tests.plans.trading import buy, buy_plan, priced
from tests.storefront.visits import signed_in, statements, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    """Free, then Standard on the same day."""
    made = cast.reseller(cast.distributor())
    buy_plan(made, "free", cycle="month", price="0.00")
    buy_plan(made, "standard", cycle="month", price="149.00")
    return made


@pytest.fixture
def jonas(account) -> Client:
    return signed_in(cast.buyer_of(account))


def rows_of(client: Client) -> list[dict[str, str]]:
    answer = client.get("/statement/export.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(b"".join(answer.streaming_content).decode().removeprefix("\ufeff"))))


def test_my_subscription_leads_to_the_file(jonas, account):
    number = account.subscriptions.latest("pk").number
    page = jonas.get(f"/subscriptions/{number}/").text
    assert "I want to…" in page
    assert 'href="/statement/export.csv"' in page
    assert "Download statement" in page
    assert [(row["Net"], row["Balance"]) for row in rows_of(jonas)] == [
        ("0.00", "0.00"), ("149.00", "177.31"), ("0.00", "177.31"),
    ]  # fmt: skip


def test_an_ended_subscription_has_its_statement_too(jonas, account):
    number = account.subscriptions.earliest("pk").number
    assert "Download statement" in jonas.get(f"/subscriptions/{number}/").text


def test_the_page_says_what_was_charged(jonas, account):
    assert 'href="/statement/"' in jonas.get("/subscriptions/").text
    said = words(jonas.get("/statement/"))
    for text in (
        "My statement",
        "Balance €177.31",
        "Standard Plan, 1 month",
        "€149.00",
        "VAT 19 %",
        "Download statement",
    ):
        assert text in said, text


def test_without_charges_it_says_so(account):
    other = cast.reseller(account.operator, "Harbor IT")
    page = signed_in(cast.buyer_of(other)).get("/statement/")
    assert "Nothing has been charged yet" in words(page)
    assert "Download statement" not in words(page)


@pytest.mark.parametrize("role", ["viewer", "buyer", "subscriptions_manager", "storefront_manager", "admin"])
def test_everybody_of_the_account_may_look(account, role):
    person = cast.person(account, f"{role}@techsolutions.example", roles=(role,)).user
    assert signed_in(person).get("/statement/").status_code == 200


def test_nobody_reads_another_accounts(jonas, account):
    neighbour = cast.reseller(account.operator, "Harbor IT")
    buy_plan(neighbour, "standard", cycle="month", price="149.00")
    other = signed_in(cast.buyer_of(neighbour))
    assert {row["Subscription"] for row in rows_of(other)} == {neighbour.subscriptions.get().number}
    assert not {row["Subscription"] for row in rows_of(jonas)} & {neighbour.subscriptions.get().number}
    assert Client().get("/statement/").status_code == 302


@pytest.mark.parametrize("count", [0, 30])
def test_it_asks_the_same_however_long_it_is(jonas, account, count):
    seats = priced(cast.product(account.operator, "Seats"), cycle="month", currency="EUR", amount="1")
    for _ in range(count):
        buy(account, seats, cycle="month")
    jonas.get("/statement/")
    with statements() as asked:
        page = jonas.get("/statement/")
    assert asked.many == 5, asked.text
    assert ("Next page" in page.text) == bool(count)
