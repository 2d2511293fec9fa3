"""A letter that came back and an alarm, as whoever looks after them: found from the dashboard, mended, gone. By the
keyboard alone, and without JavaScript."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from notifications import reports
from notifications.delivery import deliver
from notifications.models import Notification
from plans.models import Order, User
from plans.verify import broken
from tests import cast
from tests.browser.hands import Mouse, heading, look_for_barriers
from tests.browser.test_door_2 import a_draft, at_work

JANE = "jane@techsolutions.example"
WHY = "550 5.1.1 No such mailbox"


@pytest.fixture
def maren(shop) -> User:
    return cast.staff(shop.operator).user


@pytest.fixture
def lost(shop, page: Page) -> list[Notification]:
    """The letters of an upgrade, to the reseller and to operations: sent, and come back."""
    cast.person(shop.account, JANE, roles=("viewer",), name="Jane Morrow")
    cast.on_plan(shop.account)
    letters = Notification.objects.order_by("pk")
    for letter in letters:
        deliver(letter.pk)  # or the worker was quicker
    for _ in range(150):
        if not letters.exclude(state="sent").exists():
            break
        page.wait_for_timeout(100)  # it is still at it
    for letter in letters:
        told = {"happened_at": timezone.now(), "event_id": f"b{letter.pk}", "letter": reports.token_of(letter)}
        assert reports.take(reports.Report(provider="resend", kind="bounced", words=WHY, **told))
    return list(letters.all())


@pytest.fixture
def given_up(shop, maren) -> Order:
    order = a_draft(shop, maren, account=cast.reseller(shop.operator, "Harbor IT"), alias="harborit")
    failed = {"state": "failed", "error_code": "attempts_used_up", "error_message": "It did not work."}
    Order.objects.filter(pk=order.pk).update(failed_at=timezone.now(), **failed)
    return order


@pytest.mark.parametrize("way", ["keyboard", "no script"])
def test_what_came_back_is_sent_to_somebody_else_and_an_alarm_is_mended(shop, visitor, maren, lost, given_up, way):
    hands, complaints = at_work(visitor, shop, maren, way)
    page, watched = hands.page, look_for_barriers if way == "keyboard" else lambda page: None
    welcome, telling = lost
    page.goto(f"{shop.base}/bss/")
    watched(page)
    hands.press("link", welcome.subject)
    heading(page, f"{welcome.subject} Bounced")
    for card, told in (("Attempts", "1. Accepted"), ("Delivery", WHY), ("Plain text", "log in and customize")):
        expect(page.get_by_role("region", name=card, exact=True)).to_contain_text(told)
    watched(page)
    send_to_another(hands, way, watched)
    again = Notification.objects.get(resend_of=welcome)
    assert (again.recipient_email, again.subject) == (JANE, welcome.subject)

    page.goto(f"{shop.base}/bss/")
    expect(page.get_by_role("link", name=welcome.subject)).to_have_count(0)
    deal_with(hands, telling, watched)
    page.goto(f"{shop.base}/bss/")
    expect(page.get_by_text("Every letter arrived, or somebody has dealt with it.")).to_be_visible()
    see_to_the_alarm(hands, watched)
    assert Order.objects.get(pk=given_up.pk).state != "failed"
    assert broken() == {}
    assert complaints == []


def send_to_another(hands: Mouse, way: str, watched) -> None:
    """Who had it is offered first, the other contacts of the account below."""
    page = hands.page
    hands.press("button", "Resend this letter")
    expect(page.get_by_role("heading", name="Resend letter")).to_be_visible()
    watched(page)
    jane = page.get_by_role("radio", name=f"Jane Morrow, {JANE}")
    if way == "keyboard":
        hands._go_to(page.get_by_role("radio", name=re.compile("The same person")))
        page.keyboard.press("ArrowDown")
        expect(jane).to_be_checked()
        page.keyboard.press("Enter")
    else:
        jane.check()
        hands.press("button", "Resend")
    expect(page.get_by_text(f"Sent again to {JANE}.")).to_be_visible()
    expect(page.get_by_text("it repeats The first letter")).to_be_visible()
    watched(page)


def deal_with(hands: Mouse, letter: Notification, watched) -> None:
    page = hands.page
    hands.press("button", f"Dealt with: {letter.recipient_email}")
    expect(page.get_by_role("heading", name="Mark as dealt with?")).to_be_visible()
    watched(page)
    hands.type("What was done (optional)", "Called them.")
    hands.press("button", "Mark as dealt with")
    heading(page, letter.subject)
    expect(page.get_by_text(re.compile("Dealt with by Administrator on"))).to_be_visible()
    watched(page)


def see_to_the_alarm(hands: Mouse, watched) -> None:
    page = hands.page
    alarms = page.get_by_role("region", name="Alarms")
    expect(alarms).to_contain_text("1 order was given up after its last attempt.")
    hands.clicks = 0
    hands.press("link", "Open Operations")
    heading(page, "Operations")
    expect(page.get_by_role("row", name=re.compile("^Orders were given up"))).to_be_visible()
    watched(page)
    hands.press("button", "Retry all: Orders were given up")
    assert hands.clicks == 2
    expect(page.get_by_text("1 failed order was placed again.")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("^Orders were given up"))).to_have_count(0)
    watched(page)
