"""A storefront that the distributor suspended: away for everybody, and its manager reads why."""

import pytest
from django.test import Client

from plans import periods
from plans.accounts import reactivate_account, suspend_account
from plans.models import Account, Storefront, User
from plans.suspending import reopen_storefront, suspend_storefront
from plans.verify import broken
from tests import cast
from tests.storefront.going_down import parked
from tests.storefront.visits import signed_in, statements, words

pytestmark = pytest.mark.django_db
REASON = "The imprint names another company."
AWAY = "This storefront is not available at the moment."


@pytest.fixture
def alpine() -> Account:
    return cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")


@pytest.fixture
def maren(alpine) -> User:
    return User.objects.get(email="maren.holt@nordwind.example")


@pytest.fixture
def suspended(alpine, maren) -> Account:
    suspend_storefront(alpine, reason=REASON, by=maren)
    return alpine


def shown(account: Account) -> Storefront:
    return Storefront.objects.get(account=account)


@pytest.mark.parametrize("path", ["", "products/", "login/", "portal/", "admin/", "password/reset/", "nothing-here/"])
def test_visitors_and_customers_find_it_away(suspended, path):
    customer = signed_in(cast.buyer_of(cast.customer(suspended)))
    neighbour = cast.on_plan(cast.reseller(suspended.operator, "Harbor IT"), "free", alias="harborit")
    viewer = cast.person(suspended, "viewer@alpine.example", roles=("viewer",)).user
    for client in (Client(), customer, signed_in(cast.buyer_of(neighbour)), signed_in(viewer)):
        answer = client.get(f"/alpinecloud/{path}")
        if path == "nothing-here/":
            assert answer.status_code == 404
            continue
        assert (answer.status_code, answer["X-Robots-Tag"]) == (503, "noindex")
        assert AWAY in answer.text and REASON not in answer.text and "Nordwind" not in answer.text


def test_it_is_away_and_back_in_the_same_moment(alpine, maren, client, django_capture_on_commit_callbacks):
    assert client.get("/alpinecloud/").status_code == 200  # from now on it is in the cache
    with django_capture_on_commit_callbacks(execute=True):
        suspend_storefront(alpine, reason=REASON, by=maren)
    assert client.get("/alpinecloud/").status_code == 503
    with django_capture_on_commit_callbacks(execute=True):
        reopen_storefront(alpine, by=maren)
    assert client.get("/alpinecloud/").status_code == 200


def test_its_manager_reads_why_on_every_page_of_the_panel_and_can_mend_it(suspended):
    owner, day = signed_in(cast.buyer_of(suspended)), periods.today(suspended.operator)
    for room in ("", "branding/", "home/", "catalogue/", "customers/", "texts/", "settings/", "activity/"):
        answer = owner.get(f"/alpinecloud/admin/{room}")
        assert answer.status_code == 200, room
        assert f"Nordwind suspended your storefront on {day:%-d %b %Y}" in words(answer)
        assert REASON in words(answer)
    assert "View storefront" not in words(owner.get("/alpinecloud/admin/"))
    saved = owner.post("/alpinecloud/admin/texts/imprint/", {"version": "0", "text": "Alpine Cloud, Kaiweg 14"})
    assert saved.status_code == 302
    assert owner.get("/alpinecloud/notifications/").status_code == 200
    assert owner.get("/alpinecloud/").status_code == 503
    assert owner.get("/alpinecloud/portal/").status_code == 503
    assert owner.post("/alpinecloud/logout/").status_code == 302
    assert owner.get("/alpinecloud/admin/").status_code == 503


def test_nothing_that_the_panel_links_around_itself_is_away(suspended):
    owner, seen = signed_in(cast.buyer_of(suspended)), set()
    page = owner.get("/alpinecloud/admin/settings/").text
    around = page[: page.index('<main class="s-main"')]
    for link in around.split('href="')[1:]:
        seen.add(link.partition('"')[0])
    inside = {link for link in seen if link.startswith("/alpinecloud/") and "." not in link}
    assert inside == {"/alpinecloud/admin/", "/alpinecloud/notifications/"}


