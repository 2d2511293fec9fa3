"""Charges for the distributor's books, and for a reseller's own."""

import pytest

from plans.models import Charge
from tests import cast
from tests.plans.trading import buy, priced

from .calling import STORE, Program, problem, token_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def standing(tech):
    return cast.on_plan(tech)


def found(program: Program, **asked) -> list[int]:
    answer = program.get("charges/", **asked)
    assert answer.status_code == 200, answer.content
    return [row["id"] for row in answer.json()["results"]]


def test_a_charge_as_a_program_reads_it(erp, standing):
    [charge] = Charge.objects.all()
    told = erp.get(f"charges/{charge.pk}/").json()
    assert told == erp.get("charges/").json()["results"][0]
    order = standing.orders.get()
    assert told | {"created_at": ""} == {
        "id": charge.pk, "account": standing.number, "subscription": standing.subscriptions.get().number,
        "order": order.number, "kind": "charge", "text": "Standard Plan, 1 month", "currency": "EUR", "net": "149.00",
        "tax_text": "VAT 19 %", "tax_rate": "19.000", "tax": "28.31", "total": "177.31",
        "period_start_on": charge.period_start_on.isoformat(), "period_end_on": charge.period_end_on.isoformat(),
        "charged_on": charge.charged_on.isoformat(), "created_at": "",
    }  # fmt: skip


def test_what_came_after_a_charge_that_is_known(erp, nordwind, standing):
    seats = priced(cast.product(nordwind, "Seats"), cycle="month", currency="EUR", amount="0.35")
    for _ in range(3):
        buy(standing, seats, cycle="month", quantity=2)
    first, second, third, fourth = Charge.objects.order_by("pk").values_list("pk", flat=True)
    assert found(erp) == [fourth, third, second, first]
    assert found(erp, after=second) == [fourth, third]
    assert found(erp, account=standing.number.lower(), kind="charge") == [fourth, third, second, first]
    assert found(erp, kind="credit") == found(erp, account="AC-1") == found(erp, until="2020-01-01") == []
    assert found(erp, since="2020-01-01", page_size=2) == [fourth, third]
    following = erp.get("charges/", since="2020-01-01", page_size=2).json()["next"]
    assert [row["id"] for row in erp.client.get(following, headers=erp.headers()).json()["results"]] == [second, first]


@pytest.mark.parametrize(
    "asked",
    [
        {"after": "x"},
        {"after": "-1"},
        {"after": "1.5"},
        {"after": "1e99"},
        {"kind": "gift"},
        {"since": "soon"},
        {"paid": "1"},
    ],
)
def test_nonsense_is_refused(erp, standing, asked):
    assert problem(erp.get("charges/", **asked), 422) == "invalid"


def test_yen_have_no_decimals(erp, nordwind):
    account = cast.reseller(nordwind, "Osaka", currency="JPY")
    seats = priced(cast.product(nordwind, "Seats"), cycle="month", currency="JPY", amount="1234")
    buy(account, seats, cycle="month", quantity=7)
    [told] = erp.get("charges/").json()["results"]
    assert (told["net"], told["tax"], told["total"], told["currency"]) == ("8638", "1641", "10279", "JPY")


def test_a_reseller_reads_its_own(nordwind, standing):
    neighbour = cast.on_plan(cast.reseller(nordwind, "Harbor"), alias="harbor")
    own = Program(token_of(nordwind, cast.buyer_of(standing), account=standing), host=STORE)
    assert found(own) == [standing.charges.get().pk]
    assert found(own, account=neighbour.number) == []
    assert problem(own.get(f"charges/{neighbour.charges.get().pk}/"), 404) == "not_found"
