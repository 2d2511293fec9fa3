"""Setup as a person: the welcome letter is changed in its editor, then a reseller is upgraded; resellers are imported.
By mouse, by keyboard alone, and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from notifications.models import Notification
from plans import links
from plans.models import Account, ImportRun, User
from plans.verify import broken
from tests import cast
from tests.browser.hands import Mouse, heading, look_for_barriers, sign_in
from tests.browser.test_door_2 import WAYS

PARTNERS = "partners@nordwind.example"
WELCOME = "Welcome to Standard Reseller Storefront"


@pytest.fixture
def maren(shop) -> User:
    return cast.staff(shop.operator).user


def at_setup(visitor, shop, maren: User, way: str) -> tuple[Mouse, list[str]]:
    """In Setup; the second is what the browser complained about, the policy's refusals included."""
    page = visitor(java_script_enabled=way != "no script").new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    hands = WAYS[way](page)
    sign_in(hands, f"{shop.base}/bss", maren.email, cast.PASSWORD)
    page.goto(f"{shop.base}/bss/setup/")
    return hands, complaints


def write_the_subject(hands: Mouse, way: str) -> None:
    """With a merge field where the cursor is; without a script it is typed."""
    if way == "no script":
        hands.type("Subject", "{{ account_name }}: sell at {{ storefront_url }}")
        return
    hands.type("Subject", ": sell at ")
    hands.press("button", "Insert storefront_url")
    expect(hands.page.get_by_label("Subject", exact=True)).to_be_focused()
    hands.page.keyboard.press("Home")
    hands.press("button", "Insert account_name")


def see_the_preview(hands: Mouse, way: str, subject: str) -> None:
    """It follows what is typed; without a script it is asked for."""
    page = hands.page
    letter = page.frame_locator("iframe[name=letter-preview]")
    if way == "no script":
        hands.press("button", "Show preview")
    else:
        expect(page.get_by_text(subject, exact=True)).to_be_visible()
    expect(letter.get_by_role("heading", name="Your storefront is ready")).to_be_visible()
    expect(letter.get_by_role("link", name="Open my storefront")).to_be_visible()


def stay_when_about_to_leave(hands: Mouse) -> None:
    for elsewhere in ("Operations", "German"):
        hands.press("link", elsewhere)
        asked = hands.page.get_by_role("dialog", name="You have unsaved changes.")
        expect(asked).to_be_visible()
        hands.press("button", "Stay")
        expect(asked).to_be_hidden()


def send_a_test(hands: Mouse, way: str, *, to: User, watched: bool) -> None:
    page = hands.page
    hands.press("button", "Send test")
    expect(page.get_by_role("heading", name="Send test")).to_be_visible()
    if watched:
        look_for_barriers(page)
    within = page if way == "no script" else page.get_by_role("dialog")
    within.get_by_role("button", name="Send test", exact=True).press("Enter")
    expect(page.get_by_text(re.compile(f"Test sent to {to.email}"))).to_be_visible()
    if way != "no script":
        hands.press("button", "Done")


def save(hands: Mouse, way: str) -> None:
    if way == "no script":
        hands.page.get_by_role("button", name="Save template").first.click()
    else:
        hands.page.keyboard.press("Control+s")
    expect(hands.page.get_by_text("Template saved.")).to_be_visible()
    expect(hands.page.get_by_text("Version 2, saved")).to_be_visible()


def upgrade(hands: Mouse, shop) -> None:
    """Door 3, as far as the words on it are the editor's matter."""
    page = hands.page
    page.goto(f"{shop.base}/bss/accounts/{shop.account.number}/")
    hands.press("button", "Upgrade Resellers")
    hands.press("button", "Continue")
    expect(page.get_by_text(f"{WELCOME} goes to {shop.email}, {PARTNERS} (CC), in English.")).to_be_visible()
    hands.type("Storefront Alias", "techsolutions")
    hands.press("button", "Save")
    expect(page.get_by_text(re.compile(r"^Executed on"))).to_be_visible()


