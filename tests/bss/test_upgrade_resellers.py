"""Door 3: Account > Shortcuts > Upgrade Resellers. Two steps; what cannot be had says why; what can only be asked for
is asked for."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from notifications.models import Notification, NotificationTemplate
from plans import aliases
from plans.execution import execute_order
from plans.models import Account, AliasClaim, Order, Price, TenantRequest
from tests import cast
from tests.plans.all_rows import all_rows


@pytest.fixture
def tech(nordwind):
    return cast.reseller(nordwind)


def step_2(account: Account, plan: str = "standard") -> str:
    return f"/bss/accounts/{account.number}/upgrade/{plan}/"


def form_of(client, url: str, **typed: str) -> dict[str, str]:
    page = client.get(url).content.decode()
    hidden = dict(re.findall(r'<input type="hidden" name="((?:form_key|fingerprint)[^"]*)" value="([^"]*)"', page))
    return {"cycle": "month", "alias": "techsolutions"} | hidden | typed


def test_the_account_leads_to_it(maren, tech):
    page = maren.get(f"/bss/accounts/{tech.number}/").content.decode()
    assert f'href="/bss/accounts/{tech.number}/upgrade/" role="button" data-dialog' in page


def test_step_1_offers_the_two_editions(maren, tech):
    page = maren.get(f"/bss/accounts/{tech.number}/upgrade/").content.decode()
    assert re.findall(r'name="edition" value="([^"]*)"( checked)?', page) == [("standard", " checked"), ("tenant", "")]
    assert "Standard Reseller" in page
    assert "Tenant (soon: Professional)" in page
    on = maren.get(f"/bss/accounts/{tech.number}/upgrade/?edition=standard")
    assert on["Location"] == step_2(tech)
    asked = maren.get(f"/bss/accounts/{tech.number}/upgrade/?edition=tenant")
    assert asked["Location"] == f"/bss/accounts/{tech.number}/upgrade/request/"


def test_step_2_shows_what_it_does(maren, tech):
    page = maren.get(step_2(tech)).content.decode()
    for said in (
        "Upgrade to Standard Reseller", "Own prices and margins", "Storefront Alias", "149.00", "28.31", "177.31",
        "1,773.10", "owner@techsolutions.example", "It can’t be changed by the reseller later.",
    ):  # fmt: skip
        assert said in page


def test_step_2_says_who_else_gets_the_letter_or_that_it_is_off(maren, tech):
    welcome = NotificationTemplate.objects.get(operator=tech.operator, code="welcome_standard")
    welcome.recipients.create(email="partners@nordwind.example")
    assert (
        "goes to owner@techsolutions.example, partners@nordwind.example (BCC), in English."
        in maren.get(step_2(tech)).text
    )
    NotificationTemplate.objects.update(is_active=False)
    assert "Welcome to Standard Reseller Storefront is switched off: nobody gets it." in maren.get(step_2(tech)).text


def test_save_orders_it_and_lands_on_the_storefront_tab(maren, tech):
    answer = maren.post(step_2(tech), form_of(maren, step_2(tech)))
    order = Order.objects.get(account=tech)
    assert (answer.status_code, answer["Location"]) == (302, f"/bss/accounts/{tech.number}/storefront/")
    assert (order.state, order.channel, order.items.get().alias) == ("placed", "shortcut", "techsolutions")
    execute_order(order.pk)
    assert Account.objects.get(pk=tech.pk).held().plan.code == "standard"
    assert set(Notification.objects.filter(order=order).values_list("template_code", flat=True)) == {"welcome_standard"}


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter a Storefront Alias."),
        ("Tech Solutions!", "Use only lowercase letters, digits and hyphens"),
        ("admin", "is kept for the platform"),
        ("harborit", "has already been assigned to someone else. Choose a different alias."),
        ("ab", "3 to 40 characters"),
    ],
)
def test_an_alias_that_cannot_be_had_keeps_the_dialog_and_what_was_typed(maren, nordwind, tech, typed, said):
    cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="harborit")
    form = form_of(maren, step_2(tech), alias=typed, cycle="year")
    before = all_rows()
    answer = maren.post(step_2(tech), form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert f'value="{typed}"' in page
    assert 'aria-invalid="true"' in page
    assert re.search(r'value="year" checked', page)
    assert all_rows() == before
    assert maren.post(step_2(tech), form | {"alias": "techsolutions"}).status_code == 302


def test_a_taken_alias_comes_with_suggestions_and_each_can_be_had(maren, nordwind, tech):
    cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="harborit")
    form = form_of(maren, step_2(tech), alias="harborit")
    page = maren.post(step_2(tech), form).content.decode()
    offers = re.findall(r'name="take" value="([^"]*)"', page)
    assert offers
    taken = maren.post(step_2(tech), form | {"take": offers[0]})
    assert taken.status_code == 200
    assert f'value="{offers[0]}"' in taken.content.decode()
    assert Order.objects.filter(account=tech).count() == 0
    assert maren.post(step_2(tech), form | {"alias": offers[0]}).status_code == 302


def test_taken_between_the_look_and_the_save(maren, nordwind, tech):
    form = form_of(maren, step_2(tech))
    aliases.hold("techsolutions", account=cast.reseller(nordwind, "Harbor IT"), until=timedelta(minutes=15))
    answer = maren.post(step_2(tech), form)
    assert answer.status_code == 422
    assert "has already been assigned to someone else" in answer.content.decode()
    assert not Order.objects.filter(account=tech).exists()


def test_saved_twice_it_is_one_order(maren, tech):
    form = form_of(maren, step_2(tech))
    assert [maren.post(step_2(tech), form).status_code for _ in range(3)] == [302, 302, 302]
    assert Order.objects.filter(account=tech).count() == 1


def test_a_price_that_changed_is_shown_before_anything_is_written(maren, tech):
    form = form_of(maren, step_2(tech))
    Price.objects.filter(product__plan__code="standard").update(amount=151)
    before = all_rows()
    answer = maren.post(step_2(tech), form)
    assert (answer.status_code, all_rows()) == (422, before)
    assert "Something changed. Look again." in answer.content.decode()
    assert "151.00" in answer.content.decode()


def suspend(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(state="suspended")


def forget_contact(account: Account) -> None:
    account.contacts.update(is_primary=False)


def stop_reselling(account: Account) -> None:
    Account.objects.filter(pk=account.pk).update(reselling_enabled=False)


def open_another(account: Account) -> None:
    cast.order_plan(account, "free", alias="another")


def lose_the_price(account: Account) -> None:
    Price.objects.filter(product__plan__code="standard").delete()


@pytest.mark.parametrize(
    ("spoil", "said", "leads_to"),
    [
        (suspend, "is suspended", "/bss/accounts/{number}/"),
        (forget_contact, "has no primary contact, so nobody would get", "/bss/accounts/{number}/contacts/"),
        (stop_reselling, "Reselling is not enabled for this account.", "/bss/accounts/{number}/"),
        (open_another, "An order for a reseller plan is already open", "/bss/orders/SO-01001/"),
        (lose_the_price, "has no price in EUR", ""),
    ],
)  # fmt: skip
def test_what_stands_in_the_way_is_said_with_what_mends_it(maren, tech, spoil, said, leads_to):
    form = form_of(maren, step_2(tech))
    spoil(tech)
    before = all_rows()
    shown = maren.get(step_2(tech)).content.decode()
    answer = maren.post(step_2(tech), form)
    for page in (shown, answer.content.decode()):
        assert said in page
        assert leads_to.format(number=tech.number) in page
        assert 'aria-disabled="true" aria-describedby="why-not"' in page
    assert (answer.status_code, all_rows()) == (422, before)


def test_for_who_holds_a_plan_it_is_the_upgrade_of_the_subscription(maren, nordwind):
    alpine = cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    answer = maren.get(f"/bss/accounts/{alpine.number}/upgrade/")
    assert answer["Location"] == f"/bss/subscriptions/{alpine.subscriptions.get().number}/upgrade/"


# --- the alias field ---


def test_the_field_asks_for_the_account_at_hand(maren, nordwind, tech):
    harbor = cast.reseller(nordwind, "Harbor IT")
    held = maren.post("/bss/alias/hold/", {"alias": "Harbor", "account": harbor.number})
    assert "is available" in held.content.decode()
    assert AliasClaim.objects.get().account == harbor
    mine = maren.get("/bss/alias/check/", {"alias": "harbor", "account": harbor.number}).content.decode()
    others = maren.get("/bss/alias/check/", {"alias": "harbor", "account": tech.number}).content.decode()
    assert "is available" in mine
    assert "has already been assigned to someone else" in others


def test_the_alias_of_an_account_of_another_distributor_is_not_asked_for(maren):
    lumen = cast.reseller(cast.distributor("Sudlicht", host="sudlicht.test"), "Lumen Desk")
    Account.objects.filter(pk=lumen.pk).update(number="AC-77777")
    lumen.number = "AC-77777"
    assert maren.get("/bss/alias/check/", {"alias": "x", "account": lumen.number}).status_code == 404
    assert maren.post("/bss/alias/hold/", {"alias": "lumen", "account": lumen.number}).status_code == 404
    assert not AliasClaim.objects.exists()


# --- what can only be asked for ---


def test_a_tenant_request_tells_operations_and_changes_no_plan(maren, tech):
    url = f"/bss/accounts/{tech.number}/upgrade/request/"
    answer = maren.post(url, {"price_list": "Partner EU Silver", "language": "de", "note": "From spring on."})
    assert answer["Location"] == f"/bss/accounts/{tech.number}/"
    wish = TenantRequest.objects.get()
    assert (wish.state, wish.price_list, wish.language, wish.created_by.email) == (
        "open", "Partner EU Silver", "de", "maren.holt@nordwind.example",
    )  # fmt: skip
    letter = Notification.objects.get()
    assert (letter.template_code, letter.recipient_email) == ("tenant_requested", "ops@nordwind.example")
    assert Account.objects.get(pk=tech.pk).held().plan.code == "basic"
    page = maren.get(f"/bss/accounts/{tech.number}/").content.decode()
    assert "Tenant request open since" in page
    again = maren.post(url, {"language": "de"})
    assert again.status_code == 422
    assert "A Tenant request of Tech Solutions is open already." in again.content.decode()
    assert TenantRequest.objects.count() == 1


@pytest.mark.parametrize("state", ["answered", "withdrawn"])
def test_a_tenant_request_is_closed_once(maren, tech, state):
    wish = TenantRequest.objects.create(operator=tech.operator, account=tech)
    url = f"/bss/accounts/{tech.number}/upgrade/request/{wish.pk}/close/"
    maren.post(url, {"state": state})
    wish.refresh_from_db()
    assert (wish.state, wish.closed_at is not None) == (state, True)
    maren.post(url, {"state": "answered"})
    assert TenantRequest.objects.get().state == state
    assert tech.activities.filter(verb__startswith="tenant.").count() == 1


@pytest.mark.parametrize(
    "typed", [{"language": "xx"}, {"language": "de", "note": "n" * 2001}, {"language": "de", "price_list": "a\nb"}, {}]
)
def test_a_request_that_makes_no_sense_is_not_sent(maren, tech, typed):
    before = all_rows()
    assert maren.post(f"/bss/accounts/{tech.number}/upgrade/request/", typed).status_code == 422
    assert all_rows() == before


def test_who_holds_the_highest_that_can_be_ordered_may_still_ask(maren, nordwind):
    harbor = cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "standard", alias="harborit")
    page = maren.get(f"/bss/accounts/{harbor.number}/upgrade/").content.decode()
    assert re.findall(r'name="edition" value="([^"]*)"', page) == ["tenant"]


def test_the_dialog_costs_the_same_whatever_hangs_on_the_account(maren, nordwind, tech):
    def cost() -> int:
        maren.get(step_2(tech))
        with CaptureQueriesContext(connection) as queries:
            maren.get(step_2(tech))
        return len(queries)

    before = cost()
    for n in range(30):
        cast.customer(tech, f"Customer{n}")
    assert cost() == before


def test_the_storefront_tab_watches_the_order_that_was_saved(maren, tech):
    tab = f"/bss/accounts/{tech.number}/storefront/"
    assert "data-progress" not in maren.get(tab).content.decode()
    maren.post(step_2(tech), form_of(maren, step_2(tech)))
    order = Order.objects.get(account=tech)
    assert f'data-progress="/bss/orders/{order.number}/execution/"' in maren.get(tab).content.decode()
    execute_order(order.pk)
    page = maren.get(tab).content.decode()
    assert "data-progress" not in page
    assert "Tech Solutions is now on the Standard plan." in page
    Order.objects.filter(pk=order.pk).update(executed_at=order.created_at - timedelta(hours=1))
    assert "is now on the Standard plan" not in maren.get(tab).content.decode()
