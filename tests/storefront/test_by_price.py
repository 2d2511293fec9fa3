"""A reseller's catalogue by price: in the order that customers read, every product once, no cost in any address."""

import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from plans.models import Listing, Price, Product, Storefront
from reselling.home_page import featured
from storefront import by_price
from tests import cast
from tests.storefront.visits import statements

pytestmark = pytest.mark.django_db
AMOUNTS = st.sampled_from(["0.01", "3.00", "3.33", "9.99", "10.00", "12.40", "400.00"])
CYCLES = {"m": ["month"], "y": ["year"], "b": ["month", "year"], "n": []}
OWN = st.sampled_from([None, None, None, 0, 7, 12.5, 33.33])
ROWS = st.lists(st.tuples(AMOUNTS, st.none() | AMOUNTS, OWN, st.sampled_from("mmmbyn")), max_size=48)


@pytest.fixture
def shop():
    operator = cast.distributor()
    account = cast.on_plan(cast.reseller(operator), "standard")
    return Storefront.objects.select_related("account", "operator").get(account=account)


def stock(shop: Storefront, rows: list[tuple]) -> None:
    """A product for each (cost, recommended, own markup, whether it is priced by the month, the year, both or not)."""
    Listing.objects.all().delete()
    Price.objects.filter(product__plan=None).delete()
    Product.objects.ordinary().delete()
    products = Product.objects.bulk_create(
        Product(operator=shop.operator, name=f"P{number % 5}", slug=f"p-{number}") for number in range(len(rows))
    )
    told = [(number, each, *row) for number, (each, row) in enumerate(zip(products, rows, strict=True))]
    Price.objects.bulk_create(
        Price(product=each, cycle=cycle, currency="EUR", recommended=recommended,
              amount=Decimal(cost) * (1 if cycle == "month" else 9 - number % 9))
        for number, each, cost, recommended, _, cycles in told for cycle in CYCLES[cycles]
    )  # fmt: skip
    Listing.objects.bulk_create(
        Listing(operator=shop.operator, storefront=shop, product=each, is_listed=True, markup=Decimal(str(own)))
        for _, each, _, _, own, _ in told
        if own is not None
    )


def walk(start: str = "/techsolutions/products/?sort=price") -> tuple[list[str], list[Decimal | None]]:
    """Slugs and prices per month in the order of the pages."""
    slugs, prices, path, client = [], [], start, Client()
    while path:
        text = client.get(path).text
        for tile in re.findall(r'<article class="tile">(.*?)</article>', text, re.S):
            slugs.append(re.search(r'/products/([^"]+)/"', tile)[1])
            price = re.search(r"€([\d,.]+)</b>.*?per month", tile, re.S)
            prices.append(Decimal(price[1].replace(",", "")) if price else None)
        following = re.search(r'<a class="btn sm" href="(\?[^"]+)">Next page', text)
        path = "/techsolutions/products/" + following[1].replace("&amp;", "&") if following else ""
        assert "amount" not in path and len(slugs) < 100
    return slugs, prices


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
@given(rows=ROWS, markup=st.sampled_from([None, 0, 12.5, 33.33]))
def test_every_product_once_cheapest_first_those_without_a_price_last(shop, rows, markup):
    stock(shop, rows)
    Storefront.objects.filter(pk=shop.pk).update(markup=None if markup is None else Decimal(str(markup)))
    cache.clear()
    slugs, prices = walk()
    assert sorted(slugs) == sorted(f"p-{number}" for number in range(len(rows)))
    shown = [price for price in prices if price is not None]
    assert shown == sorted(shown) and prices[: len(shown)] == shown


def test_the_order_is_that_of_the_prices_not_of_the_costs(shop):
    stock(shop, [("10.00", None, 0, "m"), ("9.00", None, 50, "m"), ("11.00", None, None, "m")])
    Storefront.objects.filter(pk=shop.pk).update(markup=Decimal(10))
    cache.clear()
    assert walk()[0] == ["p-0", "p-2", "p-1"]


@pytest.mark.parametrize("after", ["", "x", "p.", "p.x", "p." + "9" * 40, "p.0", "0.\0", "1", "9" * 30, "p.1.5", "-1"])
def test_a_strange_place_is_no_fault(shop, after):
    stock(shop, [("10.00", None, None, "m")])
    assert Client().get("/techsolutions/products/", {"sort": "price", "after": after}).status_code == 200


@pytest.mark.parametrize(("count", "many"), [(1, 5), (20, 5), (21, 4), (48, 4)])
def test_it_asks_four_times_and_once_more_for_what_has_no_price(shop, count, many):
    stock(shop, [("10.00", "13.00", 5 if number % 9 == 1 else None, "m") for number in range(count)])
    Client().get("/techsolutions/products/")
    with statements() as counted:
        Client().get("/techsolutions/products/?sort=price")
    assert counted.many == many, counted.text
    assert "COUNT(" not in counted.text


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite plans by its indexes, whatever is in the tables")
@pytest.mark.parametrize("column", ["amount", "recommended"])
def test_nothing_is_sorted_that_grows_with_the_catalogue(shop, column):
    of = {"storefront": shop.pk, "operator": shop.operator_id, "currency": "EUR", "category": ""}
    for lists_everything in (True, False):
        plan = by_price._first(lists_everything, column, True, False, **of).explain()
        assert f"INDEX price_by_{column}" in plan and "TEMP B-TREE" not in plan, plan
    assert "SEARCH plans_listing USING INDEX" in by_price._with_own_markup(False, **of).explain().splitlines()[0]
    assert "INDEX one_product_per_place" in featured(shop).explain().splitlines()[0]
