"""Door 5: my subscription > I want to... > Upgrade; buying the higher plan through the basket is the same change."""

import re

import pytest

from plans.execution import execute_order
from plans.models import Order, Price, Storefront, Subscription
from tests import cast
from tests.plans.all_rows import all_rows
from tests.storefront.visits import signed_in


@pytest.fixture
def alpine(db):
    operator = cast.distributor()
    return cast.on_plan(cast.reseller(operator, "Alpine Cloud"), "free", alias="alpinecloud")


@pytest.fixture
def number(alpine) -> str:
    return alpine.subscriptions.get().number


@pytest.fixture
def owner(alpine):
    return signed_in(cast.buyer_of(alpine))


def form_of(client, url: str) -> dict[str, str]:
    page = client.get(url).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="((?:form_key|fingerprint)[^"]*)" value="([^"]*)"', page))
    return {"cycle": "month", "terms": "on"} | hidden


def test_it_is_offered_where_one_looks_for_it(owner, number):
    page = owner.get(f"/subscriptions/{number}/").content.decode()
    assert page.count(f'href="/subscriptions/{number}/upgrade/"') == 2
    assert "Upgrade the subscription" in page


def test_it_keeps_the_storefront(owner, alpine, number):
    url = f"/subscriptions/{number}/upgrade/"
    page = owner.get(url).content.decode()
    for said in ("Upgrade to Standard", "Keep Free plan", "You keep your alias, branding and customers.", "177.31"):
        assert said in page
    answer = owner.post(url, form_of(owner, url))
    order = Order.objects.get(account=alpine, state="placed")
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}/")
    assert order.terms_acceptance.user == cast.buyer_of(alpine)
    execute_order(order.pk)
    assert Subscription.objects.active().for_plans().get(account=alpine).plan.code == "standard"
    assert Storefront.objects.get(account=alpine).claim.alias == "alpinecloud"


def test_through_the_basket_it_is_the_same_change(owner, alpine):
    """Never a second subscription."""
    order = cast.order_plan(alpine, "standard", alias=None)
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.change, order.from_plan.code) == ("executed", "upgrade", "free")
    assert Subscription.objects.active().for_plans().filter(account=alpine).count() == 1
    assert Storefront.objects.filter(account=alpine).count() == 1


def test_without_the_terms_nothing_is_ordered(owner, number):
    url = f"/subscriptions/{number}/upgrade/"
    form = form_of(owner, url)
    del form["terms"]
    before = all_rows()
    answer = owner.post(url, form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'aria-describedby="terms-wrong"' in page
    assert "Accept the terms for resellers to place the order." in page
    assert all_rows() == before


def test_a_price_that_changed_meanwhile_is_shown_first(owner, number):
    url = f"/subscriptions/{number}/upgrade/"
    form = form_of(owner, url)
    Price.objects.filter(product__plan__code="standard", cycle="month").update(amount=159)
    before = all_rows()
    answer = owner.post(url, form)
    assert answer.status_code == 422
    assert "Something changed. Look again." in answer.content.decode()
    assert all_rows() == before


def test_two_tabs_make_one_order(owner, alpine, number):
    url = f"/subscriptions/{number}/upgrade/"
    first, second = form_of(owner, url), form_of(owner, url)
    assert owner.post(url, first).status_code == 302
    refused = owner.post(url, second)
    assert refused.status_code == 422
    assert "An order for a reseller plan is already open" in refused.content.decode()
    assert Order.objects.filter(account=alpine, state="placed").count() == 1


@pytest.mark.parametrize("role", ["buyer", "storefront_manager", "viewer"])
def test_who_may_not_change_the_plan_sees_why(alpine, number, role):
    other = signed_in(cast.person(alpine, f"{role}@alpine.example", roles=(role,)).user)
    page = other.get(f"/subscriptions/{number}/").content.decode()
    assert "You can’t do this with your role." in page
    assert other.get(f"/subscriptions/{number}/upgrade/").status_code == 403


def test_a_subscriptions_manager_may(alpine, number):
    manager = signed_in(cast.person(alpine, "manager@alpine.example", roles=("subscriptions_manager",)).user)
    url = f"/subscriptions/{number}/upgrade/"
    assert manager.post(url, form_of(manager, url)).status_code == 302


def test_the_subscription_of_a_neighbour_is_not_there(alpine, number):
    harbor = cast.on_plan(cast.reseller(alpine.operator, "Harbor IT"), "free", alias="harborit")
    assert signed_in(cast.buyer_of(harbor)).get(f"/subscriptions/{number}/upgrade/").status_code == 404


@pytest.mark.parametrize("typed", [{}, {"cycle": "week"}, {"cycle": "\0", "terms": "on"}, {"form_key": "x" * 9000}])
def test_nonsense_orders_nothing(owner, number, typed):
    before = all_rows()
    assert owner.post(f"/subscriptions/{number}/upgrade/", typed).status_code == 422
    assert all_rows() == before
