"""The statement of an account, the list of all charges, and their files: what they say, and whose they are."""

import csv
import io
from datetime import datetime
from decimal import Decimal

import pytest
from django.http import HttpResponse

from plans.models import Charge, Operator, StaffMembership, User
from tests import cast
from tests.plans.trading import at, buy, buy_plan, look, noon, priced
from tests.storefront.visits import words


def on(day: str):
    return at(noon(datetime.fromisoformat(day).date(), "Europe/Berlin"))


@pytest.fixture
def tech(nordwind):
    """Free in January, Standard from 10 February on, renewed once; three seats in yen beside it."""
    account = cast.reseller(nordwind, name="Tech Solutions")
    with on("2026-01-20"):
        buy_plan(account, "free", cycle="month", price="0.00")
    with on("2026-02-10"):
        buy_plan(account, "standard", cycle="month", price="149.00")
    with on("2026-03-10"):
        look()
    return account


def lines_of(answer: HttpResponse) -> list[dict[str, str]]:
    text = b"".join(answer.streaming_content).decode().removeprefix("\ufeff")
    return list(csv.DictReader(io.StringIO(text)))


def in_yen(account) -> None:
    """The same account buys in another currency from 11 March on."""
    type(account).objects.filter(pk=account.pk).update(currency="JPY")
    account.refresh_from_db()
    seats = priced(cast.product(account.operator, "=Seats"), cycle="month", currency="JPY", amount="1234")
    with on("2026-03-11"):
        buy(account, seats, cycle="month", quantity=3)


def test_the_newest_line_is_first_with_the_balance_after_each(maren, tech):
    page = maren.get(f"/bss/accounts/{tech.number}/billing/")
    shown = [(row.charge.text, row.charge.gross, row.balance) for row in page.context["rows"]]
    assert shown == [
        ("Standard Plan, 1 month", Decimal("177.31"), Decimal("354.62")),
        ("Credit: 10 of 31 days not used", Decimal(0), Decimal("177.31")),
        ("Standard Plan, 1 month", Decimal("177.31"), Decimal("177.31")),
        ("Free Plan, 1 month", Decimal(0), Decimal(0)),
    ]
    said = words(page)
    for text in ("€354.62", "€298.00", "VAT 19 %", "10 Mar 2026", "to 9 Apr 2026", "Export CSV"):
        assert text in said, text


def test_currencies_are_never_added(maren, tech):
    in_yen(tech)
    page = maren.get(f"/bss/accounts/{tech.number}/billing/")
    assert [(one.currency, one.charges, one.credits, one.tax, one.total) for one in page.context["balances"]] == [
        ("EUR", Decimal("298.00"), 0, Decimal("56.62"), Decimal("354.62")),
        ("JPY", 3702, 0, 703, 4405),
    ]
    first, second, *_ = page.context["rows"]
    assert (first.charge.currency, first.balance, second.charge.currency, second.balance) == (
        "JPY", 4405, "EUR", Decimal("354.62"),
    )  # fmt: skip
    assert "JPY 4,405" in words(page)


def test_pages_follow_each_other_and_the_balance_goes_on(maren, tech, monkeypatch):
    monkeypatch.setattr("bss.accounts.billing.SIZE", 2)
    first = maren.get(f"/bss/accounts/{tech.number}/billing/")
    second = maren.get(f"/bss/accounts/{tech.number}/billing/{first.context['page'].following}")
    balances = [row.balance for page in (first, second) for row in page.context["rows"]]
    assert balances == [Decimal("354.62"), Decimal("177.31"), Decimal("177.31"), Decimal(0)]
    assert second.context["page"].following == ""


@pytest.mark.parametrize(
    ("show", "kinds"),
    [("charge", ["charge"] * 3), ("credit", ["credit"]), ("x", ["charge", "credit", "charge", "charge"])],
)
def test_only_charges_or_only_credits(maren, tech, show, kinds):
    page = maren.get(f"/bss/accounts/{tech.number}/billing/?show={show}")
    assert [row["charge"].kind if show != "x" else row.charge.kind for row in page.context["rows"]] == kinds


