"""A storefront after it was opened: suspended and reopened by the staff, renamed, parked; as each of them meets it."""

import re

import pytest
from playwright.sync_api import Page, expect

from plans.models import Storefront, User
from plans.verify import broken
from tests import cast
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers, sign_in
from tests.storefront.going_down import parked

REASON = "The imprint names another company."
WAYS = {"mouse": Mouse, "keyboard": Keyboard, "no script": Mouse}


@pytest.fixture
def staff(shop) -> User:
    cast.on_plan(shop.account, "free", alias="techsolutions")
    return cast.staff(shop.operator, "account_manager").user


def at_the_tab(visitor, shop, staff: User, way: str) -> Mouse:
    """Signed in at the back office, at the Storefront tab of the account."""
    page = visitor(java_script_enabled=way != "no script").new_page()
    hands = WAYS[way](page)
    sign_in(hands, f"{shop.base}/bss", staff.email, cast.PASSWORD)
    page.goto(f"{shop.base}/bss/accounts/{shop.account.number}/storefront/")
    return hands


def send(hands: Mouse, act: str) -> None:
    """The button of the dialog: it is called like the one that opened it."""
    hands._press(hands.page.locator(f"form[action$='/{act}/'] button[type=submit]:visible"))


def watch(page: Page, way: str) -> None:
    if way == "mouse":
        look_for_barriers(page)


@pytest.mark.parametrize("way", WAYS)
def test_suspended_and_reopened(shop, visitor, staff, way):
    hands, owner, customer = at_the_tab(visitor, shop, staff, way), visitor().new_page(), visitor().new_page()
    page = hands.page
    watch(page, way)
    hands.press("button", "Suspend storefront")
    watch(page, way)
    send(hands, "suspend")
    expect(page.get_by_text("Fill in this field.").first).to_be_visible()
    hands.type("Reason", REASON)
    send(hands, "suspend")
    expect(page.get_by_role("button", name="Reopen storefront")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=REASON)).to_be_visible()
    watch(page, way)

    assert customer.goto(f"{shop.base}/techsolutions/").status == 503
    heading(customer, "This storefront is not available at the moment.")
    sign_in(Mouse(owner), shop.base, shop.email, cast.PASSWORD)
    owner.get_by_role("link", name="Storefront: suspended, see why").click()
    heading(owner, "Storefront Admin Panel")
    expect(owner.get_by_text(REASON)).to_be_visible()
    watch(owner, way)

    hands.press("button", "Reopen storefront")
    watch(page, way)
    send(hands, "reopen")
    expect(page.get_by_role("button", name="Suspend storefront")).to_be_visible()
    assert customer.goto(f"{shop.base}/techsolutions/").status == 200
    assert Storefront.objects.get(account=shop.account).state == "open"


@pytest.mark.parametrize("way", WAYS)
def test_renamed(shop, visitor, staff, way):
    cast.on_plan(cast.reseller(shop.operator, "Harbor IT"), "free", alias="harborit")
    hands, customer = at_the_tab(visitor, shop, staff, way), visitor().new_page()
    customer.goto(f"{shop.base}/techsolutions/products/?q=suite")
    page = hands.page
    hands.press("button", "Change Storefront Alias")
    watch(page, way)
    hands.type("Storefront Alias", "HarborIT")
    if way == "no script":
        hands.press("button", "Change alias")
    else:
        page.keyboard.press("Tab")
    taken = "The alias harborit has already been assigned to someone else. Choose a different alias."
    expect(page.get_by_text(taken)).to_be_visible()
    watch(page, way)
    hands.type("Storefront Alias", "tech-solutions")
    hands.press("button", "Change alias")
    expect(page.get_by_text("tech-solutions now.")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text="leads here until")).to_be_visible()
    watch(page, way)

    customer.reload()
    assert customer.url == f"{shop.base}/tech-solutions/products/?q=suite"
    expect(customer.get_by_role("link", name="View Workplace Suite")).to_be_visible()
    assert broken() == {}


def test_parked(shop, visitor, staff):
    customer, owner = visitor().new_page(), visitor().new_page()
    buyer = cast.buyer_of(cast.customer(shop.account))
    parked(shop.account)
    assert customer.goto(f"{shop.base}/techsolutions/").status == 410
    heading(customer, "This storefront is closed.")
    look_for_barriers(customer)
    customer.get_by_role("link", name="Customer Portal").click()
    customer.get_by_label("Email", exact=True).fill(buyer.email)
    customer.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    customer.get_by_role("button", name="Sign in").click()
    heading(customer, "Customer Portal")
    assert customer.get_by_role("link", name=re.compile("Invite|Edit|Browse")).count() == 0
    look_for_barriers(customer)

    owner.goto(f"{shop.base}/techsolutions/login/")
    owner.get_by_label("Email", exact=True).fill(shop.email)
    owner.get_by_label("Password", exact=True).fill(cast.PASSWORD)
    owner.get_by_role("button", name="Sign in").click()
    heading(owner, "Your storefront is closed")
    look_for_barriers(owner)
    owner.get_by_role("link", name="See Reseller Plans").click()
    heading(owner, "Sell cloud under your own name")
