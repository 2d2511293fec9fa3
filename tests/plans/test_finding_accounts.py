"""Finding an account by what people know of it; at a hundred thousand accounts without reading them all."""

import pytest
from django.db import connection

from plans.models import Account, NumberSeries
from tests import cast

pytestmark = pytest.mark.django_db
ANYWHERE = connection.vendor == "postgresql"


@pytest.fixture
def nordwind():
    return cast.distributor()


def names(text: str, operator) -> set[str]:
    return set(Account.objects.matching(text, operator=operator).values_list("name", flat=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AC-10482", {"Tech Solutions"}),
        ("ac10482", {"Tech Solutions"}),
        ("10482", {"Tech Solutions"}),
        ("tech", {"Tech Solutions"}),
        ("TECH SOL", {"Tech Solutions"}),
        ("  tech  ", {"Tech Solutions"}),
        ("te", {"Tech Solutions"}),
        ("owner@harbor", {"Harbor IT"}),
        ("OWNER@", {"Tech Solutions", "Harbor IT"}),
        ("portside", {"Harbor IT"}),
        ("nobody", set()),
        ("%", set()),
        ("_____", set()),
        ("tech\0", {"Tech Solutions"}),
        ("9" * 40, set()),
        ("'; drop table", set()),
    ],
)
def test_by_number_name_alias_and_email(nordwind, text, expected):
    NumberSeries.objects.filter(operator=nordwind, prefix="AC").update(next_number=10_482)
    cast.reseller(nordwind)
    cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="portside")
    assert names(text, nordwind) == expected


@pytest.mark.parametrize("text", ["solut", "harborit.exam", "rtsid"])
def test_three_letters_anywhere_on_postgresql_and_the_start_elsewhere(nordwind, text):
    cast.reseller(nordwind)
    cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="portside")
    assert len(names(text, nordwind)) == (1 if ANYWHERE else 0)
    assert names("ol", nordwind) == set()


def test_an_account_that_fits_in_many_ways_is_found_once(nordwind):
    account = cast.on_plan(cast.reseller(nordwind, "Tech", email="tech@tech.example"), "free", alias="tech")
    assert [found.pk for found in Account.objects.matching("tech", operator=nordwind)] == [account.pk]


def test_nothing_of_another_distributor_is_found(nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.on_plan(cast.reseller(sudlicht, "Lumen Desk"), "free", alias="lumendesk")
    for text in ("lumen", "owner@lumen", "lumendesk"):
        assert names(text, nordwind) == set()
        assert names(text, sudlicht) == {"Lumen Desk"}


def test_it_narrows_what_was_asked_before(nordwind):
    cast.reseller(nordwind, "Tech One", state="suspended")
    cast.reseller(nordwind, "Tech Two")
    found = Account.objects.filter(state="active").matching("tech", operator=nordwind).order_by("name")
    assert [account.name for account in found[:10]] == ["Tech Two"]
