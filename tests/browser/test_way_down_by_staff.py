"""Staff end a plan: scheduled and kept, then now, with the alias typed. By mouse, keyboard, without JavaScript."""

import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from notifications.models import Notification
from plans.models import Order, PendingChange, Storefront, Subscription, User
from plans.periods import today
from plans.verify import broken
from tests import cast
from tests.browser.hands import look_for_barriers

from .test_plan_changes import WAYS, at_work

QUARANTINE = timedelta(days=90)


@pytest.fixture
def staff(shop) -> User:
    return cast.staff(shop.operator, "account_manager").user


def seen(page: Page, text: str) -> Locator:
    """In the report of the moment that is chosen; the others are there, too."""
    return page.get_by_text(text).and_(page.locator(":visible"))


def day(of: date) -> str:
    return f"{of:%-d %b %Y}"


def looked_at(page: Page, way: str) -> None:
    if way == "mouse":
        look_for_barriers(page)


@pytest.mark.parametrize("way", WAYS)
def test_staff_cancel_with_the_alias_typed(shop, visitor, staff, way):
    account = cast.on_plan(shop.account, "standard", alias="techsolutions")
    held = account.subscriptions.get()
    hands, complaints = at_work(visitor, shop, staff, way)
    page = hands.page
    page.goto(f"{shop.base}/bss/subscriptions/{held.number}/")
    hands.press("button", "Downgrade")
    expect(seen(page, "Own prices and margins: kept, but frozen")).to_be_visible()
    looked_at(page, way)
    hands.press("button", "Downgrade to Free")
    expect(page.get_by_text(f"The plan changes to Free on {held.period_end_on:%-d %b %Y}.").first).to_be_visible()
    assert PendingChange.objects.get().to_plan.code == "free"
    looked_at(page, way)
    hands.press("button", "Keep plan")
    expect(page.get_by_text("stays on the Standard plan.")).to_be_visible()
    assert not PendingChange.objects.exists()

    hands.press("button", "Cancel")
    expect(seen(page, "The storefront goes offline.")).to_be_visible()
    expect(seen(page, f"until {day(held.period_end_on + QUARANTINE)}, everything else").first).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Now, with credit")).press("Space")
    expect(seen(page, f"until {day(today(account.operator) + QUARANTINE)}, everything else").first).to_be_visible()
    hands.type("Type techsolutions to confirm", "techsolution")
    hands.press("button", "Cancel subscription")
    expect(page.get_by_text("Type techsolutions exactly to confirm.")).to_be_visible()
    expect(page.get_by_role("radio", name=re.compile("^Now, with credit"))).to_be_checked()
    assert not Order.objects.filter(change="cancel").exists()
    looked_at(page, way)
    hands.type("Type techsolutions to confirm", "techsolutions")
    hands.press("button", "Cancel subscription")
    expect(page).to_have_url(re.compile(r"/bss/orders/SO-\d+/$"))
    is_closed(page, account)
    page.reload()
    expect(page.get_by_text("Storefront closed").first).to_be_visible()
    looked_at(page, way)
    stranger = visitor().new_page()
    answer = stranger.goto(f"{shop.base}/techsolutions/")
    assert answer.status == 410
    expect(stranger.get_by_role("heading", name="This storefront is closed.")).to_be_visible()
    assert complaints == []


def is_closed(page: Page, account) -> None:
    """The worker has done it, and the letter that it wrote has been carried."""
    for _ in range(120):
        if Notification.objects.filter(account=account, template_code="plan_cancelled", state="sent").exists():
            break
        page.wait_for_timeout(250)
    order = Order.objects.get(account=account, change="cancel")
    assert (order.state, order.channel, order.net) == ("executed", "subscription", -149)
    assert not Subscription.objects.active().for_plans().filter(account=account).exists()
    assert Storefront.objects.get(account=account).state == "parked"
    assert broken() == {}
