"""The list of orders and one order: what is shown, what is found, what it costs, and whose it is."""

import pytest
from django.utils import timezone

from notifications.models import Notification
from plans.execution import execute_order
from plans.models import NumberSeries, Order, OrderItem, User
from plans.ordering import draft_order
from plans.preview import Wanted
from tests import cast


def purchases(account, count: int) -> list[Order]:
    """Ordinary orders of the account, written at once."""
    suite = cast.Product.objects.filter(operator=account.operator, slug="suite").first() or cast.product(
        account.operator, "Suite"
    )
    numbers = NumberSeries.take(account.operator_id, "SO", count=count)
    orders = Order.objects.bulk_create(
        Order(operator=account.operator, account=account, number=n, channel="storefront", currency="EUR", state="draft")
        for n in numbers
    )
    OrderItem.objects.bulk_create(
        OrderItem(operator=account.operator, order=o, product=suite, name="Suite", cycle="month", unit_price=1)
        for o in orders
    )
    return orders


def numbers(client, url: str) -> list[str]:
    return [row.number for row in client.get(url).context["rows"]]


def test_pages_go_on_and_back_without_losing_or_repeating_a_row(maren, nordwind):
    wanted = [order.number for order in purchases(cast.reseller(nordwind), 120)][::-1]
    pages, url = [], "/bss/orders/?state=draft"
    while url:
        page = maren.get(url).context["page"]
        pages.append([order.number for order in page.rows])
        following = page.following
        url = following and f"/bss/orders/{following}"
        assert not following or "state=draft" in following
    assert [len(page) for page in pages] == [50, 50, 20]
    assert [number for rows in pages for number in rows] == wanted
    back = maren.get(f"/bss/orders/{page.previous}").context["page"]
    assert [order.number for order in back.rows] == pages[1]
    first = maren.get(f"/bss/orders/{back.previous}").context["page"]
    assert ([order.number for order in first.rows], first.previous) == (pages[0], "")


def test_states_filter(maren, nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "free")
    purchases(account, 2)
    assert numbers(maren, "/bss/orders/?state=executed") == ["SO-01001"]
    assert numbers(maren, "/bss/orders/?state=draft") == ["SO-01003", "SO-01002"]
    assert numbers(maren, "/bss/orders/?state=failed") == []
    assert "No orders match." in maren.get("/bss/orders/?state=failed").content.decode()
    assert numbers(maren, "/bss/orders/?change=upgrade") == ["SO-01001"]
    assert numbers(maren, "/bss/orders/?channel=storefront&change=none&q=tech") == ["SO-01003", "SO-01002"]
    assert numbers(maren, "/bss/orders/?channel=shortcut") == []
    assert numbers(maren, "/bss/orders/?channel=nonsense&change=nonsense") == ["SO-01003", "SO-01002", "SO-01001"]
    export = maren.get("/bss/orders/").content.decode()
    assert 'href="/bss/orders/export.csv"' in export
    assert "export.csv?q=tech&amp;change=none" in maren.get("/bss/orders/?q=tech&change=none").content.decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("SO-01002", ["SO-01002"]),
        ("so1002", ["SO-01002"]),
        ("1002", ["SO-01002"]),
        ("tech", ["SO-01001"]),
        ("TECH SOL", ["SO-01001"]),
        ("harbor", ["SO-01002"]),
        ("nobody", []),
        ("%", []),
        ("_", []),
    ],
)
def test_search(maren, nordwind, text, expected):
    purchases(cast.reseller(nordwind, "Tech Solutions"), 1)
    purchases(cast.reseller(nordwind, "Harbor IT"), 1)
    assert [row.number for row in maren.get("/bss/orders/", {"q": text}).context["rows"]] == expected


@pytest.mark.parametrize(
    "query",
    [
        "state=nonsense", "after=x", "after=-1", "after=99999999999999999999", "before=९", "after=²",
        "before=" + "9" * 5000, "after=&before=", "q=%00", "q=" + "x" * 5000, "q='%20or%201=1--",
        "state=draft&state=failed", "after=1&before=1",
    ],
)  # fmt: skip
def test_nonsense_in_the_address_is_never_a_fault(maren, nordwind, query):
    purchases(cast.reseller(nordwind), 3)
    assert maren.get(f"/bss/orders/?{query}").status_code == 200


