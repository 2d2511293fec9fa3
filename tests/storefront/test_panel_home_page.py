"""The Home page room of the Storefront Admin Panel, and what visitors see of it."""

import pytest
from django.core.cache import cache
from django.test import Client

from plans.models import Account, Activity, Listing, Storefront
from tests import cast
from tests.storefront.visits import form_of, signed_in, words

pytestmark = pytest.mark.django_db
ROOM, HOME = "/techsolutions/admin/home/", "/techsolutions/"
NAMES = ("Backup Vault", "Mail Archive", "Web Filter")


@pytest.fixture
def tech() -> Account:
    operator = cast.distributor()
    for name in NAMES:
        cast.product(operator, name)
    return cast.on_plan(cast.reseller(operator), "standard")


@pytest.fixture
def manager(tech) -> Client:
    return signed_in(cast.buyer_of(tech))


def press(manager, act: str, slug: str, *, version: int | None = None):
    now = Storefront.objects.get(account__name="Tech Solutions").version
    return manager.post(f"{ROOM}products/", {"version": version or now, act: slug})


def order() -> list[str]:
    rows = Listing.objects.filter(featured__isnull=False).order_by("featured")
    return list(rows.values_list("product__slug", flat=True))


def test_headline_and_introduction(manager):
    typed = {"headline": "IT that runs", "intro": "Order <b>cloud</b> services."}
    assert manager.post(ROOM, form_of(manager.get(ROOM), ROOM) | typed)["Location"] == ROOM
    cache.clear()  # as the commit does, which a test never comes to
    page = Client().get(HOME)
    assert "<h1>IT that runs</h1>" in page.text and "Order &lt;b&gt;cloud&lt;/b&gt; services." in page.text
    assert Activity.objects.get(verb="storefront.home_changed").account.name == "Tech Solutions"


@pytest.mark.parametrize(("field", "value"), [("headline", "x" * 121), ("headline", "a\0b"), ("intro", "x" * 601)])
def test_what_is_wrong_is_said_and_kept(manager, field, value):
    response = manager.post(ROOM, form_of(manager.get(ROOM), ROOM) | {field: value})
    assert (response.status_code, list(response.context["form"].errors)) == (422, [field])
    assert Storefront.objects.get(account__name="Tech Solutions").version == 1


def test_featured_products_stand_in_the_order_that_was_chosen(manager):
    for slug in ("web-filter", "backup-vault", "mail-archive"):
        assert press(manager, "add", slug)["Location"] == f"{ROOM}#products"
    press(manager, "up", "mail-archive")
    press(manager, "up", "web-filter")
    press(manager, "down", "web-filter")
    assert order() == ["mail-archive", "web-filter", "backup-vault"]
    press(manager, "remove", "web-filter")
    assert order() == ["mail-archive", "backup-vault"]
    page = words(Client().get(HOME))
    assert "Popular products" in page and "Web Filter" not in page
    assert page.index("Mail Archive") < page.index("Backup Vault")


def test_without_a_choice_the_first_of_the_catalogue_are_shown(manager):
    page = words(Client().get(HOME))
    assert all(name in page for name in NAMES) and "Popular" not in page


def test_what_is_not_listed_is_neither_added_nor_shown(manager):
    press(manager, "add", "web-filter")
    press(manager, "add", "mail-archive")
    manager.post("/techsolutions/admin/catalogue/choose/", {"unlist": "web-filter"})
    assert "Web Filter" not in words(Client().get(HOME))
    assert "Not listed, so not shown" in words(manager.get(ROOM))
    manager.post("/techsolutions/admin/catalogue/choose/", {"unlist": "backup-vault"})
    response = press(manager, "add", "backup-vault")
    assert response.status_code == 422 and "Backup Vault is not listed." in words(response)
    assert order() == ["web-filter", "mail-archive"]


def test_who_saw_another_order_is_told(manager):
    press(manager, "add", "web-filter", version=1)
    stale = press(manager, "add", "mail-archive", version=1)
    assert stale.status_code == 422 and "Jonas Brandt changed this storefront" in words(stale)
    assert order() == ["web-filter"]


def test_finding_products_to_add(manager):
    press(manager, "add", "web-filter")
    page = manager.get(f"{ROOM}?q=a")
    assert 'name="add" value="backup-vault"' in page.text and 'name="add" value="web-filter"' not in page.text
    assert "No listed product that could be added matches “zirbel”." in words(manager.get(f"{ROOM}?q=zirbel"))
