"""The way back, as a reseller: a smaller plan is scheduled and undone, then the plan is cancelled and the storefront
closes; up again, and all is as it was. By mouse, by keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from plans.models import Account, Listing, Order, PendingChange, Storefront, Subscription
from plans.refusals import SENTENCES
from plans.verify import broken
from reselling import pictures
from tests import cast
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers, sign_in
from tests.reselling.zoo import drawn, saved, upload

WAYS = {"mouse": Mouse, "keyboard": Keyboard, "no script": Mouse}
NEITHER = {"state", "parked_at", "version"}  # what closing and opening again change of a storefront


@pytest.fixture
def tech(shop) -> Account:
    """Tech Solutions on Standard, with a storefront that it has made its own."""
    account = cast.on_plan(shop.account, "standard", alias="techsolutions")
    logo = pictures.keep(account, upload=upload(saved(drawn())), by=cast.buyer_of(account))
    window = Storefront.objects.filter(account=account)
    window.update(name="Tech & Söhne", brand_colour="#6a35c9", markup=12, logo=logo, headline="Cloud am Kai")
    archive = cast.product(shop.operator, "Mail Archive")
    Listing.objects.create(operator=shop.operator, storefront=window.get(), product=archive, is_listed=False)
    return account


def made(account: Account) -> dict[str, object]:
    """What the reseller has made."""
    window = Storefront.objects.filter(account=account).values().get()
    listed = list(Listing.objects.filter(storefront__account=account).order_by("pk").values())
    return {name: value for name, value in window.items() if name not in NEITHER} | {"listings": listed}


def menu(hands: Mouse, entry: str) -> None:
    hands.page.locator("summary", has_text="I want to…").press("Enter")
    hands.press("button", entry)


def choose_now(hands: Mouse) -> None:
    now = hands.page.get_by_role("radio", name=re.compile("^Now"))
    if isinstance(hands, Keyboard):
        hands._go_to(hands.page.locator("[name=when]:checked"))
        hands.page.keyboard.press("ArrowDown")
    else:
        now.check()
    expect(now).to_be_checked()


@pytest.mark.parametrize("way", WAYS)
def test_down_and_back(shop, tech, visitor, way):
    page = visitor(java_script_enabled=way != "no script").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    hands, before = WAYS[way](page), made(tech)
    look = look_for_barriers if way == "mouse" else lambda page: None
    sign_in(hands, shop.base, shop.email, cast.PASSWORD)

    schedules_and_keeps(hands, shop.base, tech, look)
    cancels(hands, shop.base, tech, look)
    a_stranger_finds_it_closed(visitor, shop.base, look)
    comes_back(hands, shop.base, look)

    held = Subscription.objects.active().for_plans().get(account=tech)
    assert (held.plan.code, held.replaces) == ("standard", None)
    assert made(tech) == before
    stranger = visitor().new_page()
    assert stranger.goto(f"{shop.base}/techsolutions/").status == 200
    expect(stranger.get_by_role("heading", name="Cloud am Kai")).to_be_visible()
    assert broken() == {}
    assert complaints == []


def schedules_and_keeps(hands: Mouse, base: str, account: Account, look) -> None:
    page, number = hands.page, account.subscriptions.get().number
    page.goto(f"{base}/subscriptions/{number}/")
    menu(hands, "Downgrade the subscription")
    heading(page, "Downgrade to Free")
    look(page)
    hands.press("button", "Downgrade to Free")
    expect(page.get_by_text("Your plan changes to Free on")).to_be_visible()
    assert PendingChange.objects.get().channel == "storefront"
    look(page)
    hands.press("button", "Keep my plan")
    expect(page.get_by_text("You stay on the Standard plan.")).to_be_visible()
    assert not PendingChange.objects.exists()


def cancels(hands: Mouse, base: str, account: Account, look) -> None:
    page, today = hands.page, "goes offline on {:%-d %b %Y}"
    menu(hands, "Cancel the subscription")
    heading(page, "Cancel this subscription?")
    offline = page.get_by_text("You return to the Basic plan and your storefront goes offline on")
    ends_on = account.subscriptions.get().period_end_on
    expect(offline.and_(page.locator(":visible"))).to_contain_text(today.format(ends_on))
    look(page)
    choose_now(hands)
    expect(offline.and_(page.locator(":visible"))).not_to_contain_text(today.format(ends_on))
    hands.type("Type techsolutions to confirm", "techsolution")
    hands.press("button", "Cancel subscription")
    expect(page.get_by_role("link", name="Type techsolutions exactly to confirm.")).to_be_visible()
    expect(page.get_by_label("Type techsolutions to confirm")).to_have_value("techsolution")
    expect(page.get_by_role("radio", name=re.compile("^Now"))).to_be_checked()
    assert not Order.objects.filter(change="cancel").exists()
    look(page)
    hands.type("Type techsolutions to confirm", "techsolutions")
    hands.press("button", "Cancel subscription")
    expect(page).to_have_url(re.compile(r"/orders/SO-\d+/$"))
    heading(page, "Your plan has ended")
    look(page)
    assert Order.objects.get(change="cancel").state == "executed"


def a_stranger_finds_it_closed(visitor, base: str, look) -> None:
    stranger = visitor().new_page()
    assert stranger.goto(f"{base}/techsolutions/").status == 410
    heading(stranger, "This storefront is closed.")
    look(stranger)


def comes_back(hands: Mouse, base: str, look) -> None:
    page = hands.page
    page.goto(f"{base}/")
    hands.press("link", "Storefront: see reseller plans")
    expect(page.get_by_text("Your storefront is kept.")).to_be_visible()
    look(page)
    hands.press("button", "Add to basket: Standard Plan")
    hands.press("link", "Proceed to Checkout")
    expect(page.get_by_label("Storefront Alias")).to_have_value("techsolutions")
    look(page)
    hands.tick("I accept the terms for resellers")
    hands.press("button", "Place order")
    heading(page, "Your storefront is ready")
    expect(page.get_by_text("It is back at its address, as it was.")).to_be_visible()


def test_keep_subscription_answers_to_the_space_bar(shop, tech, visitor):
    page, number = visitor().new_page(), tech.subscriptions.get().number
    sign_in(Mouse(page), shop.base, shop.email, cast.PASSWORD)
    page.goto(f"{shop.base}/subscriptions/{number}/cancel/")
    page.get_by_role("button", name="Keep subscription").press("Space")
    expect(page).to_have_url(f"{shop.base}/subscriptions/{number}/")
    assert not PendingChange.objects.exists() and Order.objects.count() == 1


def test_who_may_not_sees_it_disabled(shop, tech, visitor):
    viewer = cast.person(tech, "viewer@techsolutions.example", roles=("viewer",)).user
    page = visitor().new_page()
    sign_in(Mouse(page), shop.base, viewer.email, cast.PASSWORD)
    page.goto(f"{shop.base}/subscriptions/{tech.subscriptions.get().number}/")
    page.locator("summary", has_text="I want to…").press("Enter")
    entry = page.get_by_role("button", name="Cancel the subscription")
    expect(entry).to_have_attribute("aria-disabled", "true")
    expect(entry).to_have_accessible_description(SENTENCES["not_permitted"])
