"""A distributor is founded by `create_distributor`: everything it needs to sell, no demo rows, or nothing at all."""

from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from notifications.catalogue import CATALOGUE
from notifications.models import Notification
from plans import verify
from plans.founding import CannotFound, Details, check_details, found_operator
from plans.models import Account, Operator, Order, Plan, PlanEdge, Price, Product, Storefront, User
from plans.upgrade_paths import upgrade_options
from tests import cast

pytestmark = pytest.mark.django_db

DISTI = {
    "name": "Disti Cloud GmbH",
    "short_name": "Disti",
    "address": "Hafenstrasse 1, 20457 Hamburg, Germany",
    "store_host": "cloud.disti.test",
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "tax_rate": "19",
    "sender_email": "cloud@disti.test",
    "admin_name": "Ruth Adler",
    "admin_email": "Ruth.Adler@disti.test",
}


def create_distributor(**changes: str) -> str:
    out = StringIO()
    options = {f"--{name.replace('_', '-')}": value for name, value in (DISTI | changes).items()}
    call_command("create_distributor", *[f"{option}={value}" for option, value in options.items()], stdout=out)
    return out.getvalue()


def rows() -> int:
    return sum(model.objects.count() for model in (Operator, Account, Plan, Product, Storefront, User, Notification))


def test_plans_prices_and_entitlements_are_those_of_the_product_page():
    create_distributor()
    plans = Plan.objects.filter(operator__store_host="cloud.disti.test").order_by("rank")
    assert [(p.code, p.rank, p.is_default, p.is_offered, p.welcome_letter) for p in plans] == [
        ("basic", 0, True, True, ""),
        ("free", 10, False, True, "welcome_free"),
        ("standard", 20, False, True, "welcome_standard"),
        ("tenant", 30, False, False, "welcome_tenant"),
    ]
    basic, free, standard, tenant = (plan.sold_as() for plan in plans)
    assert basic == {"shop": None}
    assert free == dict.fromkeys(["shop", "own_storefront", "branding", "customers_order", "api_read"]) | {
        "customers": 10
    }
    assert set(standard) - set(free) == {
        "direct_orders", "own_prices", "unbranded", "own_sender", "custom_domain", "api_write",
    }  # fmt: skip
    assert standard["customers"] is None
    assert set(tenant) - set(standard) == {"own_bss"}
    prices = Price.objects.values_list("product__slug", "cycle", "currency", "amount", "product__is_sold")
    assert set(prices) == {
        ("free-plan", "month", "EUR", Decimal("0"), True),
        ("standard-plan", "month", "EUR", Decimal("149"), True),
        ("standard-plan", "year", "EUR", Decimal("1490"), True),
        ("tenant-plan", "month", "EUR", Decimal("390"), False),
    }
    assert set(Product.objects.values_list("name", flat=True)) == {"Free Plan", "Standard Plan", "Tenant Plan"}


def test_every_step_up_has_its_step_back():
    create_distributor()
    edges = PlanEdge.objects.values_list("from_plan__code", "to_plan__code", "direction")
    up = {(a, b) for a, b, direction in edges if direction == "up"}
    down = {(a, b) for a, b, direction in edges if direction == "down"}
    assert up == {
        ("basic", "free"), ("basic", "standard"), ("basic", "tenant"),
        ("free", "standard"), ("free", "tenant"), ("standard", "tenant"),
    }  # fmt: skip
    assert down == {(b, a) for a, b in up}


def test_a_reseller_of_it_can_be_upgraded_at_once():
    create_distributor()
    operator = Operator.objects.get(store_host="cloud.disti.test")
    account = cast.on_plan(cast.reseller(operator), "standard")
    assert account.held().plan.code == "standard"
    offered = {option.plan.code for option in upgrade_options(account) if option.refusal is None}
    assert offered == {"basic", "free"}
    assert verify.broken() == {}


def test_the_first_administrator_is_invited_and_has_no_password():
    answer = create_distributor()
    user = User.objects.get(email="ruth.adler@disti.test")
    letter = Notification.objects.get()
    assert not user.has_usable_password()
    assert (user.name, user.staff_memberships.get().role) == ("Ruth Adler", "administrator")
    assert (letter.template_code, letter.recipient_email, letter.secret_kind) == (
        "invitation", "ruth.adler@disti.test", "invitation",
    )  # fmt: skip
    assert letter.recipient_user == user
    assert "Disti Cloud GmbH invites you" in letter.text
    assert (letter.from_email, letter.from_name) == ("cloud@disti.test", "Disti Cloud GmbH")
    assert "Invitation   to ruth.adler@disti.test" in answer