def test_what_was_searched_is_shown_as_text(maren, nordwind):
    page = maren.get("/bss/orders/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page


def test_orders_of_another_distributor_are_never_listed_and_not_found(maren, nordwind):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    NumberSeries.objects.filter(operator=sudlicht).update(next_number=90_001)
    account = cast.on_plan(cast.reseller(sudlicht, "Lumen Desk"), "free", alias="lumendesk")
    number = account.orders.get().number
    assert numbers(maren, "/bss/orders/") == []
    assert numbers(maren, f"/bss/orders/?q={number}") == []
    assert numbers(maren, "/bss/orders/?q=Lumen") == []
    assert maren.get(f"/bss/orders/{number}/").status_code == 404
    assert maren.get("/bss/orders/SO-00000/").status_code == 404


def test_accounts_of_another_distributor_crowd_nobody_out_of_a_search(maren, nordwind, monkeypatch):
    monkeypatch.setattr("ui.filters.owners.MOST_ACCOUNTS", 1)
    cast.reseller(cast.distributor("Sudlicht", host="sudlicht.test"), "Tech A")
    purchases(cast.reseller(nordwind, "Tech Solutions"), 1)
    assert numbers(maren, "/bss/orders/?q=tech") == ["SO-01001"]


def test_an_executed_order_tells_the_whole_story(maren, nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    order = account.orders.get()
    tabs = ("", "billing/", "history/")
    page = "".join(maren.get(f"/bss/orders/{order.number}/{tab}").content.decode() for tab in tabs)
    for words in (
        "Order SO-01001", "Executed", "Tech Solutions", "Basic to Standard", "Standard Plan", "techsolutions",
        "€149.00", "VAT 19 %", "€28.31", "€177.31", "Subscription SUB-01001 started", "Storefront opened at",
        "Queued", "Being executed", "Subscription started", "Storefront open", "Email sent",
        "Your storefront is ready", "owner@techsolutions.example",
    ):  # fmt: skip
        assert words in page, words
    letter = order.notifications.get(template_code="welcome_standard")
    assert f'href="/bss/setup/notifications/outbox/{letter.pk}/"' in page


def test_a_letter_of_which_nobody_knows_ends_the_waiting_and_leads_to_it(maren, nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "standard", alias="techsolutions")
    here = f"/bss/orders/{account.orders.get().number}"
    letter = account.notifications.get(template_code="welcome_standard")
    assert maren.get(f"{here}/execution/").status_code == 200
    for at, said in ((timezone.now(), "It is sent to owner@techsolutions.example once more at"),
                     (None, "Ask owner@techsolutions.example, or resend it.")):  # fmt: skip
        Notification.objects.filter(pk=letter.pk).update(state="unknown", next_attempt_at=at)
        part = maren.get(f"{here}/execution/")
        assert part.status_code == 286
        assert "Whether its email arrived is not known." in part.text and said in part.text
        assert f'<a href="/bss/setup/notifications/outbox/{letter.pk}/">Open the letter' in part.text
        assert "4 of 5 done, the email is not certain" in part.text


def test_a_failed_order_names_its_reason(maren, nordwind):
    order = cast.order_plan(cast.reseller(nordwind), "standard")
    order.account.state = "suspended"
    order.account.save()
    execute_order(order.pk)
    page = maren.get(f"/bss/orders/{order.number}/").content.decode()
    assert "The order could not be executed." in page
    assert "Tech Solutions is suspended." in page


def test_a_draft_says_what_it_lacks(maren, nordwind):
    account = cast.Account.objects.select_related("operator").get(pk=cast.reseller(nordwind).pk)
    wanted = [Wanted(cast.plan_product(nordwind, "standard"))]
    by = User.objects.get(email="maren.holt@nordwind.example")
    draft_order(account, wanted=wanted, channel="bss_order", by=by)
    assert "Alias missing" in maren.get("/bss/orders/").content.decode()
    OrderItem.objects.update(alias="techsolutions")
    page = maren.get("/bss/orders/SO-01001/").content.decode()
    assert "Ready to execute" in page
    assert "Not started" in page


def test_a_draft_lacks_an_alias_only_where_execute_would_refuse(maren, nordwind):
    """A storefront that was opened meanwhile keeps its alias: the draft needs none any more."""
    by = User.objects.get(email="maren.holt@nordwind.example")
    for name, plan in (("Alpine Cloud", "free"), ("Harbor IT", "")):
        account = cast.reseller(nordwind, name)
        account = cast.Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
        draft_order(account, wanted=[Wanted(cast.plan_product(nordwind, "standard"))], channel="bss_order", by=by)
        if plan:
            cast.on_plan(account, plan, alias="alpinecloud")
    listed = {row.account_name: row.status for row in maren.get("/bss/orders/?state=draft").context["rows"]}
    assert listed == {"Alpine Cloud": "Ready to execute", "Harbor IT": "Alias missing"}
    waiting = maren.get("/bss/").context["waiting"].value
    assert [item.order.account.name for item in waiting.rows] == ["Harbor IT"]
    for order in Order.objects.filter(state="draft").select_related("account"):
        assert listed[order.account.name] in maren.get(f"/bss/orders/{order.number}/").text


def test_an_order_that_waits_for_approval_says_so(maren, nordwind):
    [order] = purchases(cast.customer(cast.on_plan(cast.reseller(nordwind), "free")), 1)
    Order.objects.filter(pk=order.pk).update(state="awaiting_approval")
    page = maren.get(f"/bss/orders/{order.number}/").text
    assert "This order waits for the approval of its reseller." in page
    assert "Waiting for approval" in page and "Queued" not in page


def test_names_are_text(maren, nordwind):
    purchases(cast.reseller(nordwind, "<img src=x onerror=alert(1)>", email="x@x.example"), 1)
    for url in ("/bss/orders/", "/bss/orders/SO-01001/", "/bss/"):
        assert "<img src=x" not in maren.get(url).content.decode()
