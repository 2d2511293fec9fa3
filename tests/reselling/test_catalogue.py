"""What a reseller lists, and what its visitors then see."""

from decimal import Decimal

import pytest
from django.db import IntegrityError

from plans.kept import listed_key
from plans.models import Account, Activity, Entitlement, Listing, Price, Product, Storefront, Subscription
from plans.refusals import Refused
from reselling.catalogue import (
    Choice,
    catalogue_of,
    change_catalogue,
    change_listing,
    choice_of,
    list_products,
    listed,
    unlist_products,
)
from tests import cast

pytestmark = pytest.mark.django_db
NAMES = ("Backup Vault", "Mail Archive", "Web Filter", "Workplace Suite")


@pytest.fixture
def tech() -> Account:
    operator = cast.distributor()
    for name in NAMES:
        cast.product(operator, name)
    cast.product(operator, "Withdrawn", is_sold=False)
    return cast.on_plan(cast.reseller(operator), "standard")


@pytest.fixture
def shop(tech) -> Storefront:
    return Storefront.objects.select_related("account", "claim").get(account=tech)


def names(products) -> list[str]:
    return list(products.order_by("name").values_list("name", flat=True))


def one(shop, name="Backup Vault") -> Product:
    return catalogue_of(shop).get(name=name)


def some(shop, *wanted: str):
    return catalogue_of(shop).filter(name__in=wanted)


def test_everything_sold_is_listed_until_the_reseller_chooses(shop):
    assert names(listed(shop)) == list(NAMES)
    assert unlist_products(shop, products=some(shop, "Mail Archive"), by=None) == 1
    assert names(listed(shop)) == ["Backup Vault", "Web Filter", "Workplace Suite"]
    assert list_products(shop, products=some(shop, "Mail Archive"), by=None) == 1
    assert names(listed(shop)) == list(NAMES)


def test_with_the_switch_off_only_what_is_chosen_is_listed(shop):
    list_products(shop, products=some(shop, "Web Filter"), by=None)
    assert change_catalogue(shop, seen=shop.version, lists_everything=False, markup=None, by=None)
    assert names(listed(shop)) == ["Web Filter"]


def test_choosing_twice_does_nothing(shop):
    assert [unlist_products(shop, products=catalogue_of(shop), by=None) for _ in range(2)] == [4, 0]
    said = Activity.objects.get(verb="storefront.unlisted")
    assert said.text == "Backup Vault, Mail Archive, Web Filter and 1 more products not listed any more."
    assert said.account == shop.account


def test_unlisting_keeps_markup_and_place(shop):
    row = Listing(operator=shop.operator, storefront=shop, product=one(shop), is_listed=True, markup=5, featured=1)
    row.save()
    unlist_products(shop, products=some(shop, "Backup Vault"), by=None)
    row.refresh_from_db()
    assert (row.is_listed, row.markup, row.featured) == (False, Decimal(5), 1)


def test_no_reseller_chooses_for_another(shop):
    harbor = cast.on_plan(cast.reseller(shop.operator, "Harbor IT"), "standard", alias="harborit")
    unlist_products(shop, products=catalogue_of(shop), by=None)
    assert names(listed(Storefront.objects.get(account=harbor))) == list(NAMES)


def test_a_choice_about_one_product(shop):
    product = one(shop)
    assert choice_of(product) == Choice()
    wanted = Choice(True, Decimal("12.50"))
    assert change_listing(shop, product=product, seen=Choice(), wanted=wanted, by=None)
    assert choice_of(one(shop)) == wanted
    assert not change_listing(shop, product=product, seen=wanted, wanted=wanted, by=None)
    assert (
        Activity.objects.get(verb="storefront.product_changed").text == "Backup Vault: listed; markup none to 12.5 %."
    )


@pytest.mark.parametrize("seen", [Choice(), Choice(True, Decimal("5.00")), Choice(False, Decimal("12.50"))])
def test_who_saw_another_choice_overwrites_nothing(shop, seen):
    kept = Choice(True, Decimal("12.50"))
    change_listing(shop, product=one(shop), seen=Choice(), wanted=kept, by=cast.buyer_of(shop.account))
    with pytest.raises(Refused, match="Jonas Brandt changed this product") as refusal:
        change_listing(shop, product=one(shop), seen=seen, wanted=Choice(False, Decimal(1)), by=None)
    assert refusal.value.code == "changed_meanwhile"
    assert choice_of(one(shop)) == kept


def test_of_two_who_change_the_catalogue_the_later_is_told(shop):
    seen = shop.version
    change_catalogue(shop, seen=seen, lists_everything=False, markup=Decimal(20), by=cast.buyer_of(shop.account))
    again = Storefront.objects.get(pk=shop.pk)
    with pytest.raises(Refused, match="Jonas Brandt changed this storefront"):
        change_catalogue(again, seen=seen, lists_everything=True, markup=None, by=None)
    assert (again.lists_everything, again.markup) == (False, Decimal(20))


def without(shop: Storefront, code: str, limit: int | None = None) -> Storefront:
    """The storefront of the account after its plan was sold without `code`, or with a limit."""
    held = Subscription.objects.get(account=shop.account, state="active")
    sold = {name: most for name, most in held.entitlements.items() if name != code}
    Subscription.objects.filter(pk=held.pk).update(entitlements=sold if limit is None else sold | {code: limit})
    return Storefront.objects.select_related("account", "claim").get(pk=shop.pk)


def test_without_own_prices_no_markup_changes(shop):
    shop = without(shop, Entitlement.Code.OWN_PRICES)
    with pytest.raises(Refused, match="no own prices"):
        change_listing(shop, product=one(shop), seen=Choice(), wanted=Choice(True, Decimal(1)), by=None)
    with pytest.raises(Refused, match="no own prices"):
        change_catalogue(shop, seen=shop.version, lists_everything=True, markup=Decimal(1), by=None)
    assert change_listing(shop, product=one(shop), seen=Choice(), wanted=Choice(False, None), by=None)


def test_a_limit_of_listed_products_is_kept(shop):
    shop = without(shop, Entitlement.Code.LISTED_PRODUCTS, 2)
    unlist_products(shop, products=catalogue_of(shop), by=None)
    assert list_products(shop, products=some(shop, *NAMES[:2]), by=None) == 2
    with pytest.raises(Refused, match="Your plan allows 2 listed products"):
        list_products(shop, products=some(shop, NAMES[2]), by=None)
    with pytest.raises(Refused, match="allows 2"):
        change_listing(shop, product=one(shop, NAMES[2]), seen=Choice(False), wanted=Choice(True), by=None)
    assert names(listed(shop)) == list(NAMES[:2])


def test_another_distributors_product_is_none_of_its_catalogue(shop):
    other = cast.product(cast.distributor("Sudlicht", host="other.test"), "Lumen Backup")
    assert not catalogue_of(shop).filter(pk=other.pk).exists()
    assert Price.objects.filter(product=other).exists()


def test_what_is_kept_of_a_preview_is_its_distributors_own(shop):
    other = cast.distributor("Sudlicht", host="other.test")
    previews = [Storefront(operator=shop.operator), Storefront(operator=other)]
    assert len({listed_key(each) for each in (shop, *previews)}) == 3


def test_the_database_keeps_a_markup_sane(shop):
    with pytest.raises(IntegrityError):
        Listing.objects.create(operator=shop.operator, storefront=shop, product=one(shop), is_listed=True, markup=-1)
