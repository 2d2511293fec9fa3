"""What PostgreSQL does for a reseller's catalogue of 10,000 products: an index leads to few rows, nothing is sorted."""

import re
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from plans.models import Listing, Operator, Price, Product, Storefront
from tests import cast
from tests.bss.test_query_plans import Judge
from tests.storefront.visits import signed_in

pytestmark = [
    pytest.mark.pg,
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL's planner"),
]
MANY, OWN, UNLISTED, CHOSEN = 10_000, 200, 500, 40
ASKED = ("", "?category=Room+3", "?q=zirbel", "?q=number+777", "?q=service")


def stock(operator: Operator) -> list[Product]:
    made = Product.objects.bulk_create(
        [
            Product(
                operator=operator, name=f"Service {number * 7919 % MANY:05}", slug=f"service-{number}",
                category=f"Room {number % 12}", summary=f"Does what number {number} does.",
            )
            for number in range(MANY)
        ],
        batch_size=2_000,
    )  # fmt: skip
    Price.objects.bulk_create(
        [
            Price(product=each, cycle=cycle, currency="EUR", amount=Decimal(number * 31 % 9973 + 1) / 10 * factor,
                  recommended=Decimal(number * 37 % 9967 + 2) / 10 * factor)
            for number, each in enumerate(made) for cycle, factor in (("month", 1), ("year", 11))
        ],
        batch_size=2_000,
    )  # fmt: skip
    return made


def choose(shop: Storefront, products: list[Product], *, is_listed: bool, own: bool = False) -> None:
    Listing.objects.bulk_create(
        Listing(operator=shop.operator, storefront=shop, product=each, is_listed=is_listed,
                markup=Decimal(number % 50) if own else None)
        for number, each in enumerate(products)
    )  # fmt: skip


def opened(operator: Operator, name: str, alias: str, plan: str = "standard", **fields) -> Storefront:
    account = cast.on_plan(cast.reseller(operator, name), plan, alias=alias)
    Storefront.objects.filter(account=account).update(**fields)
    return Storefront.objects.select_related("operator").get(account=account)


@pytest.fixture
def operator() -> Operator:
    """Four shops: everything listed but some, some at markups of their own; nearly all chosen; few; recommended."""
    operator = cast.distributor()
    everything = opened(operator, "Tech Solutions", "techsolutions", markup=20)
    chosen = opened(operator, "Harbor IT", "harborit", lists_everything=False, markup=20)
    few = opened(operator, "Berg IT", "bergit", lists_everything=False)
    opened(operator, "Alpine Cloud", "alpinecloud", plan="free")
    products = stock(operator)
    choose(everything, products[:OWN], is_listed=True, own=True)
    choose(everything, products[OWN : OWN + UNLISTED], is_listed=False)
    choose(chosen, products[:-UNLISTED], is_listed=True)
    choose(few, products[:: MANY // CHOSEN], is_listed=True)
    with connection.cursor() as cursor:
        for index in ("product_name_trigrams", "product_summary_trigrams"):
            cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])  # as vacuum does
        cursor.execute("ANALYZE")
    cache.clear()
    return operator


def test_catalogue_product_and_rooms_read_few_rows(operator):
    judge, stranger = Judge(), Client()
    manager = signed_in(cast.buyer_of(Storefront.objects.get(claim__alias="techsolutions").account))
    paths = [f"/{alias}/products/{asked}" for alias in ("techsolutions", "harborit", "alpinecloud") for asked in ASKED]
    paths += [f"/{alias}/products/?sort=price" for alias in ("techsolutions", "harborit", "alpinecloud", "bergit")]
    paths += ["/bergit/products/", "/bergit/products/?q=service", "/techsolutions/products/service-4711/"]
    for path in paths:
        hear(judge, stranger, path)
    for asked in (*ASKED, "?state=listed", "?state=unlisted"):
        hear(judge, manager, f"/techsolutions/admin/catalogue/{asked}", pages=1)
    assert judge.content(), "\n".join(judge.wrong)


def hear(judge: Judge, client: Client, path: str, *, pages: int = 2) -> None:
    """The page and the one after it, once what is kept in the cache is there."""
    base = path.partition("?")[0]
    for _ in range(pages):
        client.get(path)
        with CaptureQueriesContext(connection) as captured:
            response = client.get(path)
        assert response.status_code == 200, path
        judge.hear(captured, path)
        following = re.search(r'<a class="btn sm" href="(\?[^"]+)">Next page', response.text)
        if not following:
            return
        path = base + following[1].replace("&amp;", "&")
