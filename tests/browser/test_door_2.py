"""Door 2 as a person: an order in the back office, completed with the pencil and executed while one looks on. By mouse,
by keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import expect

from notifications.models import Notification
from plans.mending import amend_item
from plans.models import Account, AliasClaim, Order, Subscription, User
from plans.ordering import draft_order, place_order
from plans.preview import Wanted
from plans.verify import broken
from tests import cast
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers, sign_in

TAKEN = "The alias harborit has already been assigned to someone else. Choose a different alias."
READY = "Storefront Alias saved. The order is ready to execute."
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


def choose_account(hands: Mouse, way: str) -> None:
    page = hands.page
    hands.type("Account", "tech")
    option = page.get_by_role("option", name="Tech Solutions")
    if way == "no script":
        hands.press("button", "Choose account")
        page.get_by_role("link", name="Tech Solutions").click()
    elif way == "keyboard":
        expect(option).to_be_visible()
        page.keyboard.press("ArrowDown")
        expect(option).to_have_attribute("aria-selected", "true")
        page.keyboard.press("Enter")
    else:
        option.click()
    expect(page.get_by_role("combobox", name="Account")).to_have_value(re.compile(r"^Tech Solutions \(AC-\d+\)$"))


def choose_product(hands: Mouse, way: str) -> None:
    radio = hands.page.get_by_role("radio", name=re.compile("^Standard Plan"))
    if way == "keyboard":
        first = hands.page.get_by_role("radio", name=re.compile("^Free Plan"))
        hands._go_to(first)
        hands.page.keyboard.press("ArrowDown")
        expect(radio).to_be_checked()
    else:
        radio.check()


def press_what_is_not_possible_yet(hands: Mouse, way: str) -> None:
    """Execute while the alias is missing: it can be reached, says why, and leads to the field."""
    button = hands.control("button", "Execute")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_have_accessible_description(re.compile("Enter a Storefront Alias for Standard Plan first."))
    if way == "keyboard":
        hands.press("button", "Execute")
    else:
        button.click(force=True)  # Playwright would wait until it is enabled; a person does not


@pytest.mark.parametrize("way", WAYS)
def test_door_2(shop, visitor, staff, way):
    cast.on_plan(cast.reseller(shop.operator, "Harbor IT"), "free", alias="harborit")
    hands, complaints = at_work(visitor, shop, staff, way)
    page, watched = hands.page, way == "mouse"
    page.goto(f"{shop.base}/bss/orders/")
    hands.press("link", "New order")
    if watched:
        look_for_barriers(page)
    choose_account(hands, way)
    if watched:
        look_for_barriers(page)
    choose_product(hands, way)
    hands.press("button", "Save order")
    expect(page).to_have_url(re.compile(r"/bss/orders/SO-\d+/$"))
    expect(page.get_by_text("Alias missing")).to_be_visible()
    if watched:
        look_for_barriers(page)
    order = Order.objects.get(account=shop.account)
    assert (order.state, order.channel, order.created_by) == ("draft", "bss_order", staff)

    press_what_is_not_possible_yet(hands, way)
    expect(page.get_by_role("heading", name="Edit Standard Plan")).to_be_visible()
    if watched:
        look_for_barriers(page)
    hands.type("Storefront Alias", "HarborIT")
    hands.press("button", "Save")
    expect(page.get_by_text(TAKEN)).to_be_visible()
    if watched:
        look_for_barriers(page)
    assert order.items.get().alias == ""
    hands.type("Storefront Alias", "techsolutions")
    hands.press("button", "Save")
    expect(page.get_by_text(READY)).to_be_visible()
    expect(page.get_by_text("Ready to execute", exact=True)).to_be_visible()
    if watched:
        look_for_barriers(page)

    hands.press("button", "Execute")
    expect(page).to_have_url(re.compile(rf"/bss/orders/{order.number}/$"))
    shown_live(page, way)
    if watched:
        for tab in ("", "billing/", "history/"):
            page.goto(f"{shop.base}/bss/orders/{order.number}/{tab}")
            look_for_barriers(page)
    order.refresh_from_db()
    assert (order.state, order.placed_by) == ("executed", staff)
    assert Subscription.objects.active().for_plans().get(account=shop.account).plan.code == "standard"
    letter = Notification.objects.get(order=order, template_code="welcome_standard")
    assert (letter.state, letter.recipient_email) == ("sent", shop.email)
    assert broken() == {}
    assert complaints == []


def shown_live(page, way: str) -> None:
    """Nobody reloads: the page comes to the end by itself, with everything around the timeline."""
    expect(page.get_by_text(re.compile(r"Order executed in \d+ seconds?\."))).to_be_visible()
    expect(page.get_by_text("Tech Solutions is now on the Standard plan.")).to_be_visible()
    steps = page.get_by_role("list", name="Execution steps").get_by_role("listitem")
    expect(steps.filter(has_text=": done")).to_have_count(5)
    expect(page.get_by_text("5 of 5 done")).to_be_visible()
    expect(page.get_by_role("progressbar", name="Execution progress")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Executed")
    expect(page.get_by_role("link", name="Open storefront")).to_be_visible()
    expect(page.get_by_role("button", name="Execute")).to_have_count(0)


@pytest.mark.parametrize("field", ["Account", "Storefront Alias"])
def test_what_is_typed_before_the_script_has_come_is_looked_up(shop, visitor, staff, field):
    order = a_draft(shop, staff, alias="techsolutions")
    where = {"Account": "new/", "Storefront Alias": f"{order.number}/items/{order.items.get().pk}/edit/"}[field]
    said = {"Account": re.compile("Tech Solutions"), "Storefront Alias": re.compile("kept for the platform")}[field]
    hands, _ = at_work(visitor, shop, staff, "mouse")
    page, held = hands.page, []
    page.route(re.compile(r"/js/(account_picker|alias)\b"), lambda route: held.append(route))
    page.goto(f"{shop.base}/bss/orders/{where}", wait_until="commit")
    hands.type(field, {"Account": "tech", "Storefront Alias": "admin"}[field])
    assert held
    expect(page.get_by_text(said)).to_have_count(0)
    for route in held:
        route.continue_()
    expect(page.get_by_text(said).first).to_be_visible()


def a_draft(shop, staff: User, *, alias: str, account: Account | None = None) -> Order:
    wanted = [Wanted(cast.plan_product(shop.operator, "standard"))]
    return draft_order(account or shop.account, wanted=wanted, channel="bss_order", by=staff, alias=alias)


@pytest.mark.parametrize("way", WAYS)
def test_a_failed_order_is_mended_and_tried_again(shop, visitor, staff, way):
    order = a_draft(shop, staff, alias="techsolutions")
    other = cast.reseller(shop.operator, "Harbor IT")
    Order.objects.filter(pk=order.pk).update(
        state="failed", error_code="alias_taken", error_message=TAKEN.replace("harborit", "techsolutions")
    )
    AliasClaim.objects.update(account=other)
    hands, complaints = at_work(visitor, shop, staff, way)
    page = hands.page
    page.goto(f"{shop.base}/bss/orders/{order.number}/")
    if way == "mouse":
        look_for_barriers(page)
    hands.press("button", "Edit Standard Plan")
    hands.type("Storefront Alias", "tech-solutions")
    hands.press("button", "Save")
    expect(page.get_by_text("The Storefront Alias is tech-solutions now")).to_be_visible()
    hands.press("button", "Retry")
    shown_live(page, way)
    shop.account.refresh_from_db()
    assert shop.account.storefront.claim.alias == "tech-solutions"
    assert complaints == []


@pytest.mark.parametrize("way", WAYS)
def test_products_are_added_and_an_order_is_cancelled(shop, visitor, staff, way):
    order = a_draft(shop, staff, alias="techsolutions")
    hands, complaints = at_work(visitor, shop, staff, way)
    page = hands.page
    page.goto(f"{shop.base}/bss/orders/{order.number}/")
    page.get_by_role("link", name="Add product").press("Enter")
    expect(page.get_by_role("heading", name="Add product")).to_be_visible()
    if way == "mouse":
        look_for_barriers(page)
    page.get_by_role("radio", name=re.compile("^Workplace Suite")).check()
    hands.type("Quantity", "3")
    hands.press("button", "Add product")
    expect(page.get_by_role("link", name="Products 2")).to_be_visible()
    hands.press("button", "Cancel order")
    expect(page.get_by_role("heading", name=f"Cancel order {order.number}?")).to_be_visible()
    if way == "mouse":
        look_for_barriers(page)
    within = page if way == "no script" else page.get_by_role("dialog")
    within.get_by_role("button", name="Cancel order").press("Enter")
    expect(page.get_by_text("This order was cancelled.")).to_be_visible()
    order.refresh_from_db()
    assert (order.state, AliasClaim.objects.count()) == ("cancelled", 0)
    assert complaints == []


def test_two_people_at_one_order(shop, visitor, staff):
    """One looks at a draft that the other one has placed meanwhile: nothing happens twice, and it says so."""
    order = a_draft(shop, staff, alias="techsolutions")
    hands, _ = at_work(visitor, shop, staff, "mouse")
    page = hands.page
    page.goto(f"{shop.base}/bss/orders/{order.number}/")
    amend_item(order.items.get(), alias="techsolution", by=staff)
    place_order(order, by=staff)
    hands.press("button", "Execute")
    expect(page.get_by_text("This can’t be done now.")).to_be_visible()
    heading(page, re.compile(order.number))
    assert order.activities.filter(verb="order.place").count() == 1
