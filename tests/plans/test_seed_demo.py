"""The demo: the fixed people and states of the product page, clean by every invariant, and the same when run again."""

import time
from datetime import timedelta
from io import StringIO

import pytest
from django.contrib.auth.hashers import check_password
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.utils import timezone

from notifications.models import Notification
from plans import verify
from plans.models import (
    Account,
    Activity,
    Charge,
    Contact,
    Listing,
    Operator,
    Order,
    Picture,
    Product,
    StaffMembership,
    Storefront,
    Subscription,
    User,
)
from plans.models.picture import WIDTHS
from plans.preview import Wanted
from plans.previewing import preview_order
from plans.refusals import Refused

pytestmark = pytest.mark.shared
MODELS = (
    Operator,
    Account,
    Contact,
    User,
    Order,
    Subscription,
    Storefront,
    Charge,
    Activity,
    Notification,
    Product,
    Listing,
)


def seed(*options: str) -> str:
    out = StringIO()
    call_command("seed_demo", "--force", *options, stdout=out)
    return out.getvalue()


@pytest.fixture
def demo(db):
    return seed()


def test_two_resellers_sell_differently(demo):
    shops = {name: Storefront.objects.get(claim__alias=name) for name in ("kestrelwick", "alpinecloud")}
    assert {name: (shop.lists_everything, shop.markup) for name, shop in shops.items()} == {
        "kestrelwick": (True, 25),
        "alpinecloud": (False, None),
    }
    assert {name: shop.listings.filter(is_listed=True).count() for name, shop in shops.items()} == {
        "kestrelwick": 5,
        "alpinecloud": 7,
    }


def test_the_people_of_the_product_page(demo):
    nordwind = Operator.objects.get(name="Nordwind Distribution")
    assert set(StaffMembership.objects.filter(operator=nordwind).values_list("user__email", "role")) == {
        ("maren.holt@nordwind.example", "administrator"),
        ("manager@nordwind.example", "account_manager"),
        ("ops@nordwind.example", "operations"),
        ("finance@nordwind.example", "finance"),
        ("viewer@nordwind.example", "read_only"),
    }
    tech = Account.objects.get(operator=nordwind, number="AC-10482")
    assert tech.name == "Tech Solutions"
    people = tech.contacts.values_list("email", "name", "is_primary", "roles__role")
    assert set(people) == {
        ("jonas.brandt@techsolutions.example", "Jonas Brandt", True, "admin"),
        ("viewer@techsolutions.example", "Paula Lindt", False, "viewer"),
    }
    named = ["Tech Solutions", "Harbor IT", "Alpine Cloud", "Kestrelwick Systems", "Lumen Desk"]
    held = {a.name: a.held().plan.code for a in Account.objects.filter(name__in=named)}
    assert held == {
        "Tech Solutions": "basic",
        "Harbor IT": "basic",
        "Alpine Cloud": "free",
        "Kestrelwick Systems": "standard",
        "Lumen Desk": "free",
    }
    aliases = Storefront.objects.filter(account__name__in=named).values_list("account__name", "claim__alias")
    assert dict(aliases) == {
        "Alpine Cloud": "alpinecloud",
        "Kestrelwick Systems": "kestrelwick",
        "Lumen Desk": "lumendesk",
    }
    primary = Contact.objects.primary().filter(account__parent__name="Kestrelwick Systems")
    assert set(primary.values_list("email", flat=True)) == {"buyer@millbrook.example", "buyer@oakfield.example"}
    customers = Account.objects.filter(kind="customer")
    assert set(customers.values_list("parent__name", flat=True)) == {"Kestrelwick Systems", "Alpine Cloud"}
    assert not customers.filter(subscriptions__isnull=True).exists()
    assert {state: customers.filter(state=state).count() for state in ("active", "suspended")} == {
        "active": 3, "suspended": 1,
    }  # fmt: skip
    sudlicht = Operator.objects.get(store_host="sudlicht.localhost")
    assert list(sudlicht.staff.values_list("user__email", flat=True)) == ["admin@sudlicht.example"]
    assert list(sudlicht.accounts.resellers().values_list("name", flat=True)) == ["Lumen Desk"]


