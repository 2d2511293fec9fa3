"""The Storefront icon: every role times every plan, and where it leads."""

import re

import pytest
from django.test import Client

from plans.models import ROLE_PERMISSIONS, Account, Order, Plan, Product
from storefront.icon import BEING_PREPARED, OPEN_MINE, SEE_PLANS
from tests import cast

pytestmark = pytest.mark.django_db
BUY = {"admin", "buyer"}
MANAGE = {"admin", "storefront_manager"}
NO_ROLE = "You can’t do this with your role. Ask an administrator of your organization."


def icon_of(client: Client) -> tuple[str, bool, str]:
    """(accessible name, whether it is disabled, its reason) on the catalogue page; empty where it is absent."""
    link = re.search(r'<a [^>]*aria-label="(Storefront: [^"]*)"[^>]*>', client.get("/").text)
    if link is None:
        return "", False, ""
    reason = re.search(r'title="([^"]*)"', link[0])[1] if 'aria-disabled="true"' in link[0] else ""
    return link[1], 'aria-disabled="true"' in link[0], reason


def leads_to(client: Client) -> str:
    response = client.get("/storefront/")
    return response.headers.get("Location", str(response.status_code))


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def members(account: Account) -> dict[str, Client]:
    """A person for each role."""
    return {
        role: signed_in(cast.person(account, f"{role}@{account.number}.example".lower(), roles=(role,)).user)
        for role in ROLE_PERMISSIONS
    }


def test_the_cast_knows_every_role():
    assert set(ROLE_PERMISSIONS) == {"admin", "buyer", "subscriptions_manager", "storefront_manager", "viewer"}


def test_on_basic_it_leads_who_may_buy_to_the_plans():
    for role, client in members(cast.reseller(cast.distributor())).items():
        if role in BUY:
            assert (icon_of(client), leads_to(client)) == ((SEE_PLANS, False, ""), "/plans/"), role
        else:
            assert (icon_of(client), leads_to(client)) == ((SEE_PLANS, True, NO_ROLE), "403"), role


@pytest.mark.parametrize("state", ["placed", "executing", "failed"])
def test_while_a_plan_order_is_open_it_leads_to_the_order(state):
    account = cast.reseller(cast.distributor())
    order = cast.order_plan(account)
    lease = {"lease_owner": "11111111-1111-4111-8111-111111111111", "lease_until": "2026-11-22T00:00Z"}
    more = lease if state == "executing" else {"error_code": "alias_taken"} if state == "failed" else {}
    Order.objects.filter(pk=order.pk).update(state=state, **more)
    for role, client in members(account).items():
        found = (icon_of(client), leads_to(client))
        assert found == ((BEING_PREPARED, False, ""), f"/orders/{order.number}/"), role


@pytest.mark.parametrize("code", ["free", "standard", "tenant"])
def test_on_a_plan_with_a_storefront_it_leads_there(code):
    operator = cast.distributor()
    Plan.objects.filter(operator=operator).update(is_offered=True)
    Product.objects.filter(operator=operator).update(is_sold=True)
    account = cast.on_plan(cast.reseller(operator), code)
    for role, client in members(account).items():
        target = "http://testserver/techsolutions" + ("/admin/" if role in MANAGE else "")
        assert (icon_of(client), leads_to(client)) == ((OPEN_MINE, False, ""), target), role


def test_the_panel_opens_without_a_second_login():
    account = cast.on_plan(cast.reseller(cast.distributor()), "free")
    for role, client in members(account).items():
        response = client.get("/storefront/", follow=True)
        assert (response.status_code, "Storefront Admin Panel" in response.text) == (200, role in MANAGE), role


def test_it_is_absent_for_everybody_else():
    operator = cast.distributor()
    reseller = cast.on_plan(cast.reseller(operator), "standard")
    direct = Account.objects.create(
        operator=operator, parent=operator.account, kind="customer", number="AC-77777", name="Direct", currency="EUR"
    )
    strangers = {
        "anonymous": Client(),
        "direct": signed_in(cast.person(direct, "direct@direct.example", roles=("admin",)).user),
        "end customer": signed_in(cast.buyer_of(cast.customer(reseller))),
        "staff": signed_in(cast.staff(operator).user),
        "no role": signed_in(cast.person(reseller, "none@techsolutions.example", roles=()).user),
    }
    for who, client in strangers.items():
        assert icon_of(client) == ("", False, ""), who
    assert leads_to(strangers["direct"]) == "404"
    assert leads_to(strangers["anonymous"]) == "/login/?next=/storefront/"


def test_it_stands_between_the_bell_and_the_basket():
    account = cast.reseller(cast.distributor())
    text = signed_in(cast.buyer_of(account)).get("/").text
    places = [text.index(f'aria-label="{name}') for name in ("Notifications, ", "Storefront: ", "Basket, ")]
    assert places == sorted(places)
