"""A reseller makes its storefront ready by keyboard: its words, who may look around, and what its bell says."""

import re

import pytest
from playwright.sync_api import Page, expect

from notifications.models import Notification
from plans.models import Account, StorefrontText
from tests import cast
from tests.browser.hands import Keyboard, heading, look_for_barriers, sign_in

IMPRINT = "Tech Solutions\nKaiweg 14, 23552 Lübeck\n\n<b>Managing director</b>: Jonas Brandt"


@pytest.fixture
def tech(shop) -> Account:
    return cast.on_plan(shop.account, "free")


def watched(page: Page) -> list[str]:
    """What the browser complains about, the policy's refusals included."""
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    return complaints


def test_a_reseller_writes_its_imprint_and_keeps_the_rest_to_its_customers(shop, tech, visitor):
    home = f"{shop.base}/techsolutions/"
    page = visitor().new_page()
    complaints, hands = watched(page), Keyboard(page)
    sign_in(hands, home.rstrip("/"), cast.buyer_of(tech).email, cast.PASSWORD)
    heading(page, "Storefront Admin Panel")
    expect(page.get_by_role("progressbar", name="Readiness")).to_have_attribute("max", "7")
    look_for_barriers(page)
    hands.press("link", "Legal texts")
    heading(page, "Texts")
    look_for_barriers(page)
    hands.press("link", "Write Imprint")
    hands.type("Text (optional)", IMPRINT)
    hands.press("button", "Preview")
    shown = page.get_by_role("region", name="Preview")
    expect(shown).to_contain_text("<b>Managing director</b>")
    assert not StorefrontText.objects.exists()
    look_for_barriers(page)
    hands.press("button", "Save imprint")
    expect(page.get_by_role("status").filter(has_text="Imprint saved.")).to_be_visible()

    stranger = visitor().new_page()
    stranger.goto(home)
    stranger.get_by_role("contentinfo").get_by_role("link", name="Imprint").click()
    heading(stranger, "Imprint")
    expect(stranger.get_by_text("<b>Managing director</b>: Jonas Brandt")).to_be_visible()
    look_for_barriers(stranger)

    hands.press("link", "Settings")
    look_for_barriers(page)
    page.get_by_role("checkbox", name="Everybody may look around").press("Space")
    hands.press("button", "Save settings")
    expect(page.get_by_role("status").filter(has_text="Settings saved.")).to_be_visible()
    stranger.goto(f"{home}products/")
    heading(stranger, "Sign in")
    stranger.goto(f"{home}imprint/")
    heading(stranger, "Imprint")

    hands.press("link", "Activity")
    expect(page.get_by_role("listitem").filter(has_text="Imprint: text written.")).to_contain_text("Jonas Brandt")
    look_for_barriers(page)
    read_the_bell(shop, tech, stranger)
    assert complaints == []


def read_the_bell(shop, tech: Account, page: Page) -> None:
    """A customer who asked for a password finds the letter under the bell of the reseller's storefront."""
    customer = cast.buyer_of(cast.customer(tech))
    page.goto(f"{shop.base}/techsolutions/password/reset/")
    page.get_by_label("Email", exact=True).fill(customer.email)
    page.get_by_role("button").filter(has_text=re.compile("link|password", re.I)).first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Check your email")
    hands = Keyboard(page)
    sign_in(hands, f"{shop.base}/techsolutions", customer.email, cast.PASSWORD)
    hands.press("link", "Notifications, 1 unread")
    look_for_barriers(page)
    hands.press("button", "Mark as read: Choose a new password")
    expect(page.get_by_role("link", name="Notifications, 0 unread")).to_be_visible()
    assert Notification.objects.get(recipient_user=customer).read_at