def test_it_has_its_own_storefront_terms_letters_and_series():
    create_distributor()
    operator = Operator.objects.get()
    own = operator.storefronts.get()
    assert (own.is_own, own.account, own.name) == (True, operator.account, "Disti")
    assert operator.account.kind == "distributor"
    terms = operator.terms.get()
    assert (terms.number, terms.text.startswith("Terms for resellers of Disti\n")) == (1, True)
    assert "{" not in terms.text
    assert set(operator.notification_templates.values_list("code", flat=True)) == set(CATALOGUE)
    assert set(operator.series.values_list("prefix", flat=True)) == {"AC", "SO", "BU"}
    assert not Order.objects.exists()


def test_a_second_run_says_so_and_changes_nothing():
    create_distributor()
    before = rows()
    assert "exists already" in create_distributor()
    assert rows() == before


def test_a_host_of_somebody_else_is_never_taken_over():
    create_distributor()
    before = rows()
    with pytest.raises(CommandError, match="belongs to Disti Cloud GmbH"):
        create_distributor(name="Someone Else")
    assert rows() == before


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [
        ("name", " ", "may not be empty"),
        ("short_name", "", "may not be empty"),
        ("address", "", "may not be empty"),
        ("address", "x" * 301, "at most 300"),
        ("address", "Hafen\nstrasse", "one line"),
        ("name", "Dis\x00ti", "one line"),
        ("store_host", "https://cloud.disti.test", "a host name alone"),
        ("store_host", "cloud.disti.test:8000", "a host name alone"),
        ("store_host", "cloud..disti", "a host name alone"),
        ("store_host", "", "a host name alone"),
        ("currency", "EURO", "ISO 4217"),
        ("currency", "eur", "ISO 4217"),
        ("time_zone", "Berlin", "IANA"),
        ("time_zone", "../../etc/passwd", "IANA"),
        ("tax_rate", "19 %", "per cent from 0 to 100"),
        ("tax_rate", "101", "per cent from 0 to 100"),
        ("tax_rate", "-1", "per cent from 0 to 100"),
        ("tax_rate", "NaN", "per cent from 0 to 100"),
        ("tax_rate", "19.1234", "per cent from 0 to 100"),
        ("sender_email", "cloud", "email address"),
        ("sender_email", "a@b.c\nBcc: x@y.z", "email address"),
        ("admin_email", "", "email address"),
        ("support_email", "support@", "email address"),
    ],
)
def test_a_wrong_option_is_named_and_nothing_is_written(option, value, sentence):
    with pytest.raises(CommandError) as refusal:
        create_distributor(**{option: value})
    [line] = [line for line in str(refusal.value).splitlines() if line.startswith("  --")]
    assert line.startswith(f"  --{option.replace('_', '-')}: ")
    assert sentence in line
    assert rows() == 0


def test_everything_that_is_wrong_is_said_at_once():
    problems = check_details(Details(**DISTI | {"currency": "X", "tax_rate": "X", "store_host": "X/"}))
    assert set(problems) == {"currency", "tax_rate", "store_host"}


def test_prices_of_its_own():
    out = StringIO()
    options = [f"--{name.replace('_', '-')}={value}" for name, value in (DISTI | {"currency": "JPY"}).items()]
    own = ["--price=standard-plan/month=22000", "--price=standard-plan/year=220000.4"]
    call_command("create_distributor", *options, *own, stdout=out)
    prices = dict(Price.objects.filter(product__slug="standard-plan").values_list("cycle", "amount"))
    assert prices == {"month": 22000, "year": 220000}


@pytest.mark.parametrize("price", ["standard-plan=1", "nothing/month=1", "standard-plan/month=-1", "free-plan/day=1"])
def test_a_price_that_makes_no_sense_is_refused(price):
    options = [f"--{name.replace('_', '-')}={value}" for name, value in DISTI.items()]
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("create_distributor", *options, f"--price={price}")
    assert rows() == 0


def test_who_works_for_two_distributors_is_one_user():
    found_operator(Details(**DISTI))
    found_operator(Details(**DISTI | {"name": "Other", "short_name": "Other", "store_host": "other.test"}))
    user = User.objects.get()
    assert user.staff_memberships.count() == 2
    assert Notification.objects.filter(recipient_user=user).count() == 2


def test_the_database_keeps_one_host_for_one_distributor():
    found_operator(Details(**DISTI))
    with pytest.raises(CannotFound, match="belongs to another distributor"):
        found_operator(Details(**DISTI | {"store_host": "CLOUD.disti.test"}))
