"""A reseller lets a customer in: invitation, the letter's link, a password, the Customer Portal; then a suspension."""

import re
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.utils.module_loading import import_string
from playwright.sync_api import expect

from notifications.models import Notification
from plans.models import Account, Contact
from tests import cast
from tests.browser.hands import Keyboard, Mouse, heading, look_for_barriers, sign_in

PASSWORD = "a new harbour wall"


def letters_link(address: str) -> str:
    """Where the personal link of the letter to this address leads, on whatever port the web server has."""
    letter = Notification.objects.get(recipient_email=address)
    return urlsplit(import_string(settings.NOTIFICATION_SECRET_LINKS[letter.secret_kind])(letter)).path


@pytest.mark.parametrize("with_scripts", [True, False])
def test_a_customer_is_invited_comes_in_and_is_put_out(shop, visitor, with_scripts):
    reseller = cast.on_plan(shop.account, "free", alias="techsolutions")
    looked_at = look_for_barriers if with_scripts else lambda page: None
    own = visitor(java_script_enabled=with_scripts).new_page()
    hands = (Keyboard if with_scripts else Mouse)(own)
    sign_in(hands, f"{shop.base}/techsolutions", shop.email, cast.PASSWORD)
    hands.press("link", "Customers")
    heading(own, "Customers")
    looked_at(own)
    hands.press("link", "Invite your first customer")
    hands.type("Company", "Millbrook Dental")
    hands.type("Name", "Grace Whitfield")
    hands.type("Email", "grace@millbrook")
    hands.press("button", "Send invitation")
    expect(own.get_by_role("alert")).to_contain_text("Enter an email address")
    looked_at(own)
    hands.type("Email", "grace@millbrook.example")
    hands.press("button", "Send invitation")
    heading(own, re.compile("Millbrook Dental"))
    looked_at(own)

    page = visitor(java_script_enabled=with_scripts).new_page()
    theirs = Mouse(page)
    page.goto(shop.base + letters_link("grace@millbrook.example"))
    heading(page, "Choose your password")
    theirs.type("New password", PASSWORD)
    theirs.type("New password again", PASSWORD)
    theirs.press("button", "Save password")
    theirs.press("link", "Sign in")
    theirs.type("Email", "grace@millbrook.example")
    theirs.type("Password", PASSWORD)
    theirs.press("button", "Sign in")
    heading(page, "Customer Portal")
    looked_at(page)
    for tab in ("Subscriptions", "Users", "Profile"):
        page.get_by_role("navigation", name="Customer Portal").get_by_role("link", name=tab).click()
        heading(page, tab)
        looked_at(page)
    theirs.type("Name", "Grace W")
    theirs.press("button", "Save profile")
    expect(page.get_by_role("status")).to_contain_text("Profile saved.")
    assert Contact.objects.get(account__parent=reseller).name == "Grace W"

    hands.press("link", "Suspend customer")
    looked_at(own)
    hands.type("Reason", "Has not paid")
    hands.press("button", "Suspend customer")
    expect(own.get_by_text("Nobody of Millbrook Dental can sign in.")).to_be_visible()
    page.get_by_role("navigation", name="Customer Portal").get_by_role("link", name="Users").click()
    expect(page.get_by_text("The access of Millbrook Dental to Tech Solutions is suspended")).to_be_visible()
    looked_at(page)
    assert Account.objects.customers_of(reseller).get().is_suspended
