"""Doors 3, 4 and 5 as a person: Upgrade Resellers from the account, Upgrade from the subscription, in the back office
and on the storefront. By mouse, by keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from notifications.models import Notification
from plans.models import Account, Order, Subscription, User
from plans.verify import broken
from tests import cast
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers, sign_in

TAKEN = "The alias harborit has already been assigned to someone else. Choose a different alias."
WAYS = {"mouse": Mouse, "keyboard": Keyboard, "no script": Mouse}


@pytest.fixture
def staff(shop) -> User:
    return cast.staff(shop.operator, "account_manager").user


def at_work(visitor, shop, staff: User, way: str) -> tuple[Mouse, list[str]]:
    """Signed in at the back office; the second is what the browser complained about."""
    page = visitor(java_script_enabled=way != "no script").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    hands = WAYS[way](page)
    sign_in(hands, f"{shop.base}/bss", staff.email, cast.PASSWORD)
    return hands, complaints


def watch(page: Page, way: str) -> None:
    """Looks for barriers where the mouse passes; the other ways pass the same states."""
    if way == "mouse":
        look_for_barriers(page)


def is_upgraded(page: Page, account: Account, alias: str, channel: str) -> None:
    """The worker has done it, and the letter that it wrote has been carried."""
    mine = {"account": account, "template_code": "welcome_standard", "state": "sent"}
    for _ in range(120):
        if Notification.objects.filter(**mine).exists():
            break
        page.wait_for_timeout(250)
    account = Account.objects.get(pk=account.pk)
    order = Order.objects.filter(account=account).latest("pk")
    assert (order.state, order.channel) == ("executed", channel)
    assert Subscription.objects.active().for_plans().get(account=account).plan.code == "standard"
    assert account.storefront.claim.alias == alias
    letter = Notification.objects.get(order=order, template_code="welcome_standard")
    assert (letter.state, letter.recipient_email) == ("sent", cast.buyer_of(account).email)
    assert broken() == {}


@pytest.mark.parametrize("way", WAYS)
def test_door_3_upgrade_resellers(shop, visitor, staff, way):
    cast.on_plan(cast.reseller(shop.operator, "Harbor IT"), "free", alias="harborit")
    hands, complaints = at_work(visitor, shop, staff, way)
    page = hands.page
    page.goto(f"{shop.base}/bss/accounts/{shop.account.number}/")
    if way == "mouse":
        look_for_barriers(page)
    hands.clicks = hands.fields = 0
    hands.press("button", "Upgrade Resellers")
    watch(page, way)
    hands.press("button", "Continue")
    watch(page, way)
    hands.type("Storefront Alias", "HarborIT")
    with page.expect_response(lambda answer: answer.request.method == "POST" and "/upgrade/" in answer.url):
        hands.press("button", "Save")  # leaving the field says it, too: what counts is what Save says
    expect(page.get_by_text(TAKEN)).to_be_visible()
    watch(page, way)
    assert not Order.objects.filter(account=shop.account).exists()
    hands.type("Storefront Alias", "techsolutions")
    if way != "no script":
        expect(page.get_by_role("dialog").get_by_text("is available.")).to_be_visible()
    hands.press("button", "Save")
    expect(page).to_have_url(f"{shop.base}/bss/accounts/{shop.account.number}/storefront/")
    assert (hands.clicks, hands.fields) == (4, 2), "one of each was for the taken alias"
    shown_when_ready(page, "techsolutions")
    if way == "mouse":
        look_for_barriers(page)
    is_upgraded(page, shop.account, "techsolutions", "shortcut")
    assert complaints == []


def shown_when_ready(page: Page, alias: str) -> None:
    for _ in range(80):
        if page.locator(f"main a[href$='/{alias}']").count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(f"the page never showed the storefront {alias}")


@pytest.mark.parametrize("way", WAYS)
def test_door_4_upgrade_the_subscription(shop, visitor, staff, way):
    account = cast.on_plan(shop.account, "free", alias="techsolutions")
    number = account.subscriptions.get().number
    hands, complaints = at_work(visitor, shop, staff, way)
    page = hands.page
    page.goto(f"{shop.base}/bss/subscriptions/{number}/")
    hands.press("button", "Upgrade")
    expect(page.get_by_text("The alias, branding and all customers are kept.")).to_be_visible()
    watch(page, way)
    hands.press("button", "Upgrade to Standard")
    expect(page).to_have_url(re.compile(r"/bss/orders/SO-\d+/$"))
    is_upgraded(page, account, "techsolutions", "subscription")
    assert complaints == []


@pytest.mark.parametrize("way", WAYS)
def test_door_5_upgrade_my_subscription(shop, visitor, way):
    account = cast.on_plan(shop.account, "free", alias="techsolutions")
    number = account.subscriptions.get().number
    page = visitor(java_script_enabled=way != "no script").new_page()
    hands = WAYS[way](page)
    sign_in(hands, shop.base, shop.email, cast.PASSWORD)
    page.goto(f"{shop.base}/subscriptions/{number}/")
    if way == "mouse":
        look_for_barriers(page)
    page.locator("summary", has_text="I want to…").press("Enter")
    hands.press("button", "Upgrade the subscription")
    heading(page, "Upgrade to Standard")
    if way == "mouse":
        look_for_barriers(page)
    hands.press("button", "Upgrade to Standard")
    expect(page.get_by_role("link", name="Accept the terms for resellers to place the order.")).to_be_visible()
    if way == "mouse":
        watch(page, way)
    hands.tick("I accept the terms for resellers")
    hands.press("button", "Upgrade to Standard")
    expect(page).to_have_url(re.compile(r"/orders/SO-\d+/$"))
    heading(page, "Your new plan is ready")
    is_upgraded(page, account, "techsolutions", "storefront")


def test_a_dialog_closes_by_escape_and_gives_the_focus_back(shop, visitor, staff):
    hands, _ = at_work(visitor, shop, staff, "keyboard")
    page = hands.page
    page.goto(f"{shop.base}/bss/accounts/{shop.account.number}/")
    hands.press("button", "Upgrade Resellers")
    dialog = page.get_by_role("dialog", name="Upgrade Resellers")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("radio", name=re.compile("Standard Reseller"))).to_be_focused()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(page.get_by_role("button", name="Upgrade Resellers")).to_be_focused()