def test_forty_more_over_all_plans(demo):
    resellers = Account.objects.resellers().filter(operator__short_name="Nordwind")
    assert resellers.count() == 44
    plans = [account.held().plan.code for account in resellers]
    assert {code: plans.count(code) >= 2 for code in ("basic", "free", "standard", "tenant")} == dict.fromkeys(
        ("basic", "free", "standard", "tenant"), True
    )


def test_every_password(demo):
    hashes = set(User.objects.values_list("password", flat=True))
    assert len(hashes) == 2  # one for each distributor, hashed once
    assert all(check_password("uplift-demo", each) for each in hashes)


def test_a_dozen_products_orders_and_letters_in_every_state(demo):
    assert Product.objects.ordinary().filter(operator__short_name="Nordwind").count() == 12
    assert set(Order.objects.values_list("state", flat=True)) == set(Order.State.values)
    assert set(Notification.objects.values_list("state", flat=True)) == set(Notification.State.values)
    assert set(Storefront.objects.values_list("state", flat=True)) == set(Storefront.State.values)


def test_activities_reach_back_twelve_months(demo):
    first = Activity.objects.earliest("at").at
    now = timezone.now()
    assert timedelta(days=330) <= now - first <= timedelta(days=400)
    months = {(a.year, a.month) for a in Activity.objects.values_list("at", flat=True)}
    assert len(months) >= 12
    assert not Activity.objects.filter(at__gt=now).exists()


def test_every_invariant_holds(demo):
    assert verify.broken() == {}


def test_a_second_run_changes_nothing(demo):
    before = {model: list(model.objects.order_by("pk").values_list()) for model in MODELS}
    assert "Nordwind Distribution is there already." in seed()
    assert {model: list(model.objects.order_by("pk").values_list()) for model in MODELS} == before


def test_the_store_host_can_be_another_one(db, settings):
    settings.PUBLIC_PORT = 0
    assert "http://shop.example.test" in seed("--store-host=shop.example.test")
    assert Operator.objects.filter(store_host="shop.example.test", short_name="Nordwind").exists()


def test_it_is_refused_where_debug_is_off(db, settings):
    settings.DEBUG = False
    with pytest.raises(CommandError, match="--force"):
        call_command("seed_demo")
    assert not Operator.objects.exists()


def test_a_host_of_somebody_else_is_left_alone(db):
    from tests import cast

    cast.distributor("Disti", host="localhost")
    with pytest.raises(CommandError, match="belongs to another distributor"):
        seed()
    assert Operator.objects.count() == 1


def test_a_person_who_is_there_already_is_left_alone(db):
    User.objects.create_user("jonas.brandt@techsolutions.example", "a password of his own")
    with pytest.raises(CommandError, match="Nothing was made"):
        seed()
    assert not Operator.objects.exists()
    assert User.objects.get().check_password("a password of his own")


def test_the_account_of_the_demo_can_walk_the_first_door(demo):
    account = Account.objects.select_related("operator", "account_manager").get(number="AC-10482")
    for slug in ("free-plan", "standard-plan"):
        product = Product.objects.select_related("plan").get(operator=account.operator, slug=slug)
        shown = preview_order(account, wanted=[Wanted(product)], alias="techsolutions")
        assert shown.refusals == []
    taken = preview_order(account, wanted=[Wanted(product)], alias="kestrelwick")
    assert [type(each) for each in taken.refusals] == [Refused]


def test_the_next_order_has_the_number_of_the_mock_ups(demo):
    from plans.models import NumberSeries

    nordwind = Operator.objects.get(short_name="Nordwind")
    assert NumberSeries.take(nordwind.pk, "SO") == ["SO-01874"]
    assert NumberSeries.take(nordwind.pk, "AC") == ["AC-10483"]
    assert Account.objects.filter(operator=nordwind).values("number").distinct().count() == 49


def test_it_is_quick(db):
    started = time.process_time()
    seed()
    assert time.process_time() - started < 8


def test_two_resellers_have_logos_of_their_own(demo):
    shown = Storefront.objects.filter(logo__isnull=False).select_related("claim")
    assert {one.claim.alias for one in shown} == {"alpinecloud", "kestrelwick"}
    assert len({one.brand_colour for one in shown}) == 2
    for one in shown:
        assert all(default_storage.size(Picture.path(one.logo_id, width)) for width in WIDTHS)
