"""The Catalogue room of the Storefront Admin Panel."""

from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from plans.models import Account, Listing, Price, Product, Storefront
from tests import cast
from tests.storefront.visits import form_of, signed_in, statements, words

pytestmark = pytest.mark.django_db
ROOM = "/techsolutions/admin/catalogue/"


@pytest.fixture
def tech() -> Account:
    operator = cast.distributor()
    for name in ("Backup Vault", "Mail Archive", "Workplace Suite"):
        cast.product(operator, name, amount="10.00")
    return cast.on_plan(cast.reseller(operator), "standard")


@pytest.fixture
def manager(tech) -> Client:
    return signed_in(cast.buyer_of(tech))


def shop(tech) -> Storefront:
    return Storefront.objects.get(account=tech)


def shown_to_visitors() -> str:
    return words(Client().get("/techsolutions/products/"))


def choose(manager, address: str = "", **sent):
    return manager.post(f"{ROOM}choose/{address}", sent)


def test_a_button_of_a_row_lists_and_unlists(manager):
    assert choose(manager, "?q=vault", unlist="backup-vault")["Location"] == f"{ROOM}?q=vault"
    assert "Backup Vault" not in shown_to_visitors()
    assert Client().get("/techsolutions/products/backup-vault/").status_code == 404
    assert "1 product not listed any more." in words(manager.get(ROOM))
    choose(manager, list="backup-vault")
    assert "Backup Vault" in shown_to_visitors()


def test_all_that_are_ticked(manager):
    choose(manager, unlist="", product=["backup-vault", "mail-archive"])
    assert "Backup Vault" not in shown_to_visitors() and "Workplace Suite" in shown_to_visitors()


@pytest.mark.parametrize("sent", [{}, {"unlist": ""}, {"product": ["mail-archive"]}, {"unlist": "", "product": []}])
def test_nothing_ticked_is_told(manager, sent):
    response = choose(manager, **sent)
    assert (response.status_code, Listing.objects.count()) == (422, 0)
    assert "Select at least one product." in words(response)


def test_all_that_match_says_how_many_and_does_just_that(manager):
    address = f"{ROOM}all/?act=unlist&q=a"
    page = manager.get(f"{ROOM}all/?act=unlist&q=archive")
    assert "1 product will leave your catalogue" in words(page)
    page = manager.get(address)
    assert "3 products will leave your catalogue" in words(page)
    choose(manager, unlist="mail-archive")
    stale = manager.post(address, {"many": "3"})
    assert (stale.status_code, Listing.objects.count()) == (422, 1)
    assert "The catalogue changed meanwhile." in words(stale)
    assert manager.post(address, {"many": "2"})["Location"] == f"{ROOM}?q=a"
    assert "No products yet" in shown_to_visitors()


def test_cost_price_and_margin_are_for_managers(manager, tech):
    page = manager.post(
        f"{ROOM}every-product/", {"version": shop(tech).version, "lists_everything": "on", "markup": "25"}
    )
    assert page["Location"] == ROOM
    cache.clear()  # as the commit does, which a test never comes to
    assert "€10.00per month €12.50 €2.5020.0 %" in words(manager.get(ROOM))
    for path in ("/techsolutions/", "/techsolutions/products/", "/techsolutions/products/backup-vault/"):
        for who in (Client(), manager, signed_in(cast.buyer_of(cast.customer(tech, f"Customer {path.count('/')}")))):
            response = who.get(path)
            assert "€12.50" in response.text, path
            assert "10.00" not in response.text and "10.00" not in str(response.headers), path


def test_a_product_has_a_markup_of_its_own(manager):
    page = f"{ROOM}products/backup-vault/"
    assert manager.post(page, form_of(manager.get(page), None) | {"markup": "12.5 %"})["Location"] == page
    assert "€11.2512.5 % own markup" in words(manager.get(ROOM))
    assert "€11.25" in words(Client().get("/techsolutions/products/backup-vault/"))
    assert "Ask for a price" in words(Client().get("/techsolutions/products/mail-archive/"))


def test_who_saw_an_older_choice_is_told(manager):
    page = f"{ROOM}products/backup-vault/"
    seen = form_of(manager.get(page), None)
    manager.post(page, seen | {"markup": "5"})
    response = manager.post(page, seen | {"markup": "7"})
    assert response.status_code == 422
    assert "Jonas Brandt changed this product" in words(response) and 'value="7"' in response.text
    assert Listing.objects.get().markup == Decimal(5)


@pytest.mark.parametrize("typed", ["abc", "-1", "1001", "12,5", "\0", "👍", "9" * 5000])
def test_a_wrong_markup_is_said_at_the_field(manager, tech, typed):
    for page in (f"{ROOM}products/backup-vault/", f"{ROOM}every-product/"):
        response = manager.post(page, form_of(manager.get(page), None) | {"markup": typed})
        assert response.status_code == 422
        assert "Enter a percentage from 0 to 1,000, as in 12.5." in words(response)
    assert (Listing.objects.count(), shop(tech).markup) == (0, None)


def test_on_a_plan_without_own_prices_markups_are_frozen(tech, manager):
    Listing.objects.create(
        operator=tech.operator, storefront=shop(tech), product=Product.objects.get(slug="backup-vault"),
        is_listed=True, markup=5,
    )  # fmt: skip
    Storefront.objects.filter(account=tech).update(markup=20)
    Price.objects.filter(product__slug="mail-archive").update(recommended=Decimal("13.00"))
    held = tech.plan_subscription()
    held.entitlements.pop("own_prices")
    held.save()
    page = f"{ROOM}products/backup-vault/"
    assert "Frozen Own markup: 5 %" in words(manager.get(page))
    assert "Frozen Markup on every product: 20 %" in words(manager.get(f"{ROOM}every-product/"))
    manager.post(page, form_of(manager.get(page), None) | {"markup": "99"})
    assert (Listing.objects.get().markup, shop(tech).markup) == (Decimal(5), Decimal(20))
    assert "€13.00" in words(Client().get("/techsolutions/products/mail-archive/"))
    assert "Ask for a price" in words(Client().get("/techsolutions/products/backup-vault/"))


def test_finding_products(manager):
    choose(manager, unlist="mail-archive")
    assert "Mail Archive" in words(manager.get(f"{ROOM}?state=unlisted"))
    assert "Backup Vault" not in words(manager.get(f"{ROOM}?state=unlisted"))
    assert "Mail Archive" not in words(manager.get(f"{ROOM}?state=listed&category=Workplace&q=a"))
    assert "No products match “zirbel”." in words(manager.get(f"{ROOM}?q=zirbel"))


@pytest.mark.parametrize("count", [1, 20, 50])
def test_the_room_asks_the_same_whatever_it_holds(tech, manager, count):
    made = Product.objects.bulk_create(
        Product(operator=tech.operator, name=f"Service {number}", slug=f"service-{number}") for number in range(count)
    )
    Price.objects.bulk_create(Price(product=each, cycle="month", currency="EUR", amount=3) for each in made)
    manager.get(ROOM)
    with statements() as counted:
        manager.get(f"{ROOM}?q=service")
    assert counted.many == 5, counted.text
    assert "COUNT(" not in counted.text, connection.vendor
