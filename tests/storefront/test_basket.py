"""The basket page: one plan at a time, other products beside it, what it comes to today."""

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from plans.models import BasketItem, Order, Price
from tests import cast
from tests.storefront.visits import signed_in, statements, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def nordwind():
    return cast.distributor()


@pytest.fixture
def jonas(nordwind) -> Client:
    """Signed in as the Admin of Tech Solutions, which is on Basic."""
    return signed_in(cast.buyer_of(cast.reseller(nordwind)))


def add(client: Client, slug: str, **fields):
    return client.post("/basket/add/", {"product": slug, **fields}, follow=True)


def held() -> list[tuple[str, str, int]]:
    items = BasketItem.objects.order_by("-is_plan", "id").select_related("product")
    return [(item.product.slug, item.cycle, item.quantity) for item in items]


def test_a_plan_in_the_basket_shows_what_it_costs_today(jonas):
    page = add(jonas, "standard-plan")
    assert page.redirect_chain == [("/basket/", 302)]
    said = words(page)
    assert "Standard Plan, 1 month €149.00 VAT 19 % €28.31 Due today €177.31" in said
    assert "Then €149.00 plus VAT each month. Next renewal:" in said
    assert "You choose the Storefront Alias in the next step." in said
    html = page.content.decode()
    assert 'aria-label="Remove Standard Plan from basket"' in html
    assert 'aria-label="Basket, 1 item"' in html
    assert Order.objects.count() == 0


def test_an_empty_basket_leads_to_the_plans(jonas):
    page = jonas.get("/basket/")
    assert "Your basket is empty" in words(page)
    assert 'href="/plans/">See Reseller Plans' in page.content.decode()


def test_another_plan_replaces_the_first_and_says_so(jonas):
    add(jonas, "free-plan")
    page = add(jonas, "standard-plan")
    assert "Standard Plan replaced Free Plan in your basket." in words(page)
    assert held() == [("standard-plan", "month", 1)]
    again = add(jonas, "standard-plan")
    assert list(get_messages(again.wsgi_request)) == []


def test_a_plan_with_two_prices_can_be_billed_yearly(jonas):
    add(jonas, "standard-plan", cycle="year")
    page = jonas.get("/basket/")
    assert "Standard Plan, 1 year €1,490.00" in words(page)
    assert '<option value="year" selected>Yearly</option>' in page.content.decode()
    item = BasketItem.objects.get()
    page = jonas.post("/basket/change/", {"item": item.pk, "cycle": "month"}, follow=True)
    assert "Standard Plan, 1 month €149.00" in words(page)


def test_a_plan_with_one_price_offers_no_choice(jonas):
    assert "<select" not in add(jonas, "free-plan").content.decode()


def test_other_products_have_a_quantity(jonas, nordwind):
    cast.product(nordwind, unit="user")
    add(jonas, "workplace-suite", quantity="3")
    page = add(jonas, "standard-plan")
    assert "3 × Workplace Suite, 1 month €37.20" in words(page)
    suite = BasketItem.objects.get(is_plan=False)
    page = jonas.post("/basket/change/", {"item": suite.pk, "quantity": "10"}, follow=True)
    assert "10 × Workplace Suite, 1 month €124.00" in words(page)
    assert "Due today €324.87" in words(page)


@pytest.mark.parametrize("typed", ["0", "-1", "10001", "many", "1.5", "9" * 40, "\0", "²"])
def test_a_wrong_quantity_is_told_at_its_field_and_what_was_typed_stays(jonas, nordwind, typed):
    cast.product(nordwind)
    add(jonas, "workplace-suite", quantity="3")
    item = BasketItem.objects.get()
    page = jonas.post("/basket/change/", {"item": item.pk, "quantity": typed})
    html = page.content.decode()
    assert page.status_code == 200
    assert f'value="{typed}" aria-invalid="true" aria-describedby="wrong-{item.pk}"' in html
    assert f'id="wrong-{item.pk}"' in html
    assert "Enter a quantity from 1 to 10,000." in words(page)
    assert held() == [("workplace-suite", "month", 3)]


def test_removing_says_what_went(jonas):
    add(jonas, "standard-plan")
    item = BasketItem.objects.get()
    page = jonas.post("/basket/remove/", {"item": item.pk}, follow=True)
    assert "Standard Plan removed from your basket." in words(page)
    assert "Your basket is empty" in words(page)
    page = jonas.post("/basket/remove/", {"item": item.pk}, follow=True)
    assert (page.status_code, held()) == (200, [])


