"""The main job, as a person: a Basic reseller upgrades itself, from the storefront's home to its own storefront."""

import re

import pytest
from playwright.sync_api import Page, expect

from notifications.models import Notification
from plans.models import Order, Subscription
from plans.verify import broken
from tests import cast
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers, sign_in


def nothing(page: Page) -> None:
    pass


def upgrade(hands: Mouse, shop, plan: str, alias: str, *, at_each_stop=nothing) -> None:
    """From signing in to the finished order page."""
    page = hands.page
    page.goto(f"{shop.base}/login/")
    at_each_stop(page)
    sign_in(hands, shop.base, shop.email, cast.PASSWORD)
    page.goto(f"{shop.base}/")
    at_each_stop(page)
    hands.clicks = hands.fields = hands.checkboxes = 0

    hands.press("link", "Storefront: see reseller plans")
    heading(page, "Sell cloud under your own name")
    at_each_stop(page)
    hands.press("button", f"Add to basket: {plan} Plan")
    heading(page, "Basket")
    at_each_stop(page)
    hands.press("link", "Proceed to Checkout")
    heading(page, "Checkout")
    at_each_stop(page)
    hands.type("Storefront Alias", alias)
    hands.tick("I accept the terms for resellers")
    hands.press("button", "Place order")
    expect(page).to_have_url(re.compile(r"/orders/SO-\d+/$"))


def is_done(shop, plan: str, alias: str) -> None:
    order = Order.objects.get()
    assert order.state == "executed"
    subscription = Subscription.objects.get()
    assert (subscription.plan.name, subscription.account) == (plan, shop.account)
    assert subscription.account.storefront.claim.alias == alias
    assert broken() == {}


@pytest.mark.parametrize(("way", "plan"), [("mouse", "Standard"), ("keyboard", "Free")])
def test_a_basic_reseller_upgrades_itself(shop, visitor, way, plan):
    page = visitor().new_page()
    problems = []
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    hands = {"mouse": Mouse, "keyboard": Keyboard}[way](page)
    watched = look_for_barriers if way == "mouse" else nothing
    upgrade(hands, shop, plan, "techsolutions", at_each_stop=watched)
    assert (hands.clicks <= 6, hands.fields, hands.checkboxes) == (True, 1, 1), hands.clicks

    heading(page, "Your storefront is ready")
    steps = page.get_by_role("list", name="Execution steps").get_by_role("listitem")
    expect(steps.filter(has_text=": done")).to_have_count(steps.count())
    watched(page)
    is_done(shop, plan, "techsolutions")
    letter = Notification.objects.get(template_code=f"welcome_{plan.lower()}")
    assert (letter.state, letter.recipient_email) == ("sent", shop.email)

    hands.press("link", "Open my storefront")
    expect(page).to_have_url(f"{shop.base}/techsolutions/")
    watched(page)
    page.goto(f"{shop.base}/")
    hands.press("link", "Storefront: open my storefront")
    expect(page).to_have_url(f"{shop.base}/techsolutions/admin/")
    watched(page)
    assert problems == []


def test_without_javascript(shop, visitor):
    page = visitor(java_script_enabled=False).new_page()
    hands = Mouse(page)
    upgrade(hands, shop, "Standard", "techsolutions")
    heading(page, "Your storefront is ready")  # the page refreshes itself
    is_done(shop, "Standard", "techsolutions")
    hands.press("link", "Customise it")
    expect(page).to_have_url(f"{shop.base}/techsolutions/admin/")


def test_a_stranger_sees_the_storefront_and_not_its_panel(shop, visitor):
    cast.on_plan(shop.account, "free", alias="techsolutions")
    page = visitor().new_page()
    page.goto(f"{shop.base}/techsolutions")
    expect(page).to_have_url(f"{shop.base}/techsolutions/")
    expect(page.get_by_text("Tech Solutions").first).to_be_visible()
    look_for_barriers(page)
    page.goto(f"{shop.base}/techsolutions/admin/")
    expect(page).to_have_url(f"{shop.base}/techsolutions/login/?next=/techsolutions/admin/")
    look_for_barriers(page)
