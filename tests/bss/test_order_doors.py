"""Door 2: an order that staff make, complete with the pencil, execute, retry and cancel."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import NotificationTemplate
from plans.execution import execute_order
from plans.models import Account, AliasClaim, Contact, Order, Price, Storefront, Subscription, User
from plans.ordering import draft_order
from plans.preview import Wanted
from plans.verify import broken
from tests import cast
from tests.plans.all_rows import all_rows

TAKEN = "The alias <b>harborit</b> has already been assigned to someone else. Choose a different alias."
READY = "Storefront Alias saved. The order is ready to execute."
A_DAY_AHEAD = timezone.now() + timedelta(days=1)
NO_ROLE = "You can’t do this with your role."


@pytest.fixture
def account(nordwind):
    return cast.reseller(nordwind)


@pytest.fixture
def staff(nordwind) -> User:
    return User.objects.get(email="maren.holt@nordwind.example")


def draft(account: Account, staff: User, code: str = "standard", *, alias: str = "", **about) -> Order:
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    wanted = [Wanted(cast.plan_product(account.operator, code))]
    return draft_order(account, wanted=wanted, channel="bss_order", by=staff, alias=alias, **about)


def ordinary(account: Account, staff: User) -> Order:
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    wanted = [Wanted(cast.product(account.operator), quantity=3)]
    return draft_order(account, wanted=wanted, channel="bss_order", by=staff)


def url(order: Order, tail: str = "") -> str:
    return f"/bss/orders/{order.number}/{tail}"


def item_url(order: Order, tail: str = "edit/") -> str:
    return url(order, f"items/{order.items.first().pk}/{tail}")


def text(response) -> str:
    return " ".join(response.content.decode().split())


def fingerprint(page: str) -> str:
    return re.search(r'name="fingerprint" value="([0-9a-f]{64})"', page)[1]


def execute(client, order: Order):
    """Press Execute as the page has it now."""
    return client.post(url(order, "execute/"), {"fingerprint": fingerprint(text(client.get(url(order))))})


def said(client, address: str) -> str:
    return text(client.get(address))


# --- a new order ---


def test_the_whole_door(maren, account):
    page = said(maren, f"/bss/orders/new/?account={account.number}")
    assert "Standard Plan" in page
    assert "€149.00 per month" in page
    form = {"account": account.number, "product": "standard-plan", "cycle": "month", "reference": "PO 4711"}
    assert cast.plan_product(account.operator, "standard").slug == form["product"]
    made = maren.post("/bss/orders/new/", form)
    order = Order.objects.get()
    assert (made.status_code, made["Location"]) == (302, url(order))
    assert (order.state, order.channel, order.reference) == ("draft", "bss_order", "PO 4711")

    page = said(maren, url(order))
    assert "Alias missing" in page
    assert "Enter a Storefront Alias for Standard Plan first." in page
    execute_link = re.search(r'<a class="btn primary" role="button"[^>]*>.*?Execute</a>', page)[0]
    assert 'aria-disabled="true"' in execute_link
    assert 'aria-describedby="why"' in execute_link
    assert f'href="{item_url(order)}"' in execute_link

    saved = maren.post(item_url(order), {"alias": " TechSolutions ", "cycle": "month"})
    assert saved.status_code == 302
    page = said(maren, url(order))
    assert READY in page
    assert "Ready to execute" in page
    assert execute(maren, order).status_code == 302
    assert f"Order {order.number} is being executed." in said(maren, url(order))
    execute_order(order.pk)
    page = said(maren, url(order))
    assert re.search(r"Order executed in \d+ seconds?\.</strong> Tech Solutions is now on the Standard plan\.", page)
    subscription = Subscription.objects.get(account=account)
    assert (subscription.plan.code, subscription.state) == ("standard", "active")
    assert Storefront.objects.get(account=account).claim.alias == "techsolutions"
    assert order.notifications.filter(template_code="welcome_standard").count() == 1
    assert broken() == {}


def test_what_cannot_be_ordered_is_disabled_with_its_reason(maren, account):
    cast.on_plan(account, "free")
    page = said(maren, f"/bss/orders/new/?account={account.number}")
    for slug, reason in (
        ("free-plan", "Tech Solutions is already on the Free plan."),
        ("tenant-plan", "The Tenant plan can’t be ordered yet."),
    ):
        label = re.search(
            rf'<label class="choice"><input type="radio" name="product" value="{slug}"[^>]*>.*?</label>', page
        )
        assert " disabled" in label[0]
        assert reason in label[0]
        before = all_rows()
        refused = maren.post("/bss/orders/new/", {"account": account.number, "product": slug, "cycle": "month"})
        assert refused.status_code == 422
        assert 'id="product-wrong"' in text(refused)
        assert reason in text(refused)
        assert all_rows() == before


def test_refusals_of_a_new_order_stand_at_their_field(maren, account):
    good = {"account": account.number, "product": "free-plan", "cycle": "month", "reference": ""}
    for change, field, sentence in (
        ({"product": ""}, "product-wrong", "Choose a product."),
        ({"product": "nothing"}, "product-wrong", "Choose a product."),
        ({"cycle": "week"}, "cycle_error", "Choose monthly or yearly."),
        ({"cycle": "year"}, "cycle_error", "Free Plan has no price in EUR for this billing cycle."),
        ({"reference": "x" * 61}, "reference_error", "Use at most 60 characters."),
        ({"account": ""}, "account-wrong", "Choose an account."),
        ({"account": "AC-99999"}, "account-wrong", "No account matches “AC-99999”."),
    ):
        before = all_rows()
        response = maren.post("/bss/orders/new/", good | change)
        assert (response.status_code, all_rows() == before) == (422, True), change
        message = re.search(rf'<p class="msg bad" id="{field}">.*?</p>', text(response))
        assert sentence in message[0], change


def test_the_same_form_sent_twice_is_one_order(maren, account):
    page = said(maren, f"/bss/orders/new/?account={account.number}")
    key = re.search(r'name="form_key" value="([^"]+)"', page)[1]
    form = {"account": account.number, "product": "free-plan", "cycle": "month", "form_key": key}
    first, second = maren.post("/bss/orders/new/", form), maren.post("/bss/orders/new/", form)
    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


def test_an_account_is_found_by_its_number_or_the_start_of_its_name(maren, nordwind, account):
    cast.reseller(nordwind, "Tech Harbour")
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.reseller(sudlicht, "Tech Elsewhere")
    page = said(maren, "/bss/orders/new/?account=tech")
    assert "Tech Solutions" in page
    assert "Tech Harbour" in page
    assert "Tech Elsewhere" not in page
    assert "No account matches “nobody”." in said(maren, "/bss/orders/new/?account=nobody")
    found = maren.get("/bss/orders/new/accounts/?q=tech s").json()["accounts"]
    assert found == [{"number": account.number, "name": "Tech Solutions"}]
    assert "Save order" in said(maren, f"/bss/orders/new/?account=Tech Solutions ({account.number})")


def test_accounts_of_another_distributor_are_not_ordered_for(maren, nordwind):
    stranger = cast.reseller(cast.distributor("Sudlicht", host="sudlicht.test"), "Lumen Desk")
    Account.objects.filter(pk=stranger.pk).update(number="AC-90001")
    assert "Save order" not in said(maren, "/bss/orders/new/?account=AC-90001")
    assert maren.get("/bss/orders/new/accounts/?q=AC-90001").json() == {"accounts": []}
    form = {"account": "AC-90001", "product": "free-plan", "cycle": "month"}
    assert maren.post("/bss/orders/new/", form).status_code == 422
    assert Order.objects.count() == 0


# --- the pencil ---


def test_a_taken_alias_keeps_the_dialog_open_and_writes_nothing(maren, account, staff):
    cast.on_plan(cast.reseller(account.operator, "Harbor IT"), "free", alias="harborit")
    order = draft(account, staff)
    before = all_rows()
    response = maren.post(item_url(order), {"alias": "harborit", "cycle": "month"})
    page = text(response)
    assert response.status_code == 422
    assert TAKEN in page
    assert 'value="harborit"' in page
    assert re.search(r'name="take" value="[a-z-]+"', page)
    assert all_rows() == before
    assert maren.post(item_url(order), {"alias": "techsolutions", "cycle": "month"}).status_code == 302
    assert order.items.get().alias == "techsolutions"


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a Storefront Alias."),
        ("a b", "Use only lowercase letters"),
        ("admin", "is kept for the platform."),
    ],
)
def test_an_alias_that_is_none_says_what_is_wrong(maren, account, staff, typed, sentence):
    order = draft(account, staff)
    before = all_rows()
    response = maren.post(item_url(order), {"alias": typed, "cycle": "month"})
    assert (response.status_code, sentence in text(response), all_rows() == before) == (422, True, True)


def test_a_suggestion_is_taken_without_a_script(maren, account, staff):
    order = draft(account, staff)
    response = maren.post(item_url(order), {"alias": "harborit", "take": "harborit-it", "cycle": "month"})
    assert response.status_code == 200
    assert "<b>harborit-it</b> is available." in text(response)
    assert order.items.get().alias == ""


def test_the_term_changes_the_figures(maren, account, staff):
    order = draft(account, staff)
    Price.objects.get_or_create(
        product=order.items.get().product, cycle="year", currency="EUR", defaults={"amount": "1490"}
    )
    maren.post(item_url(order), {"alias": "techsolutions", "cycle": "year"})
    order.refresh_from_db()
    assert order.total == order.net * 119 / 100
    assert "€1,490.00" in said(maren, url(order))
    refused = maren.post(item_url(ordinary(account, staff)), {"cycle": "year", "quantity": "2"})
    assert refused.status_code == 422
    assert "Workplace Suite has no price in EUR for this billing cycle." in text(refused)


def test_a_free_reseller_keeps_its_alias(maren, account, staff):
    cast.on_plan(account, "free", alias="techsolutions")
    order = draft(account, staff)
    page = said(maren, item_url(order))
    assert 'value="techsolutions" readonly' in page
    assert 'name="alias"' not in page
    assert execute(maren, order).status_code == 302


def test_the_dialog_is_of_this_order_alone(maren, account, staff):
    order = draft(account, staff)
    other = ordinary(account, staff)
    assert maren.get(url(order, f"items/{other.items.get().pk}/edit/")).status_code == 404
    assert maren.post(url(order, f"items/{other.items.get().pk}/remove/")).status_code == 404


# --- execute ---


def test_a_price_that_changed_is_shown_again_and_writes_nothing(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    seen = fingerprint(said(maren, url(order)))
    Price.objects.filter(product__plan__code="standard").update(amount="199")
    before = all_rows()
    response = maren.post(url(order, "execute/"), {"fingerprint": seen})
    assert response.status_code == 422
    assert "Something changed. Look again." in text(response)
    assert "€236.81" in text(response)
    assert all_rows() == before
    again = maren.post(url(order, "execute/"), {"fingerprint": fingerprint(text(response))})
    assert again.status_code == 302
    order.refresh_from_db()
    assert (order.state, str(order.total)) == ("placed", "236.8100")


def test_execute_without_an_alias_is_refused_by_the_server_too(maren, account, staff):
    order = draft(account, staff)
    seen = maren.get(url(order)).context["record"].preview.fingerprint
    before = all_rows()
    response = maren.post(url(order, "execute/"), {"fingerprint": seen})
    assert (response.status_code, "Enter a Storefront Alias." in text(response)) == (422, True)
    assert all_rows() == before


def test_each_refusal_leads_to_what_mends_it(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    Contact.objects.filter(account=account).delete()
    page = said(maren, url(order))
    assert "Tech Solutions has no primary contact" in page
    assert f'href="/bss/accounts/{account.number}/contacts/"' in page
    assert 'name="fingerprint"' not in page
    Account.objects.filter(pk=account.pk).update(state="suspended")
    assert "Tech Solutions is suspended." in said(maren, url(order))
    seen = maren.get(url(order)).context["record"].preview.fingerprint
    before = all_rows()
    assert maren.post(url(order, "execute/"), {"fingerprint": seen}).status_code == 422
    assert all_rows() == before


def test_another_open_order_is_named(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    standing = cast.order_plan(account, "free", alias="techsolutions")
    page = said(maren, url(order))
    assert f"An order for a reseller plan is already open: {standing.number}." in page
    assert f'<a href="{url(standing)}">Open order {standing.number}</a>' in page


def test_a_hold_that_ran_out_is_tried_again(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    AliasClaim.objects.all().delete()
    assert execute(maren, order).status_code == 302
    assert AliasClaim.objects.get().held_until is None


def test_a_hold_that_was_lost_leads_to_the_pencil(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    AliasClaim.objects.update(account=cast.reseller(account.operator, "Harbor IT"))
    page = said(maren, url(order))
    assert "The alias techsolutions has already been assigned to someone else." in page
    assert f'href="{item_url(order)}" data-dialog>Enter another alias</a>' in page
    assert maren.post(item_url(order), {"alias": "techsolutions2", "cycle": "month"}).status_code == 302
    assert execute(maren, order).status_code == 302


def test_locked_while_it_is_executed_and_says_so(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    execute(maren, order)
    page = said(maren, url(order))
    assert "locked" in page
    assert 'aria-label="Locked: Standard Plan"' in page
    assert "Edit order" not in page
    assert "Add product" not in page
    assert f"The order {order.number} is queued and can’t be changed." in said(maren, item_url(order))
    for tail, sent in (
        ("edit/", {"reference": "x"}),
        ("items/add/", {"product": "free-plan", "cycle": "month", "quantity": "1"}),
        (f"items/{order.items.get().pk}/edit/", {"alias": "another", "cycle": "month"}),
        (f"items/{order.items.get().pk}/remove/", {}),
        ("execute/", {"fingerprint": order.fingerprint}),
        ("retry/", {}),
    ):
        before = all_rows()
        response = maren.post(url(order, tail), sent)
        assert (response.status_code, all_rows() == before) == (422, True), tail
        assert "is queued and can’t be changed." in text(response), tail


def test_an_order_for_a_product_takes_the_same_path(maren, account, staff):
    order = ordinary(account, staff)
    assert "Delivered by Nordwind Distribution" in said(maren, url(order))
    assert execute(maren, order).status_code == 302
    execute_order(order.pk)
    page = said(maren, url(order))
    assert "Order executed" in page
    assert "Delivered by Nordwind Distribution." in page
    assert Subscription.objects.get().quantity == 3
    assert order.notifications.get().template_code == "order_received"


# --- what failed, and what is cancelled ---


def failed(account: Account, staff: User, maren) -> Order:
    order = draft(account, staff, alias="techsolutions")
    execute(maren, order)
    AliasClaim.objects.update(account=cast.reseller(account.operator, "Harbor IT"), held_until=A_DAY_AHEAD)
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, order.error_code) == ("failed", "alias_taken")
    return order


def test_a_failed_order_is_mended_with_the_pencil_and_tried_again(maren, account, staff):
    order = failed(account, staff, maren)
    page = said(maren, url(order))
    assert "The order could not be executed." in page
    assert "Nothing was changed and nothing has been billed." in page
    assert f'href="{item_url(order)}" data-dialog>Enter another alias</a>' in page
    assert "Cancel order" in page
    dialog = said(maren, item_url(order))
    assert 'name="cycle"' not in dialog
    assert maren.post(item_url(order), {"alias": "tech-solutions"}).status_code == 302
    assert "The Storefront Alias is <b>tech-solutions</b> now" in said(maren, url(order))
    assert maren.post(url(order, "retry/")).status_code == 302
    execute_order(order.pk)
    order.refresh_from_db()
    assert (order.state, Storefront.objects.get(account=account).claim.alias) == ("executed", "tech-solutions")
    assert broken() == {}


def test_cancelling_lets_the_alias_go(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    assert "Keep order" in said(maren, url(order, "cancel/"))
    assert maren.post(url(order, "cancel/")).status_code == 302
    order.refresh_from_db()
    assert (order.state, AliasClaim.objects.count()) == ("cancelled", 0)
    page = said(maren, url(order))
    assert "This order was cancelled." in page
    assert "Cancel order" not in page
    before = all_rows()
    refused = maren.post(url(order, "cancel/"))
    assert (refused.status_code, all_rows() == before) == (422, True)
    assert "is cancelled and can’t be changed." in text(refused)


def test_a_fault_shows_its_attempts(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    execute(maren, order)
    for attempt in (1, 2):
        Order.objects.filter(pk=order.pk).update(next_attempt_at=order.created_at)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("plans.execution.carry_out", lambda lease: 1 / 0)
            execute_order(order.pk)
        page = said(maren, url(order))
        assert f"Attempt {attempt} did not succeed." in page
    assert "Attempt 1 to execute" in page
    assert "Attempt 2 to execute" in page
    assert maren.get(url(order, "execution/")).status_code == 200


# --- amending a draft ---


def test_products_are_added_and_removed(maren, account, staff):
    order = draft(account, staff, alias="techsolutions")
    suite = cast.product(account.operator)
    sent = {"product": suite.slug, "cycle": "month", "quantity": "5"}
    assert maren.post(url(order, "items/add/"), sent).status_code == 302
    assert maren.post(url(order, "items/add/"), sent | {"quantity": "2"}).status_code == 302
    assert [(item.name, item.quantity) for item in order.items.order_by("id")] == [
        ("Standard Plan", 1), ("Workplace Suite", 7),
    ]  # fmt: skip
    order.refresh_from_db()
    assert str(order.net) == "235.8000"
    plan = order.items.get(is_plan=True)
    assert maren.post(url(order, f"items/{plan.pk}/remove/")).status_code == 302
    order.refresh_from_db()
    assert (order.is_plan_order, AliasClaim.objects.count()) == (False, 0)
    last = maren.post(item_url(order, "remove/"))
    assert (last.status_code, "An order needs at least one product." in text(last)) == (422, True)
    assert execute(maren, order).status_code == 302
    execute_order(order.pk)
    assert Subscription.objects.get().quantity == 7
    assert broken() == {}


@pytest.mark.parametrize("quantity", ["", "0", "-1", "10001", "x", "1.5", "9" * 400])
def test_a_quantity_is_from_one_to_ten_thousand(maren, account, staff, quantity):
    order = ordinary(account, staff)
    before = all_rows()
    response = maren.post(item_url(order), {"cycle": "month", "quantity": quantity})
    assert (response.status_code, all_rows() == before) == (422, True)
    assert "Enter a quantity from 1 to 10,000." in text(response)


def test_who_saves_over_somebody_elses_edit_is_told_and_nothing_is_lost(maren, account, staff, office):
    order = draft(account, staff)
    colleague = office(cast.staff(account.operator, "account_manager").user)
    seen = re.search(r'name="version" value="(\d+)"', said(maren, item_url(order)))[1]
    assert colleague.post(item_url(order), {"alias": "harbor", "cycle": "year", "version": seen}).status_code == 302
    for where, typed, who in (
        (item_url(order), {"alias": "kiosk", "cycle": "month"}, "Account Manager"),
        (url(order, "edit/"), {"reference": "PO 4711"}, "Maren Holt"),
    ):
        before = all_rows()
        answer = maren.post(where, typed | {"version": seen})
        assert answer.status_code == 422
        assert f"{who} changed this order at " in text(answer)
        assert f'<a href="{where}" data-dialog>Load their version</a>' in text(answer)
        assert f'value="{typed.get("alias") or typed["reference"]}"' in text(answer)
        assert all_rows() == before
        fresh = re.search(r'name="version" value="(\d+)"', said(maren, where))[1]
        assert maren.post(where, typed | {"version": fresh}).status_code == 302
    assert [a.text for a in order.activities.order_by("pk")][1:] == [
        "Storefront Alias set to harbor.", "Storefront Alias set to kiosk.", "Reference set to PO 4711."
    ]  # fmt: skip


def test_the_reference_is_edited(maren, account, staff):
    order = draft(account, staff)
    assert maren.post(url(order, "edit/"), {"reference": "PO 4711"}).status_code == 302
    order.refresh_from_db()
    assert order.reference == "PO 4711"
    assert "Reference set to PO 4711." in said(maren, url(order, "history/"))


def test_a_second_plan_and_a_withdrawn_product_are_not_added(maren, account, staff):
    order = draft(account, staff)
    gone = cast.product(account.operator, "Gone", is_sold=False)
    for slug, sentence in (("free-plan", "An order holds one reseller plan"), (gone.slug, "Choose a product.")):
        before = all_rows()
        response = maren.post(url(order, "items/add/"), {"product": slug, "cycle": "month", "quantity": "1"})
        assert (response.status_code, sentence in text(response)) == (422, True)
        assert all_rows() == before


# --- who may ---


def test_what_was_refused_leaves_the_address_of_the_order(maren, account, staff):
    order = draft(account, staff)
    answer = maren.post(url(order, "retry/"))
    assert answer.status_code == 422
    assert f'data-address="{url(order)}"' in text(answer)
    assert "data-address" not in said(maren, url(order))
    for tail in ("retry/", "execute/"):
        assert maren.get(url(order, tail))["Location"] == url(order)


def test_a_draft_says_who_gets_its_letters_and_which_are_off(maren, account, staff):
    order, name = draft(account, staff), "“Welcome to Standard Reseller Storefront”"
    welcome = NotificationTemplate.objects.get(operator=account.operator, code="welcome_standard")
    welcome.recipients.create(email="partners@nordwind.example")
    welcome.recipients.create(user=staff, kind="cc")
    everybody = f"owner@techsolutions.example, partners@nordwind.example (BCC), {staff.email} (CC)"
    assert f"{name} goes to {everybody}" in said(maren, url(order))
    NotificationTemplate.objects.update(is_active=False)
    assert f"{name} is switched off: nobody gets it" in said(maren, url(order))


def test_what_a_role_may_not_do_is_shown_disabled(nordwind, office, account, staff):
    order = draft(account, staff, alias="techsolutions")
    viewer = office(cast.staff(nordwind, "read_only").user)
    page = said(viewer, url(order))
    assert NO_ROLE in page
    assert 'name="fingerprint"' not in page
    assert "data-dialog" not in page.partition("<main")[2]
    operations = office(cast.staff(nordwind, "operations").user)
    assert 'name="fingerprint"' in said(operations, url(order))
    assert operations.get(item_url(order)).status_code == 403
    manager = office(cast.staff(nordwind, "account_manager").user)
    assert execute(manager, order).status_code == 302


# --- what it costs ---


def test_pages_cost_the_same_whatever_hangs_on_the_order(maren, account, staff):
    for build in (draft, ordinary):
        order = build(account, staff)
        counts = set()
        for _ in range(3):
            cast.product(account.operator, f"Extra {build.__name__} {len(counts)} {order.items.count()}")
            maren.get(url(order))
            with CaptureQueriesContext(connection) as queries:
                maren.get(url(order))
            counts.add(len(queries))
            extra = cast.Product.objects.latest("pk")
            maren.post(url(order, "items/add/"), {"product": extra.slug, "cycle": "month", "quantity": "1"})
        assert len(counts) == 1
        assert counts.pop() <= 10