@pytest.mark.parametrize("item", ["", "0", "-4", "999999", "9" * 30, "one", "²", "\0"])
def test_items_that_are_not_there_change_nothing(jonas, item):
    add(jonas, "standard-plan")
    for path in ("/basket/remove/", "/basket/change/"):
        assert jonas.post(path, {"item": item, "cycle": "year"}).status_code == 302
    assert held() == [("standard-plan", "month", 1)]


def test_the_items_of_others_stay_as_they_are(jonas, nordwind):
    add(jonas, "standard-plan")
    item = BasketItem.objects.get()
    stranger = signed_in(cast.buyer_of(cast.reseller(nordwind, "Harbor IT")))
    stranger.post("/basket/remove/", {"item": item.pk})
    stranger.post("/basket/change/", {"item": item.pk, "cycle": "year"})
    assert held() == [("standard-plan", "month", 1)]


@pytest.mark.parametrize("slug", ["", "nothing", "tenant-plan", "lumen-suite", "\0", "x" * 500])
def test_what_is_not_sold_here_is_not_found(jonas, slug):
    cast.product(cast.distributor("Sudlicht", host="sudlicht.test"), "Lumen Suite")
    assert jonas.post("/basket/add/", {"product": slug}).status_code == 404
    assert held() == []


@pytest.mark.parametrize("fields", [{"cycle": "week"}, {"quantity": "0"}, {"quantity": "x"}])
def test_a_wrong_form_puts_nothing_in(jonas, nordwind, fields):
    cast.product(nordwind)
    page = add(jonas, "workplace-suite", **fields)
    assert page.status_code == 422
    said = "Choose monthly or yearly." if "cycle" in fields else "Enter a quantity from 1 to 10,000."
    assert page.context["form"].errors == {name: [said] for name in fields}
    assert held() == []


def test_a_product_without_a_price_is_told_with_what_mends_it(jonas):
    add(jonas, "standard-plan")
    Price.objects.all().delete()
    page = jonas.get("/basket/")
    assert "Standard Plan has no price in EUR for this billing cycle." in words(page)
    assert 'href="/plans/">See Reseller Plans' in page.content.decode()


def test_nothing_changes_by_looking(jonas):
    for path in ("/basket/add/", "/basket/change/", "/basket/remove/"):
        assert jonas.get(path, {"product": "standard-plan", "item": "1"}).status_code == 405
    assert held() == []


def test_who_may_not_buy_is_told_so(nordwind):
    account = cast.reseller(nordwind)
    for role in ("viewer", "subscriptions_manager", "storefront_manager"):
        client = signed_in(cast.person(account, f"{role}@techsolutions.example", roles=(role,)).user)
        assert client.get("/basket/").status_code == 403
        assert client.post("/basket/add/", {"product": "standard-plan"}).status_code == 403
        assert client.post("/basket/remove/", {"item": "1"}).status_code == 403
    buyer = signed_in(cast.person(account, "buyer@techsolutions.example", roles=("buyer",)).user)
    assert buyer.post("/basket/add/", {"product": "standard-plan"}).status_code == 302
    assert held() == [("standard-plan", "month", 1)]


def test_who_is_not_signed_in_comes_back_to_the_product(client, nordwind):
    cast.product(nordwind)
    assert client.get("/basket/").headers["Location"] == "/login/?next=/basket/"
    answer = client.post("/basket/add/", {"product": "standard-plan"})
    assert answer.headers["Location"] == "/login/?next=/plans/"
    answer = client.post("/basket/add/", {"product": "workplace-suite"})
    assert answer.headers["Location"] == "/login/?next=/products/workplace-suite/"
    assert held() == []


def test_adding_takes_7_statements_and_6_when_a_plan_is_replaced(jonas):
    jonas.get("/basket/")
    with statements() as first:
        jonas.post("/basket/add/", {"product": "free-plan"})
    assert first.many == 7, first.text
    with statements() as second:
        jonas.post("/basket/add/", {"product": "standard-plan"})
    assert second.many == 6, second.text


@pytest.mark.parametrize("others", [0, 1, 20, 50])
def test_the_page_takes_7_statements_whatever_is_in_it(jonas, nordwind, others):
    add(jonas, "standard-plan")
    basket = BasketItem.objects.get().basket
    for number in range(others):
        basket.items.create(product=cast.product(nordwind, f"Suite {number}"))
    with statements() as counted:
        jonas.get("/basket/")
    assert counted.many == 7, counted.text
