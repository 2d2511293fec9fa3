"""What a reseller lists, prices and puts first is what a visitor of its storefront finds."""

import pytest
from playwright.sync_api import expect

from tests import cast
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers


@pytest.fixture
def kestrel(shop):
    """The shop's reseller with a storefront of its own, and a few products to choose from."""
    for name in ("Backup Vault", "Mail Archive", "Web Filter"):
        cast.product(shop.operator, name, amount="10.00")
    cast.on_plan(shop.account, "standard", alias="kestrelwick")
    return shop


@pytest.mark.parametrize("way", ["mouse", "keyboard, no JavaScript"])
def test_from_the_catalogue_room_to_the_public_page(kestrel, visitor, way):
    by_mouse = way == "mouse"
    page = visitor(java_script_enabled=by_mouse).new_page()
    hands, look = (Mouse(page), look_for_barriers) if by_mouse else (Keyboard(page), lambda page: None)
    base = f"{kestrel.base}/kestrelwick"
    page.goto(f"{base}/login/?next=/kestrelwick/admin/catalogue/")
    hands.type("Email", kestrel.email)
    hands.type("Password", cast.PASSWORD)
    hands.press("button", "Sign in")
    heading(page, "Catalogue")
    look(page)

    hands.press("button", "Unlist Web Filter")
    expect(page.get_by_role("button", name="List Web Filter")).to_be_visible()
    hands.tick("Select Mail Archive")
    hands.press("button", "Unlist selected")
    expect(page.get_by_role("button", name="List Mail Archive")).to_be_visible()
    hands.press("link", "Every product")
    hands.type("Markup in percent (optional)", "25")
    look(page)
    hands.press("button", "Save catalogue")
    heading(page, "Catalogue")
    hands.press("link", "Backup Vault")
    look(page)
    hands.type("Markup in percent (optional)", "50")
    hands.press("button", "Save product")
    expect(page.get_by_role("cell", name="€15.00")).to_be_visible()

    hands.press("link", "Home page")
    hands.type("Headline (optional)", "IT that runs")
    hands.press("button", "Save home page")
    for name in ("Workplace Suite", "Backup Vault"):
        hands.type("Search products to add", name)
        hands.press("button", "Search")
        hands.press("button", f"Add {name}")
    hands.press("button", "Move Backup Vault up")
    expect(page.get_by_role("button", name="Move Backup Vault up")).to_have_count(0)
    look(page)

    public = visitor(java_script_enabled=by_mouse).new_page()
    public.goto(f"{base}/")
    heading(public, "IT that runs")
    tiles = public.get_by_role("article")
    expect(tiles).to_have_count(2)
    expect(tiles.first).to_contain_text("Backup Vault")
    expect(tiles.first).to_contain_text("€15.00")
    look(public)
    public.get_by_role("link", name="View all products").click()
    expect(public.get_by_role("link", name="View Web Filter")).to_have_count(0)
    look(public)
    public.get_by_role("link", name="Price", exact=True).click()
    expect(public.get_by_role("article").first).to_contain_text("€15.00")
    public.get_by_role("link", name="View Backup Vault").click()
    heading(public, "Backup Vault")
    assert "10.00" not in public.content()
    look(public)