def test_a_page_of_the_panel_costs_no_more_than_when_it_is_open(alpine, maren):
    owner = signed_in(cast.buyer_of(alpine))
    owner.get("/alpinecloud/admin/settings/")
    with statements() as before:
        owner.get("/alpinecloud/admin/settings/")
    suspend_storefront(alpine, reason=REASON, by=maren)
    with statements() as now:
        owner.get("/alpinecloud/admin/settings/")
    assert now.many <= before.many + 2, now.text  # a closed window is never kept


def test_the_distributors_storefront_says_it_too(suspended):
    owner = signed_in(cast.buyer_of(suspended))
    assert 'aria-label="Storefront: suspended, see why"' in owner.get("/").text
    assert owner.get("/storefront/")["Location"] == "http://testserver/alpinecloud/admin/"
    number = suspended.subscriptions.get().number
    told = words(owner.get(f"/subscriptions/{number}/"))
    assert "Your storefront is suspended." in told and "See why in your Storefront Admin Panel" in told
    viewer = signed_in(cast.person(suspended, "viewer@alpine.example", roles=("viewer",)).user)
    page = viewer.get("/").text
    assert 'aria-label="Storefront: suspended"' in page and "Your storefront is not available at the moment." in page
    assert viewer.get("/storefront/").status_code == 403
    told = words(viewer.get(f"/subscriptions/{number}/"))
    assert "Your storefront is suspended." in told and "See why" not in told


def test_with_the_account_the_panel_is_away_too(alpine, maren):
    suspend_account(alpine, reason="Unpaid since May", by=maren)
    owner = signed_in(cast.buyer_of(alpine))
    answer = owner.get("/alpinecloud/admin/")
    assert answer.status_code == 503 and "Unpaid" not in answer.text
    assert 'aria-label="Storefront: suspended"' in owner.get("/").text
    assert "It opens when Alpine Cloud is active again." in words(
        owner.get(f"/subscriptions/{alpine.subscriptions.get().number}/")
    )


@pytest.mark.parametrize("first", ["account", "storefront"])
def test_open_only_when_neither_suspension_is_in_force(alpine, maren, first):
    suspend_storefront(alpine, reason=REASON, by=maren)
    suspend_account(alpine, reason="Unpaid", by=maren)
    steps = [lambda: reactivate_account(alpine, by=maren), lambda: reopen_storefront(alpine, by=maren)]
    for step in steps if first == "account" else reversed(steps):
        assert shown(alpine).state == "suspended"
        step()
    assert (shown(alpine).state, shown(alpine).suspended_at, shown(alpine).suspended_reason) == ("open", None, "")
    assert broken() == {}


def test_the_suspension_outlives_the_plan(suspended, client):
    before = Storefront.objects.values().get(account=suspended)
    back = cast.on_plan(parked(suspended), "free", alias="alpinecloud")
    after = Storefront.objects.values().get(account=suspended)
    assert {name for name in before if before[name] != after[name]} == {"version"}
    assert client.get("/alpinecloud/").status_code == 503
    assert REASON in words(signed_in(cast.buyer_of(back)).get("/alpinecloud/admin/"))
    assert broken() == {}


def test_reopened_while_it_is_parked_it_comes_back_open(suspended, maren):
    account = parked(suspended)
    assert reopen_storefront(account, by=maren) == "parked"
    cast.on_plan(account, "free", alias="alpinecloud")
    assert shown(account).state == "open"


def test_nobody_is_invited_to_a_closed_door(suspended):
    owner, customer = signed_in(cast.buyer_of(suspended)), cast.customer(suspended)
    room, person = "/alpinecloud/admin/customers/", customer.contacts.get()
    before = (Account.objects.count(), User.objects.count(), suspended.notifications.count())
    typed = {"name": "Grace", "email": "grace@oakfield.example", "company": "Oakfield", "role": "buyer"}
    for path in ("invite/", f"{customer.number}/users/invite/"):
        answer = owner.post(room + path, typed)
        assert answer.status_code == 422
        assert "Your storefront is suspended: who is invited could not sign in." in words(answer)
        assert 'value="grace@oakfield.example"' in answer.text
    told = owner.post(f"{room}{customer.number}/users/{person.pk}/resend/", follow=True)
    assert "Your storefront is suspended" in words(told)
    assert (Account.objects.count(), User.objects.count(), suspended.notifications.count()) == before
