"""The record of an account: what its tabs show, what they cost, and whose it is."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plans.models import Account, Activity, Contact, NumberSeries, TenantRequest
from tests import cast
from tests.bss.test_orders import purchases

TABS = ("", "contacts/", "orders/", "subscriptions/", "storefront/", "activity/", "activity/?show=emails")


def sql(client, url: str) -> int:
    client.get(url)  # the session is in the cache now
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def home(account: Account, tab: str = "") -> str:
    return f"/bss/accounts/{account.number}/{tab}"


def read(client, url: str) -> str:
    return client.get(url).content.decode()


def crowd(account: Account, count: int) -> None:
    """Rows of every kind that hang on an account."""
    purchases(account, count)
    for n in range(count):
        cast.person(account, f"p{n}@{account.number.lower()}.example", roles=("viewer",), name=f"Person {n}")
    Activity.objects.bulk_create(
        Activity(operator=account.operator, account=account, verb="account.changed", text=f"Change {n}.")
        for n in range(count)
    )


@pytest.mark.parametrize("code", ["basic", "free", "standard"])
def test_the_overview_costs_the_same_on_every_plan(maren, nordwind, code):
    account = cast.reseller(nordwind)
    if code != "basic":
        cast.on_plan(account, code)
    assert sql(maren, home(account)) <= 10


def test_the_overview_tells_who_and_what(maren, nordwind):
    account = cast.on_plan(cast.reseller(nordwind, vat_id="DE123456789"), "standard", alias="techsolutions")
    account.account_manager = cast.staff(nordwind, "account_manager").user
    account.save()
    page = read(maren, home(account))
    for words in (
        "Tech Solutions", account.number, "Standard", "Kaiweg 14, 23552 Lübeck", "DE123456789", "EUR", "Jonas Brandt",
        "owner@techsolutions.example", "Account Manager", "SO-01001", "Reselling is enabled",
        "Primary contact can sign in", "http://testserver/techsolutions", "SUB-01001",
        "Orders <span class=\"n\">1</span>", "Contacts <span class=\"n\">1</span>",
        "Subscriptions <span class=\"n\">1</span>",
    ):  # fmt: skip
        assert words in page, words


def test_counts_stop_at_a_hundred(maren, nordwind):
    account = cast.reseller(nordwind)
    purchases(account, 120)
    answer = maren.get(home(account))
    assert 'Orders <span class="n">99+</span>' in answer.content.decode()
    assert answer.context["account"].order_count == 100  # nobody counted further


def test_what_is_missing_is_a_link_to_what_mends_it(maren, nordwind):
    account = cast.reseller(nordwind, reselling_enabled=False)
    assert "Reselling is not enabled" in read(maren, home(account))
    cast.User.objects.filter(contacts__account=account).update(is_active=False)
    sentence = "The primary contact’s sign-in is deactivated"
    assert f'<a href="{home(account, "contacts/")}">{sentence}</a>' in read(maren, home(account))
    account.contacts.get().roles.all().delete()
    assert "The primary contact has no sign-in" in read(maren, home(account))
    Contact.objects.filter(account=account).update(is_primary=False)
    assert "There is no primary contact" in read(maren, home(account))


def test_an_open_tenant_request_is_shown(maren, nordwind):
    account = cast.reseller(nordwind)
    TenantRequest.objects.create(operator=nordwind, account=account, price_list="Partner EU", note="Soon <b>")
    page = read(maren, home(account))
    assert "Tenant request open since" in page
    assert "Price list wanted: Partner EU." in page
    assert "Soon &lt;b&gt;" in page


def test_the_storefront_tab(maren, nordwind):
    account = cast.reseller(nordwind)
    assert "No storefront yet" in read(maren, home(account, "storefront/"))
    account = cast.on_plan(account, "free", alias="techsolutions")
    cast.customer(account)
    page = read(maren, home(account, "storefront/"))
    assert "http://testserver/techsolutions" in page
    assert "1 of 10" in page
    assert '<span class="badge ok">Open</span>' in page


def test_activities_are_filtered_and_letters_stand_beside_them(maren, nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    Activity.objects.create(operator=nordwind, account=account, verb="account.changed", text="Name changed.")
    assert "Name changed." in read(maren, home(account, "activity/"))
    for show in ("plan", "orders"):
        page = read(maren, home(account, f"activity/?show={show}"))
        assert "Name changed." not in page
        assert "Subscription SUB-01001 started" in page
    letter = account.notifications.get(template_code="welcome_standard")
    page = read(maren, home(account, "activity/?show=emails"))
    assert f"/outbox/{letter.pk}/" in page
    assert letter.get_state_display() in page


@pytest.mark.parametrize("tab", ["orders/", "contacts/", "activity/"])
def test_pages_of_a_tab_neither_lose_nor_repeat_a_row(maren, nordwind, tab):
    account = cast.reseller(nordwind)
    crowd(account, 60)
    seen, url = [], home(account, tab)
    while url:
        page = maren.get(url).context["page"]
        seen += [row.pk for row in page.rows]
        url = page.following and home(account, tab) + page.following
    assert len(seen) == len(set(seen)) >= 60
    assert seen == sorted(seen, reverse=True)


def test_accounts_of_another_distributor_are_not_found(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    NumberSeries.objects.filter(operator=sudlicht).update(next_number=90_001)
    account = cast.reseller(sudlicht, "Lumen Desk")
    for tab in TABS:
        assert maren.get(home(account, tab)).status_code == 404
    assert maren.get(home(nordwind.account)).status_code == 404


def test_names_are_text(maren, nordwind):
    account = cast.reseller(nordwind, "<img src=x onerror=alert(1)>", email="x@x.example")
    purchases(account, 1)
    for tab in TABS:
        assert "<img src=x" not in read(maren, home(account, tab))


def test_end_customers_have_a_record_without_a_plan(maren, nordwind):
    reseller = cast.on_plan(cast.reseller(nordwind), "standard")
    customer = cast.customer(reseller)
    for tab in TABS:
        page = read(maren, home(customer, tab))
        assert "Reseller plan" not in page
        assert "Customer of" in page
