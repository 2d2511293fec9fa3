"""Plain rows by prepared questions: word for word what the ORM would give, whoever asks and in whatever order."""

from decimal import Decimal
from itertools import product

import pytest
from django.test import RequestFactory

from plans.models import Listing, Price, Product, Storefront
from reselling.catalogue import listed
from storefront import selling
from storefront.shelves import ON_A_PAGE, ON_A_TILE, costs_of
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def shops():
    """One storefront that lists everything but a product, one that lists that alone; each with a markup of its own."""
    operator = cast.distributor()
    for number in range(25):
        made = cast.product(operator, f"Product {number:02}")
        Product.objects.filter(pk=made.pk).update(category="ab"[number % 2])
    found = []
    for alias, everything in (("alpinecloud", True), ("harborit", False)):
        account = cast.on_plan(cast.reseller(operator, alias), alias=alias)
        Storefront.objects.filter(account=account).update(lists_everything=everything)
        shop = Storefront.objects.get(account=account)
        Listing.objects.create(
            operator=operator, storefront=shop, product=made, is_listed=not everything, markup=Decimal("12.50")
        )
        found.append(shop)
    return found


def test_a_page_is_what_the_orm_gives(shops):
    categories, searches = ("", "a", "b", "\x1acategory", "c' OR 1=1"), ("", "product 1")
    for shop, category, words in product((*shops, *shops), categories, searches):
        rows = listed(shop).filter(name__icontains=words).order_by("name", "pk").values(*ON_A_TILE, "own_markup")
        expected = list(rows.filter(category=category) if category else rows)
        shelf, whose = selling.SHELVES[shop.lists_everything], {"storefront": shop.pk, "operator": shop.operator_id}
        for place, row in ((0, None), *enumerate(expected[:5], start=1)):
            asked = RequestFactory().get("/", {"after": f"{row['id']}.{row['name']}"} if row else {})
            found = shelf.by_name(asked, category=category, words=words, **whose)
            assert found.rows == expected[place : place + 20], (shop, category, words, row)


def test_prices_are_decimals_the_monthly_ones_first(shops):
    keys = list(Product.objects.ordinary().values_list("pk", flat=True))
    Price.objects.filter(product=keys[0]).update(recommended="0.1")
    rows = Price.objects.filter(product__in=keys[:3], currency="EUR").order_by("cycle")
    expected = list(rows.values("product_id", "cycle", "amount", "recommended"))
    assert sorted(map(str, costs_of(keys[:3], currency="EUR"))) == sorted(map(str, expected))
    assert costs_of(keys[:3], currency="XXX") == costs_of([], currency="EUR") == []


def test_a_product_comes_with_its_prices(shops):
    slug, other = "product-03", "product-04"
    Price.objects.filter(product__slug=other).delete()
    made = Product.objects.get(slug=slug)
    Price.objects.create(product=made, cycle="year", currency="EUR", amount=99)
    Price.objects.create(product=made, cycle="month", currency="CHF", amount=1)
    for shop in shops:
        whose = {"storefront": shop.pk, "operator": shop.operator_id}
        shelf, there = selling.SHELVES[shop.lists_everything], listed(shop).filter(slug=slug)
        found = shelf.one(slug, currency="EUR", **whose)
        if not shop.lists_everything:
            assert found is None
            continue
        assert found == (there.values(*ON_A_PAGE, "own_markup").get(), costs_of([made.pk], currency="EUR"))
        assert [cost["cycle"] for cost in found[1]] == ["month", "year"]
        assert shelf.one(other, currency="EUR", **whose)[1] == []
