"""A reseller sees its storefront before it buys it, then brands it; a fresh browser sees what is published."""

import pytest
from playwright.sync_api import Page, expect

from plans.models import Storefront
from tests import cast
from tests.browser.hands import Mouse, heading, look_for_barriers, sign_in
from tests.reselling import zoo

VIOLET, AMBER = "rgb(106, 53, 201)", "rgb(242, 169, 59)"


@pytest.fixture
def logo(tmp_path):
    path = tmp_path / "logo.png"
    path.write_bytes(zoo.saved(zoo.drawn("RGBA")))
    return path


def watched(page: Page) -> list[str]:
    """What the browser complains about, breaches of the content policy among it."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    return complaints


def colour_of(page: Page, role: str, name: str) -> str:
    return page.get_by_role(role, name=name).first.evaluate("element => getComputedStyle(element).backgroundColor")


def is_drawn(page: Page) -> bool:
    """The logo in the head of the page, decoded by the browser."""
    return page.locator("header .brand-logo").evaluate("image => image.decode().then(() => image.naturalWidth === 256)")


def test_from_the_preview_to_the_published_brand(visitor, shop, logo):
    hands = Mouse(visitor().new_page())
    page, complaints = hands.page, watched(hands.page)
    sign_in(hands, shop.base, shop.email, cast.PASSWORD)
    page.goto(f"{shop.base}/plans/")
    hands.press("link", "See your storefront")
    hands.type("Storefront name", "Nordlicht IT")
    hands.press("button", "Violet")
    expect(page.locator(".frame")).to_contain_text("Nordlicht IT")
    expect(page.locator(".frame")).to_have_class("frame brand-6a35c9")
    look_for_barriers(page)
    hands.press("button", "See your storefront")
    heading(page, "Cloud services for your business")
    assert colour_of(page, "link", "Browse products") == VIOLET
    look_for_barriers(page)

    cast.on_plan(shop.account)
    own = f"{shop.base}/techsolutions"
    page.goto(f"{own}/admin/branding/")
    expect(page.get_by_label("Storefront name")).to_have_value("Nordlicht IT")
    hands.type("Support email", "")
    page.get_by_label("Logo (optional)").set_input_files(logo)
    expect(page.get_by_text("Enter an email address, as in hello@firm.com.").first).to_be_visible()
    hands.type("Support email", "hello@nordlicht.example")
    page.get_by_label("Logo (optional)").set_input_files(logo)
    expect(page.get_by_role("button", name="Remove logo")).to_be_visible()
    hands.type("Brand colour", "#f2a93b")
    expect(page.get_by_text("This colour is too light for white text")).to_be_visible()
    page.get_by_text("Phone", exact=True).first.click()
    look_for_barriers(page)
    stranger = visitor().new_page()
    stranger.goto(f"{own}/")
    assert colour_of(stranger, "link", "Browse products") == VIOLET and not stranger.locator(".brand-logo").count()

    hands.press("button", "Publish changes")
    expect(page.get_by_text("Published. Your customers see it now.")).to_be_visible()
    assert Storefront.objects.get(account=shop.account).brand_colour == "#f2a93b"
    fresh = visitor().new_page()
    fresh.goto(f"{own}/")
    assert colour_of(fresh, "link", "Browse products") == AMBER and is_drawn(fresh)
    expect(fresh.get_by_role("link", name="hello@nordlicht.example")).to_be_visible()
    look_for_barriers(fresh)
    assert [said for said in complaints if "422" not in said] == []


def test_without_javascript_the_buttons_do_it(visitor, shop, logo):
    cast.on_plan(shop.account)
    hands = Mouse(visitor(java_script_enabled=False).new_page())
    page, own = hands.page, f"{shop.base}/techsolutions"
    sign_in(hands, own, shop.email, cast.PASSWORD)
    page.goto(f"{own}/admin/branding/")
    hands.type("Support email", "hello@techsolutions.example")
    hands.press("button", "Green")
    expect(page.get_by_label("Brand colour", exact=True)).to_have_value("#14683a")
    page.get_by_label("Logo (optional)").set_input_files(logo)
    page.locator(".prev").get_by_role("button", name="Update preview").click()
    expect(page.locator(".frame .brand-logo")).to_be_visible()
    hands.press("button", "Discard changes")
    expect(page.locator(".frame .brand-logo")).to_have_count(0)
    expect(page.get_by_label("Brand colour", exact=True)).to_have_value("#08758a")
