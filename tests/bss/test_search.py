"""Search finds by number and name, as far as the person may, nothing of anybody else. The bell; one's own profile."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import set_urlconf

from bss.search.finding import groups_for
from notifications.models import Notification
from plans.execution import execute_order
from plans.models import Activity, StaffMembership, Subscription, User
from tests import cast


@pytest.fixture(autouse=True)
def addresses():
    """As in a request of the back office."""
    set_urlconf("bss.urls")
    yield
    set_urlconf(None)


def found(text: str, *, staff: StaffMembership) -> dict[str, list[str]]:
    return {group.title: [hit.label for hit in group.hits] for group in groups_for(text, staff=staff)}


@pytest.fixture
def boss(nordwind) -> StaffMembership:
    return StaffMembership.objects.select_related("operator").get(operator=nordwind, role="administrator")


@pytest.fixture
def order(nordwind):
    order = cast.order_plan(cast.reseller(nordwind), "free")
    execute_order(order.pk)
    return order


def test_an_account_is_found_by_name_and_by_number_with_its_newest_orders(boss, order):
    assert found("tech sol", staff=boss) == {"Accounts": ["Tech Solutions"], "Orders": [order.number]}
    assert found(order.account.number.lower(), staff=boss)["Accounts"] == ["Tech Solutions"]
    [account] = groups_for("Tech", staff=boss)[0].hits
    assert account.url == f"/accounts/{order.account.number}/" and account.note == f"{order.account.number} · Free"


def test_orders_and_subscriptions_are_found_by_number_however_it_is_typed(boss, order):
    subscription = Subscription.objects.get()
    digits = int(order.number.removeprefix("SO-"))
    for typed in (order.number, order.number.lower(), f"so{digits}", str(digits)):
        assert found(typed, staff=boss)["Orders"] == [order.number]
    assert found(subscription.number, staff=boss) == {"Subscriptions": [subscription.number]}


def test_pages_are_found_by_any_of_their_words_as_far_as_the_role_may(nordwind, boss):
    reader = cast.staff(nordwind, "read_only")
    assert found("setup", staff=reader) == {"Go to": ["Setup"]}
    assert found("bounced", staff=reader) == {"Go to": ["Outbox"]}
    assert "Dashboard" in found("", staff=reader)["Go to"]
    assert "New order" not in found("new", staff=reader).get("Go to", [])


def test_nothing_of_the_other_distributor_is_found(boss):
    other = cast.distributor("Sudlicht", host="cloud.other.test")
    theirs = cast.on_plan(cast.reseller(other, "Lumen Desk"), "free", alias="lumendesk")
    assert found("Lumen", staff=boss) == {}
    assert found(theirs.number, staff=boss) == {}


def test_the_page_and_the_palette_show_the_same(maren, order):
    page = maren.get("/bss/search/", {"q": "tech"}).content.decode()
    list_alone = maren.get("/bss/search/", {"q": "tech"}, headers={"X-Palette": "yes"}).content.decode()
    url = f"/bss/accounts/{order.account.number}/"
    assert f'<a href="{url}">' in page and "<html" in page
    assert f'<div role="option" aria-selected="false" data-url="{url}">' in list_alone and "<html" not in list_alone


def test_what_is_not_found_says_so_with_what_was_typed(maren):
    text = maren.get("/bss/search/", {"q": "<b>nobody"}).content.decode()
    assert "Nothing matches “&lt;b&gt;nobody”." in text


@pytest.mark.parametrize(
    "typed", ["\0", "a\0b", "x" * 5000, "%", "_", "\\", "'", "9" * 400, "SO-", "\ud800".encode("utf-8", "replace")]
)
def test_whatever_is_typed_it_answers(maren, typed):
    assert maren.get("/bss/search/", {"q": typed}).status_code == 200


def test_search_takes_a_handful_of_queries(maren, nordwind):
    for number in range(20):
        cast.reseller(nordwind, f"Tech {number:02}")
    maren.get("/bss/search/", {"q": "tech"})
    with CaptureQueriesContext(connection) as queries:
        maren.get("/bss/search/", {"q": "tech"})
    assert len(queries) <= 5


def letter_to(user: User, operator) -> Notification:
    letter = Notification.objects.filter(operator=operator).order_by("pk").first()
    Notification.objects.filter(pk=letter.pk).update(recipient_user=user)
    return letter


def test_the_bell_counts_unread_letters_to_this_person_at_this_distributor(maren, boss, order):
    assert 'aria-label="Notifications, 0 unread"' in maren.get("/bss/orders/").content.decode()
    letter = letter_to(boss.user, boss.operator)
    assert 'aria-label="Notifications, 1 unread"' in maren.get("/bss/orders/").content.decode()
    text = maren.get("/bss/notifications/").content.decode()
    assert letter.subject in text and "Unread" in text
    assert maren.post("/bss/notifications/").status_code == 302
    assert 'aria-label="Notifications, 0 unread"' in maren.get("/bss/orders/").content.decode()


def test_the_bell_takes_no_query_of_its_own(maren, boss, order):
    letter_to(boss.user, boss.operator)
    maren.get("/bss/setup/")
    with CaptureQueriesContext(connection) as queries:
        maren.get("/bss/setup/")
    assert len([each for each in queries if "notifications_notification" in each["sql"]]) == 1
    assert len(queries) == 2  # who is signed in, and where they work


def test_single_keys_can_be_switched_off_in_ones_own_profile(maren, boss):
    assert "data-no-keys" not in maren.get("/bss/").content.decode()
    assert maren.post("/bss/you/", {"name": "Maren H."}).status_code == 302
    assert "data-no-keys" in maren.get("/bss/").content.decode()
    boss.user.refresh_from_db()
    assert (boss.user.name, boss.user.single_keys) == ("Maren H.", False)
    assert Activity.objects.get(verb="staff.profile").actor == boss.user


def test_a_profile_that_is_refused_shows_what_was_typed(maren):
    answer = maren.post("/bss/you/", {"name": "a\x07b", "single_keys": "on"})
    assert answer.status_code == 422 and "Use one line of text" in answer.content.decode()