def test_an_account_without_charges_says_so(maren, nordwind):
    account = cast.reseller(nordwind, "Empty")
    page = maren.get(f"/bss/accounts/{account.number}/billing/")
    assert "Nothing has been charged yet." in words(page)
    assert "Export CSV" not in words(page)


def test_the_file_of_a_statement_is_in_the_order_in_which_it_grew(maren, tech):
    in_yen(tech)
    answer = maren.get(f"/bss/accounts/{tech.number}/billing/export.csv")
    assert f'filename="statement-{tech.number}.csv"' in answer["Content-Disposition"]
    rows = lines_of(answer)
    assert [(row["Currency"], row["Net"], row["Tax"], row["Total"], row["Balance"]) for row in rows] == [
        ("EUR", "0.00", "0.00", "0.00", "0.00"),
        ("EUR", "149.00", "28.31", "177.31", "177.31"),
        ("EUR", "0.00", "0.00", "0.00", "177.31"),
        ("EUR", "149.00", "28.31", "177.31", "354.62"),
        ("JPY", "3702", "703", "4405", "4405"),
    ]
    assert (rows[3]["Date"], rows[3]["First day"], rows[3]["Last day"], rows[3]["Order"]) == (
        "2026-03-10", "2026-03-10", "2026-04-09", "",
    )  # fmt: skip


def test_a_credit_is_a_number_and_a_name_is_no_formula(maren, tech):
    Charge.objects.filter(kind="credit").update(net=Decimal("-99.33"), tax=Decimal("-18.87"))
    Charge.objects.filter(order=None).update(text="=HYPERLINK(1)")
    rows = lines_of(maren.get(f"/bss/accounts/{tech.number}/billing/export.csv"))
    assert [row["Net"] for row in rows] == ["0.00", "149.00", "-99.33", "149.00"]
    assert rows[3]["Description"] == "'=HYPERLINK(1)"
    for row in lines_of(maren.get("/bss/charges/export.csv")):
        assert not any(cell.startswith(("=", "+", "@")) for cell in row.values())


def test_the_list_of_all_charges(maren, nordwind, tech):
    harbor = cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "standard", alias="harborit")

    def found(query: str) -> list[str]:
        return [row.account_number for row in maren.get(f"/bss/charges/?{query}").context["rows"]]

    assert found("") == [harbor.number, *[tech.number] * 4]
    assert found(f"account={tech.number.lower()}") == [tech.number] * 4
    assert found("kind=credit") == [tech.number]
    assert found("since=2026-02-10&until=2026-02-10") == [tech.number] * 2
    assert found("since=2026-03-10&kind=charge") == [harbor.number, tech.number]
    assert found("account=nobody") == []
    assert found("kind=x&since=y&after=z") == [harbor.number, *[tech.number] * 4]
    exported = lines_of(maren.get(f"/bss/charges/export.csv?account={tech.number}&kind=charge"))
    assert [(row["Account ID"], row["Total"]) for row in exported] == [
        (tech.number, "177.31"), (tech.number, "177.31"), (tech.number, "0.00"),
    ]  # fmt: skip


def test_every_member_of_staff_may_look(office, nordwind, tech):
    for role in StaffMembership.Role.values:
        client = office(cast.staff(nordwind, role).user)
        for path in ("charges/", f"accounts/{tech.number}/billing/", f"accounts/{tech.number}/billing/export.csv"):
            assert client.get(f"/bss/{path}").status_code == 200, (role, path)


def test_staff_of_another_distributor_find_nothing(office, tech):
    cast.distributor("Sudlicht", host="sudlicht.test")
    assert Operator.objects.count() == 2
    stranger = office(User.objects.get(email="maren.holt@sudlicht.example"))
    assert stranger.get(f"/bss/accounts/{tech.number}/billing/").status_code == 404
    assert stranger.get(f"/bss/accounts/{tech.number}/billing/export.csv").status_code == 404
    assert stranger.get("/bss/charges/").context["rows"] == []
    assert stranger.get(f"/bss/charges/?account={tech.number}").context["rows"] == []
    assert lines_of(stranger.get("/bss/charges/export.csv")) == []