@pytest.mark.parametrize("way", WAYS)
def test_the_changed_letter_reaches_both_readers(shop, visitor, maren, way):
    hands, complaints = at_setup(visitor, shop, maren, way)
    page, watched = hands.page, way == "mouse"
    hands.press("link", "Customer Notifications")
    hands.press("link", WELCOME)
    heading(page, re.compile(WELCOME))
    if watched:
        look_for_barriers(page)
    write_the_subject(hands, way)
    hands.type("Additional recipients (optional)", f"cc: {PARTNERS}")
    subject = f"Tech Solutions: sell at {shop.base}/"
    see_the_preview(hands, way, f"{subject}tech-solutions")
    if way == "no script":
        save(hands, way)
        send_a_test(hands, way, to=maren, watched=False)
    else:
        stay_when_about_to_leave(hands)
        send_a_test(hands, way, to=maren, watched=watched)
        save(hands, way)
    [test] = Notification.objects.all()
    assert (test.recipient_email, test.subject) == (maren.email, f"[Test] {subject}tech-solutions")

    if watched:
        upgrade(hands, shop)
    else:
        order = cast.order_plan(shop.account)
        page.goto(f"{shop.base}/bss/orders/{order.number}/")
        expect(page.get_by_text(re.compile(r"Order executed in \d+ seconds?\."))).to_be_visible()
    url = links.storefront_url(shop.operator, "techsolutions")  # of this process, which has no port
    letters = list(Notification.objects.filter(template_code="welcome_standard", order__isnull=False).order_by("pk"))
    assert [(letter.recipient_email, letter.kind) for letter in letters] == [(shop.email, "to"), (PARTNERS, "cc")]
    for letter in letters:
        assert letter.subject == f"Tech Solutions: sell at {url}"
        assert url in letter.text.split()
    if watched:
        send_again(hands, shop, letters[1])
        go_back_to_the_starter_words(hands, shop)
    assert broken() == {}
    assert complaints == []


def send_again(hands: Mouse, shop, letter: Notification) -> None:
    """From the order, as a copy to the reseller's own contact."""
    page = hands.page
    page.goto(f"{shop.base}/bss/setup/notifications/outbox/{letter.pk}/")
    expect(page.get_by_text("Sent", exact=True).first).to_be_visible()
    hands.press("button", "Resend")
    expect(page.get_by_role("heading", name="Resend letter")).to_be_visible()
    look_for_barriers(page)
    page.get_by_role("dialog").get_by_role("button", name="Resend").click()
    expect(page.get_by_text(f"Sent again to {PARTNERS}.")).to_be_visible()
    assert Notification.objects.get(resend_of=letter).subject == letter.subject


def go_back_to_the_starter_words(hands: Mouse, shop) -> None:
    page = hands.page
    page.goto(f"{shop.base}/bss/setup/notifications/customer/accounts/welcome_standard/")
    hands.press("button", "Reset to default")
    page.get_by_role("dialog").get_by_role("button", name="Reset to default").click()
    expect(page.get_by_text("The starter words are back.")).to_be_visible()
    expect(page.get_by_label("Subject", exact=True)).to_have_value("Your storefront is ready: {{ storefront_url }}")
    expect(page.get_by_label("Additional recipients (optional)")).to_have_value(f"CC: {PARTNERS}")


def see_it_come_in(page: Page) -> None:
    expect(page.get_by_text("2 resellers created, 0 unchanged, 1 refused.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Nine Pines"))).to_contain_text("Created")
    expect(page.get_by_role("row", name=re.compile("Bad Alias"))).to_contain_text("is kept for the platform")


@pytest.mark.parametrize("way", ["keyboard", "no script"])
def test_resellers_are_imported_while_one_looks_on(shop, visitor, maren, way):
    hands, complaints = at_setup(visitor, shop, maren, way)
    page = hands.page
    hands.press("link", "Import resellers")
    rows = """account,contact,email,plan,alias
Morrow IT,Jane Morrow,jane@morrow.example,Basic,
Nine Pines,Otto Pine,otto@pines.example,Free,ninepines
Bad Alias,Bo Bad,bo@bad.example,Free,admin
"""
    file = {"name": "resellers.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.get_by_label("CSV file").set_input_files(file)
    hands.press("button", "Check the file")
    expect(page.get_by_text("2 to create, 0 unchanged, 1 refused.")).to_be_visible()
    hands.press("button", "Import 2 resellers")
    see_it_come_in(page)
    assert ImportRun.objects.get().is_over
    assert Account.objects.filter(name__in=["Morrow IT", "Nine Pines", "Bad Alias"]).count() == 2
    assert complaints == []
