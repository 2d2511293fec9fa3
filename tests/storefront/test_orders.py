"""My orders and my subscriptions: live progress, what mends an order that failed, and lists that stay quick."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.models import Notification
from plans import execution
from plans.execution import claim, execute_order
from plans.models import Account, AliasClaim, Order, OrderItem, Subscription
from tests import cast
from tests.plans.at_once import at_once
from tests.storefront.visits import form_of, signed_in, statements, words

pytestmark = pytest.mark.django_db

RUNNING = (
    "Thank you. Your storefront is on its way. "
    "This takes about a minute. You can close this page; we email you when it is ready."
)
READY = "Your storefront is ready Sign in with the account you already have, then add your logo and colours."
FAILED = (
    "Your storefront needs a little longer "
    "Your order is safe and nothing has been charged yet. We email you as soon as it is ready."
)


@pytest.fixture
def account():
    return cast.reseller(cast.distributor())


@pytest.fixture
def jonas(account) -> Client:
    return signed_in(cast.buyer_of(account))


def fail(order: Order, code: str = "alias_taken", message: str = "The alias was taken.") -> Order:
    """As a refusal in execution leaves it."""
    now = timezone.now()
    Order.objects.filter(pk=order.pk).update(
        state="failed", failed_at=now, error_code=code, error_message=message, attempts=1, next_attempt_at=None
    )
    order.refresh_from_db()
    return order


def steps(page) -> list[tuple[str, str]]:
    """(label, state in words) of each step, as it is read out."""
    return re.findall(r'<span class="t">([^<]+)<span class="sr">: ([^<]+)</span>', page.content.decode())


def status(page) -> str:
    return re.search(r'role="status" data-part="status">([^<]*)<', page.content.decode())[1]


# --- Progress ---


def test_a_placed_order_is_on_its_way(jonas, account):
    order = cast.order_plan(account)
    page = jonas.get(f"/orders/{order.number}/")
    html = page.content.decode()
    assert RUNNING in words(page)
    assert steps(page) == [
        ("Order received", "done"),
        ("Order executed", "in progress"),
        ("Subscription started", "waiting"),
        ("Storefront ready", "waiting"),
        ("Welcome email sent", "waiting"),
    ]
    assert status(page) == "Step 2 of 5"
    assert '<ol class="run mt2" aria-label="Execution steps"' in html
    assert '<label class="sr" for="order-progress">Order progress</label>' in html
    assert '<progress id="order-progress" max="5" value="1"' in html
    assert f'data-progress="/orders/{order.number}/progress/"' in html
    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in html
    assert "style=" not in html


def test_an_executed_order_is_ready(jonas, account):
    order = cast.order_plan(account)
    execute_order(order.pk)
    page = jonas.get(f"/orders/{order.number}/")
    assert READY in words(page)
    assert steps(page)[:4] == [
        ("Order received", "done"),
        ("Order executed", "done"),
        ("Subscription started", "done"),
        ("Storefront ready", "done"),
    ]
    assert steps(page)[4] == ("Welcome email sent", "in progress")
    assert "http://testserver/techsolutions" in words(page)
    assert "ops@nordwind.example" not in page.content.decode()
    html = page.content.decode()
    assert re.search(r'href="http://testserver/techsolutions"><svg.*?</svg>Open my storefront</a>', html)
    assert 'href="http://testserver/techsolutions/admin/">Customise it</a>' in html


def test_polling_stops_when_nothing_will_change_any_more(jonas, account):
    order = cast.order_plan(account)
    fragment = f"/orders/{order.number}/progress/"
    assert jonas.get(fragment).status_code == 200
    claim(order.pk)
    assert jonas.get(fragment).status_code == 200
    Order.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    execute_order(order.pk)
    assert jonas.get(fragment).status_code == 200  # the letter is still on its way
    Notification.objects.filter(template_code="welcome_standard").update(state="sent", sent_at=timezone.now())
    page = jonas.get(fragment)
    assert page.status_code == 286
    assert steps(page)[4] == ("Welcome email sent", "done")
    assert "To owner@techsolutions.example" in words(page)
    assert "<html" not in page.content.decode()
    whole = jonas.get(f"/orders/{order.number}/").content.decode()
    assert "http-equiv" not in whole
    assert "data-progress=" not in whole


def test_a_letter_that_bounced_is_told(jonas, account):
    order = cast.order_plan(account)
    execute_order(order.pk)
    letter = Notification.objects.filter(template_code="welcome_standard")
    letter.update(state="bounced", sent_at=timezone.now())
    page = jonas.get(f"/orders/{order.number}/progress/")
    assert (page.status_code, steps(page)[4]) == (286, ("Welcome email sent", "failed"))
    assert "Could not be delivered to owner@techsolutions.example" in words(page)
    letter.update(state="skipped", sent_at=None)
    assert len(steps(jonas.get(f"/orders/{order.number}/progress/"))) == 4


def test_a_letter_of_which_nobody_knows_ends_the_waiting_with_a_way_on(jonas, account):
    order = cast.order_plan(account)
    execute_order(order.pk)
    Notification.objects.filter(template_code="welcome_standard").update(state="unknown")
    page = jonas.get(f"/orders/{order.number}/progress/")
    assert (page.status_code, steps(page)[4]) == (286, ("Welcome email sent", "not certain"))
    assert "It is not certain that it reached owner@techsolutions.example. If it does not come, contact support." in (
        words(page)
    )
    assert f"?subject={order.number}" in page.content.decode()


def test_a_fault_is_told_while_it_waits_to_be_tried_again(jonas, account, monkeypatch):
    order = cast.order_plan(account)
    monkeypatch.setattr(execution, "LEASE", timedelta(seconds=0))  # over before it began: as if the worker had died
    lease = claim(order.pk)
    execution._try_later(lease)
    page = jonas.get(f"/orders/{order.number}/")
    assert status(page) == "Waiting to retry"
    assert steps(page)[1] == ("Order executed", "in progress")
    assert "Attempt 1 did not succeed. Trying again in 2 seconds." in words(page)


def test_an_order_without_a_plan_says_who_delivers(jonas, account):
    basket = cast.basket(account, cast.product(account.operator))
    order = placed(basket, account)
    execute_order(order.pk)
    page = jonas.get(f"/orders/{order.number}/")
    assert "Your order is complete" in words(page)
    assert "Delivered by Nordwind Distribution" in words(page)
    assert [label for label, _ in steps(page)] == [
        "Order received", "Order executed", "Subscription started", "Email sent",
    ]  # fmt: skip


def placed(basket, account: Account) -> Order:
    """What is in the basket, ordered through the checkout page."""
    client = signed_in(basket.user)
    form = form_of(client.get("/checkout/"), "/checkout/")
    assert client.post("/checkout/", form).status_code == 302
    return Order.objects.filter(account=account).latest("id")


def test_a_product_beside_a_plan_has_a_history_of_its_own(jonas, account):
    basket = cast.basket(account, cast.plan_product(account.operator, "standard"), cast.product(account.operator))
    form = form_of(jonas.get("/checkout/"), "/checkout/") | {"alias": "techsolutions", "terms": "on"}
    assert jonas.post("/checkout/", form).status_code == 302
    order = Order.objects.get()
    execute_order(order.pk)
    assert "Other products are delivered by Nordwind Distribution" in words(jonas.get(f"/orders/{order.number}/"))
    suite = Subscription.objects.get(plan=None)
    page = jonas.get(f"/subscriptions/{suite.number}/")
    assert "Delivered by Nordwind Distribution" in words(page)
    assert "Storefront opened" not in words(page)
    assert basket.items.count() == 0


def test_the_order_can_be_kept_as_a_confirmation(jonas, account):
    order = cast.order_plan(account, reference="PO 4711")
    said = words(jonas.get(f"/orders/{order.number}/"))
    assert f"Order {order.number}" in said
    assert "Standard Plan, 1 month €149.00 VAT 19 % €28.31 Total €177.31" in said
    assert "Your reference PO 4711 Storefront Alias techsolutions" in said
    assert "Payment On account" in said


# --- What mends it ---


def test_an_order_that_failed_for_its_alias_takes_another(jonas, account):
    order = fail(cast.order_plan(account))
    path = f"/orders/{order.number}/"
    page = jonas.get(path)
    assert FAILED in words(page)
    assert steps(page)[1] == ("Order executed", "failed")
    assert "The alias was taken." in words(page)
    assert form_of(page, f"{path}retry/")["alias"] == "techsolutions"

    other = cast.reseller(account.operator, "Harbor IT")
    AliasClaim.objects.create(operator=account.operator, account=other, alias="harbor", state="held")
    page = jonas.post(f"{path}retry/", {"alias": "harbor"})
    assert "The alias harbor has already been assigned to someone else. Choose a different alias." in words(page)
    assert form_of(page, f"{path}retry/")["alias"] == "harbor"
    order.refresh_from_db()
    assert order.state == "failed"

    page = jonas.post(f"{path}retry/", {"take": "harbor-it"})  # a suggestion, without a script
    assert (form_of(page, f"{path}retry/")["alias"], page.status_code) == ("harbor-it", 200)
    assert jonas.post(f"{path}retry/", {"alias": "Tech2"}).headers["Location"] == path
    order.refresh_from_db()
    assert (order.state, order.items.get().alias, order.attempts) == ("placed", "tech2", 0)
    assert sorted(AliasClaim.objects.filter(account=account).values_list("alias", flat=True)) == ["tech2"]
    execute_order(order.pk)
    assert "http://testserver/tech2" in words(jonas.get(path))


@pytest.mark.parametrize("typed", ["", "-", "\0", "a" * 5000, "admin"])
def test_a_wrong_alias_leaves_the_failed_order_as_it_is(jonas, account, typed):
    order = fail(cast.order_plan(account))
    page = jonas.post(f"/orders/{order.number}/retry/", {"alias": typed})
    assert page.status_code == 200
    assert re.search(r'id="alias" name="alias"[^>]*aria-invalid="true"', page.content.decode())
    order.refresh_from_db()
    assert (order.state, order.items.get().alias) == ("failed", "techsolutions")


def test_other_failures_are_tried_again_or_cancelled(jonas, account):
    order = fail(cast.order_plan(account), "attempts_used_up", "Stopped after 8 attempts.")
    page = jonas.get(f"/orders/{order.number}/")
    assert "Stopped after 8 attempts." in words(page)
    assert 'id="alias"' not in page.content.decode()
    assert jonas.post(f"/orders/{order.number}/retry/").status_code == 302
    order.refresh_from_db()
    assert (order.state, order.error_code) == ("placed", "")


@pytest.mark.parametrize("state", ["placed", "failed"])
def test_cancelling_lets_the_alias_go(jonas, account, state):
    order = cast.order_plan(account) if state == "placed" else fail(cast.order_plan(account))
    page = jonas.get(f"/orders/{order.number}/")
    assert f'formaction="/orders/{order.number}/cancel/">Cancel order</button>' in page.content.decode()
    page = jonas.post(f"/orders/{order.number}/cancel/", follow=True)
    assert "This order was cancelled Nothing was changed and nothing has been billed." in words(page)
    assert "Cancel order" not in words(page)
    assert AliasClaim.objects.count() == 0
    assert cast.order_plan(account).state == "placed"


def test_what_the_moves_do_not_allow_is_refused_and_said(jonas, account):
    order = cast.order_plan(account)
    claim(order.pk)
    path = f"/orders/{order.number}/"
    assert "Cancel order" not in words(jonas.get(path))
    for verb in ("cancel", "retry"):
        page = jonas.post(f"{path}{verb}/")
        assert page.status_code == 200
        assert f"The order {order.number} is executing and can’t be changed." in words(page)
    order.refresh_from_db()
    assert order.state == "executing"


def test_nothing_changes_by_looking(jonas, account):
    order = fail(cast.order_plan(account))
    for verb in ("cancel", "retry"):
        assert jonas.get(f"/orders/{order.number}/{verb}/").status_code == 405


@pytest.mark.django_db(transaction=True)
def test_of_cancel_and_retry_at_once_one_happens():
    account = cast.reseller(cast.distributor())
    order = fail(cast.order_plan(account), "attempts_used_up", "Stopped.")
    tabs = [signed_in(cast.buyer_of(account)) for _ in range(6)]
    verbs = ["cancel", "retry"] * 3
    outcomes = at_once(
        *(
            lambda tab=tab, verb=verb: tab.post(f"/orders/{order.number}/{verb}/")
            for tab, verb in zip(tabs, verbs, strict=True)
        ),
        gate=Order,
    )
    assert [outcome.problem for outcome in outcomes] == [None] * 6
    order.refresh_from_db()
    done = list(order.activities.filter(verb__in=["order.cancel", "order.retry"]).values_list("verb", flat=True))
    # Either cancelled for good, or placed again and perhaps cancelled after that; never both from one state.
    assert done in (["order.cancel"], ["order.retry"], ["order.retry", "order.cancel"])
    assert order.state == ("cancelled" if done[-1] == "order.cancel" else "placed")


# --- Who may see what ---


def test_the_orders_and_subscriptions_of_others_are_not_there(account, client):
    mine = cast.order_plan(account)
    execute_order(mine.pk)
    sub = Subscription.objects.get()
    lumen = cast.reseller(cast.distributor("Sudlicht", host="sudlicht.test"), "Lumen Desk")
    for stranger, host in ((cast.reseller(account.operator, "Harbor IT"), "testserver"), (lumen, "sudlicht.test")):
        visitor = signed_in(cast.buyer_of(stranger), headers={"host": host})
        for path in (f"/orders/{mine.number}/", f"/orders/{mine.number}/progress/", f"/subscriptions/{sub.number}/"):
            assert visitor.get(path).status_code == 404
        for verb in ("cancel", "retry"):
            assert visitor.post(f"/orders/{mine.number}/{verb}/").status_code == 404
        assert mine.number not in words(visitor.get("/orders/"))
        assert sub.number not in words(visitor.get("/subscriptions/"))
    for path in ("/orders/", f"/orders/{mine.number}/", "/subscriptions/", f"/subscriptions/{sub.number}/"):
        assert client.get(path).headers["Location"] == f"/login/?next={path}"


def test_drafts_of_the_staff_are_not_shown(jonas, account):
    order = cast.order_plan(account)
    Order.objects.update(state="draft", next_attempt_at=None)
    assert jonas.get(f"/orders/{order.number}/").status_code == 404
    assert "No orders yet" in words(jonas.get("/orders/"))


def test_who_may_only_look_sees_no_buttons(account):
    order = fail(cast.order_plan(account))
    viewer = signed_in(cast.person(account, "viewer@techsolutions.example", roles=("viewer",)).user)
    page = viewer.get(f"/orders/{order.number}/")
    assert page.status_code == 200
    assert "Retry" not in words(page)
    assert "Cancel order" not in words(page)
    assert 'id="alias"' not in page.content.decode()
    for verb in ("cancel", "retry"):
        assert viewer.post(f"/orders/{order.number}/{verb}/", {"alias": "tech2"}).status_code == 403


@pytest.mark.parametrize("number", ["SO-99999", "nothing", "%00", "%E2%82%AC", "x" * 300, "..%2F", "SO-01001%0A"])
def test_numbers_that_are_none_are_not_found(jonas, account, number):
    cast.order_plan(account)
    for path in (f"/orders/{number}/", f"/orders/{number}/progress/", f"/subscriptions/{number}/"):
        assert jonas.get(path).status_code == 404


# --- Subscriptions ---


def test_a_plan_subscription_shows_what_it_is(jonas, account):
    cast.on_plan(account, "free")
    cast.customer(account)
    sub = Subscription.objects.get()
    said = words(jonas.get(f"/subscriptions/{sub.number}/"))
    assert "My subscription Active" in said
    assert "Free Plan €0 per month" in said
    assert "Storefront http://testserver/techsolutions Renews" in said
    assert f"Order {sub.order_item.order.number}" in said
    assert "Customers 1 of 10" in said
    assert "Customise my storefront" in said
    history = re.findall(r'data-l="Event">([^<]+)<', jonas.get(f"/subscriptions/{sub.number}/").content.decode())
    assert history == [
        "Storefront opened at testserver/techsolutions.",
        f"Subscription {sub.number} started: Free plan.",
        f"Order {sub.order_item.order.number} placed.",
    ]
    assert f"{sub.number} Free Plan Active" in words(jonas.get("/subscriptions/"))


def test_an_ended_subscription_stays_readable(jonas, account):
    cast.on_plan(account, "free")
    cast.on_plan(account, "standard", alias=None)
    old, new = Subscription.objects.order_by("id")
    said = words(jonas.get(f"/subscriptions/{old.number}/"))
    assert "My subscription Ended" in said
    assert "Open my storefront" not in said
    assert f"Subscription {old.number} ended: Standard follows." in said
    assert "Open my storefront" in words(jonas.get(f"/subscriptions/{new.number}/"))


def test_empty_lists_lead_somewhere(jonas):
    assert "No orders yet" in words(jonas.get("/orders/"))
    assert "No subscriptions yet" in words(jonas.get("/subscriptions/"))


# --- Speed ---


def many_orders(account: Account, many: int) -> None:
    """Copies of one executed order, so that lists have something to do."""
    first = cast.order_plan(account)
    execute_order(first.pk)
    first.refresh_from_db()
    item, sub = first.items.get(), Subscription.objects.get()
    for number in range(many - 1):
        order = Order.objects.get(pk=first.pk)
        order.pk, order.number, order.form_key, order._state.adding = None, f"SO-9{number:04}", None, True
        order.save()
        copy = OrderItem.objects.get(pk=item.pk)
        copy.pk, copy.order, copy._state.adding = None, order, True
        copy.save()
        ended = Subscription.objects.get(pk=sub.pk)
        ended.pk, ended.order_item, ended.number, ended._state.adding = None, copy, f"SUB-9{number:04}", True
        ended.state, ended.ended_at = "ended", timezone.now()
        ended.save()


@pytest.mark.parametrize("many", [1, 20, 50])
def test_lists_take_3_statements_however_long_they_are(jonas, account, many):
    many_orders(account, many)
    for path in ("/orders/", "/subscriptions/"):
        jonas.get(path)
        with statements() as counted:
            page = jonas.get(path)
        assert counted.many == 3, counted.text
        assert len(re.findall(r'class="pri"', page.content.decode())) == min(many, 20)
    seen = set()
    following = "/orders/"
    while following:
        html = jonas.get(following).content.decode()
        seen |= set(re.findall(r'class="pri" href="/orders/([^/]+)/"', html))
        more = re.search(r'href="(\?after=\d+)">Next page', html)
        following = f"/orders/{more[1]}" if more else ""
    assert len(seen) == many


@pytest.mark.parametrize("many", [1, 50])
def test_records_cost_the_same_whatever_hangs_on_them(jonas, account, many):
    order = cast.order_plan(account)
    execute_order(order.pk)
    for activity in list(order.activities.all()) * (many - 1):
        activity.pk, activity._state.adding = None, True
        activity.save()
    number = Subscription.objects.get().number
    jonas.get("/orders/")
    for path, cost in (
        (f"/orders/{order.number}/", 5),
        (f"/orders/{order.number}/progress/", 5),
        (f"/subscriptions/{number}/", 9),
    ):
        with statements() as counted:
            jonas.get(path)
        assert counted.many == cost, (path, counted.text)
