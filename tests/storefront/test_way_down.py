"""Door 5, the other way: my subscription > I want to... > Downgrade, Cancel; Keep my plan; and all of it comes back."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from plans import aliases
from plans.due_changes import carry_out_due
from plans.execution import execute_order
from plans.models import Account, AliasClaim, Order, PendingChange, Product, Storefront, Subscription
from plans.verify import broken
from tests import cast
from tests.plans.all_rows import all_rows
from tests.storefront.visits import form_of, signed_in, statements, words

pytestmark = pytest.mark.django_db
NO_ROLE = "You can’t do this with your role. Ask an administrator of your organization."


@pytest.fixture
def clock():
    with time_machine.travel("2026-11-15T09:00:00Z", tick=False) as moved:
        yield moved


@pytest.fixture
def tech(clock) -> Account:
    """Tech Solutions on Standard, paid from 15 November to 15 December."""
    return cast.on_plan(cast.reseller(cast.distributor()), "standard")


@pytest.fixture
def owner(tech) -> Client:
    return signed_in(cast.buyer_of(tech))


@pytest.fixture
def number(tech) -> str:
    return tech.subscriptions.get().number


def to_free(number: str) -> str:
    return f"/subscriptions/{number}/downgrade/?to=free"


def cancelling(number: str) -> str:
    return f"/subscriptions/{number}/cancel/?to=basic"


def send(client: Client, url: str, **typed: str):
    """The form as it stands, with what was typed."""
    return client.post(url, form_of(client.get(url), url) | typed)


def schedule(client: Client, url: str):
    answer = send(client, url, when="period_end", confirm_alias="techsolutions")
    assert answer.status_code == 302, answer.text
    return PendingChange.objects.get()


def cancelled(account: Account, client: Client) -> Order:
    number = Subscription.objects.active().get(account=account).number
    answer = send(client, cancelling(number), when="now", confirm_alias="techsolutions")
    assert answer.status_code == 302, answer.text
    order = Order.objects.get(account=account, state="placed")
    execute_order(order.pk)
    order.refresh_from_db()
    assert order.state == "executed", order.error_message
    return order


def controls(page: str) -> dict[str, bool]:
    """The entries of "I want to…", and whether they can be chosen."""
    menu = re.search(r'<summary class="btn">I want to….*?</details>', page, re.S)
    entries = re.findall(r"<(a|button)[^>]*>.*?</svg>([^<]+)<", menu[0] if menu else "", re.S)
    return {label: tag == "a" for tag, label in entries if label.strip()}


# --- Where it is offered ---


def test_it_is_offered_where_one_looks_for_it(owner, number):
    assert controls(owner.get(f"/subscriptions/{number}/").text) == {
        "Downgrade the subscription": True, "Customise my storefront": True, "Download statement": True,
        "Cancel the subscription": True,
    }  # fmt: skip
    plans = owner.get("/plans/").text
    for way in (to_free(number), f"/subscriptions/{number}/cancel/"):
        assert f'href="{way}"' in plans


def test_free_has_nothing_smaller_to_subscribe_to(clock):
    alpine = cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")
    owner, number = signed_in(cast.buyer_of(alpine)), alpine.subscriptions.get().number
    assert list(controls(owner.get(f"/subscriptions/{number}/").text)) == [
        "Upgrade the subscription", "Customise my storefront", "Download statement", "Cancel the subscription"
    ]  # fmt: skip
    assert owner.get(f"/subscriptions/{number}/downgrade/").status_code == 404
    page = owner.get(f"/subscriptions/{number}/cancel/")
    assert form_of(page, f"/subscriptions/{number}/cancel/?to=basic")["when"] == "now"  # nothing was paid for


def test_a_plan_that_is_not_sold_is_not_offered(owner, number):
    Product.objects.filter(plan__code="free").update(is_sold=False)
    assert "Downgrade the subscription" not in owner.get(f"/subscriptions/{number}/").text
    assert owner.get(to_free(number)).status_code == 404


@pytest.mark.parametrize("role", ["buyer", "storefront_manager", "viewer"])
def test_who_may_not_change_the_plan_sees_why(tech, owner, number, role):
    other = signed_in(cast.person(tech, f"{role}@tech.example", roles=(role,)).user)
    page = other.get(f"/subscriptions/{number}/")
    assert controls(page.text)["Cancel the subscription"] is False
    assert NO_ROLE in words(page) and NO_ROLE in words(other.get("/plans/"))
    for url in (to_free(number), cancelling(number)):
        assert (other.get(url).status_code, other.post(url).status_code) == (403, 403)
    schedule(owner, cancelling(number))
    page = other.get(f"/subscriptions/{number}/")
    assert "Your plan ends on 15 Dec 2026." in words(page)
    assert 'aria-disabled="true" aria-describedby="no-keeping">Keep my plan' in page.text
    assert other.post(f"/subscriptions/{number}/undo/").status_code == 403
    assert PendingChange.objects.exists()


def test_the_subscription_of_a_neighbour_is_not_there(tech, owner, number):
    schedule(owner, cancelling(number))
    harbor = cast.on_plan(cast.reseller(tech.operator, "Harbor IT"), "free", alias="harborit")
    neighbour = signed_in(cast.buyer_of(harbor))
    for url in (to_free(number), cancelling(number)):
        assert (neighbour.get(url).status_code, neighbour.post(url).status_code) == (404, 404)
    assert neighbour.post(f"/subscriptions/{number}/undo/").status_code == 404
    assert PendingChange.objects.exists()


# --- What it says ---


def test_the_impact_report_of_a_cancel(tech, owner, number):
    cast.customer(tech)
    page = owner.get(cancelling(number))
    said = words(page)
    for sentence in (
        "Cancel this subscription?",
        "Standard Plan · testserver/techsolutions",
        "You return to the Basic plan and your storefront goes offline on 15 Dec 2026.",
        "Upgrade again by 15 Mar 2027 and it comes back as it is now.",
        "your storefront goes offline on 15 Nov 2026.",  # of now, shown when that is chosen
        "Running subscriptions of your 1 customer continue and are billed as before",
        "At the next renewal, 15 Dec 2026",
        "nothing is credited for the days that are left",
        "Type techsolutions to confirm",
        "“Reseller plan cancelled” goes to owner@techsolutions.example, in English.",
        "Keep subscription",
        "Cancel subscription",
    ):
        assert sentence in said, sentence
    assert form_of(page, cancelling(number))["when"] == "period_end"
    assert "with credit" not in said
    for room in ("customers", "catalogue"):
        assert f'href="http://testserver/techsolutions/admin/{room}/"' in page.text


def test_the_impact_report_of_a_downgrade(owner, number):
    page = owner.get(to_free(number))
    said = words(page)
    for sentence in (
        "Downgrade to Free",
        "You change from the Standard to the Free plan.",
        "The storefront stays online at testserver/techsolutions.",
        "Own prices and margins: kept, but frozen",
        "Keep Standard plan",
    ):
        assert sentence in said, sentence
    assert "confirm_alias" not in page.text  # nothing closes


# --- What it does ---


def test_a_downgrade_that_waits_and_is_withdrawn(tech, owner, number):
    change = schedule(owner, to_free(number))
    assert (change.channel, change.created_by, change.to_plan.code) == ("storefront", cast.buyer_of(tech), "free")
    for url in (f"/subscriptions/{number}/", "/subscriptions/", "/plans/", "/techsolutions/admin/"):
        page = owner.get(url)
        assert "Your plan changes to Free on 15 Dec 2026." in words(page), url
        assert form_of(page, f"http://testserver/subscriptions/{number}/undo/") == {}, url
    assert controls(owner.get(f"/subscriptions/{number}/").text) == {
        "Downgrade the subscription": False, "Customise my storefront": True, "Download statement": True,
        "Cancel the subscription": False,
    }  # fmt: skip
    assert "A change of this plan is already scheduled for 15 Dec 2026. Withdraw it first." in words(
        owner.get("/plans/")
    )
    answer = owner.post(f"/subscriptions/{number}/undo/", follow=True)
    assert "You stay on the Standard plan." in words(answer)
    assert "Change to Free, scheduled for 15 Dec 2026, withdrawn." in words(answer)
    assert not PendingChange.objects.exists()
    assert "No change of this plan is scheduled any more" in words(
        owner.post(f"/subscriptions/{number}/undo/", follow=True)
    )


def test_it_can_be_scheduled_and_withdrawn_as_often_as_one_likes(tech, owner, number):
    for _ in range(3):
        schedule(owner, to_free(number))
        owner.post(f"/subscriptions/{number}/undo/")
    told = tech.notifications.filter(template_code__in=["change_scheduled", "change_withdrawn"])
    assert told.count() == 6


def test_a_cancel_that_waits_is_carried_out_on_its_day(tech, owner, number, clock):
    schedule(owner, cancelling(number))
    said = words(owner.get(f"/subscriptions/{number}/"))
    assert "Your plan ends on 15 Dec 2026. Your storefront stays online until then." in said
    clock.move_to("2026-12-15T09:00:00Z")
    assert carry_out_due() == 1
    order = Order.objects.get(account=tech, state="placed")
    assert "Your plan is being cancelled." in words(owner.get(f"/orders/{order.number}/"))
    execute_order(order.pk)
    assert "Your plan has ended" in words(owner.get(f"/orders/{order.number}/"))
    assert Client().get("/techsolutions/").status_code == 410
    assert broken() == {}


@pytest.mark.parametrize("typed", ["", "tech", "TechSolutions"])
def test_what_closes_the_storefront_asks_for_its_alias(owner, number, typed):
    url = cancelling(number)
    before = all_rows()
    answer = send(owner, url, when="now", confirm_alias=typed)
    assert answer.status_code == 422
    assert "Type techsolutions exactly to confirm." in words(answer)
    assert (
        f'name="confirm_alias" autocomplete="off" autocapitalize="none" spellcheck="false" value="{typed}"'
        in answer.text
    )
    assert form_of(answer, url)["when"] == "now"
    assert all_rows() == before


def test_now_gives_no_credit(tech, owner, number, clock):
    clock.move_to("2026-11-25T09:00:00Z")
    order = cancelled(tech, owner)
    assert (order.channel, order.total, order.preview["with_credit"]) == ("storefront", 0, False)


def test_now_with_credit_is_not_for_resellers(owner, number):
    before = all_rows()
    assert send(owner, cancelling(number), when="now_credit", confirm_alias="techsolutions").status_code == 422
    assert all_rows() == before


def test_the_same_form_twice_is_one_order(tech, owner, number):
    for url, form in ((url, form_of(owner.get(url), url)) for url in (to_free(number),)):
        sent = form | {"when": "now"}
        first, second = owner.post(url, sent), owner.post(url, sent)
        assert first["Location"] == second["Location"]
        execute_order(Order.objects.get(state="placed").pk)
        assert owner.post(url, sent)["Location"] == first["Location"]
    assert Order.objects.filter(change="downgrade").count() == 1


def test_what_changed_meanwhile_is_shown_first(owner, number, clock):
    url = cancelling(number)
    form = form_of(owner.get(url), url)
    clock.move_to("2026-11-16T09:00:00Z")
    before = all_rows()
    answer = owner.post(url, form | {"when": "now", "confirm_alias": "techsolutions"})
    assert answer.status_code == 422
    assert "Something changed. Look again. Nothing was changed." in words(answer)
    assert 'value="techsolutions"' in answer.text
    assert all_rows() == before


def test_while_an_order_is_open_it_says_so_and_leads_there(tech, owner, number):
    url = cancelling(number)
    form = form_of(owner.get(url), url)
    send(owner, to_free(number), when="now")
    order = Order.objects.get(state="placed")
    answer = owner.post(url, form | {"when": "now", "confirm_alias": "techsolutions"})
    assert answer.status_code == 422
    assert f"already open: {order.number}" in words(answer)
    assert f'href="/orders/{order.number}/"' in answer.text
    assert controls(owner.get(f"/subscriptions/{number}/").text)["Cancel the subscription"] is False


def test_while_a_change_waits_it_says_so_and_leads_there(owner, number):
    url = cancelling(number)
    form = form_of(owner.get(url), url)
    schedule(owner, to_free(number))
    answer = owner.post(url, form | {"when": "now", "confirm_alias": "techsolutions"})
    assert answer.status_code == 422
    assert "already scheduled for 15 Dec 2026" in words(answer)
    assert f'<a href="/subscriptions/{number}/">See {number}</a>' in answer.text


@pytest.mark.parametrize(
    "typed", [{}, {"when": "week"}, {"when": "\0", "confirm_alias": "\0"}, {"form_key": "x" * 9000, "when": "now"}]
)
def test_nonsense_changes_nothing(owner, number, typed):
    before = all_rows()
    for url in (to_free(number), cancelling(number), f"/subscriptions/{number}/downgrade/"):
        assert owner.post(url, typed).status_code == 422
    assert owner.post(f"/subscriptions/{number}/downgrade/?to=gold", typed).status_code == 404
    assert all_rows() == before


# --- What is left, and how it comes back ---


def test_after_a_cancel(tech, owner, number):
    order = cancelled(tech, owner)
    page = owner.get(f"/orders/{order.number}/")
    said = words(page)
    assert "Your storefront is closed. Everything in it is kept, and comes back when you upgrade again." in said
    assert "Storefront closed" in said and "Open my storefront" not in said
    ended = owner.get(f"/subscriptions/{number}/")
    assert controls(ended.text) == {"Download statement": True}
    assert "Cancel</a>" not in ended.text
    said = words(ended)
    assert "Ended 15 Nov 2026" in said
    assert f"Subscription {number} ended: Basic follows." in said
    assert "Storefront at testserver/techsolutions closed. Everything in it is kept." in said
    for way in (to_free(number), cancelling(number)):
        assert owner.get(way).status_code == 404
    said = words(owner.get("/plans/"))
    assert (
        "Your storefront is kept. Upgrade by 13 Feb 2027 and it comes back as it was, at testserver/techsolutions."
        in said
    )
    assert "See your storefront" not in said
    assert 'aria-label="Storefront: see reseller plans"' in owner.get("/").text


def test_upgrading_again_offers_the_alias_and_brings_everything_back(tech, owner):
    Storefront.objects.filter(account=tech).update(name="Tech & Söhne", brand_colour="#6a35c9", markup=12)
    cancelled(tech, owner)
    before = Storefront.objects.filter(account=tech).values().get()
    owner.post("/basket/add/", {"product": "standard-plan"})
    page = owner.get("/checkout/")
    assert "Your storefront comes back as it was, with everything in it, under its alias." in words(page)
    form = form_of(page, "/checkout/")
    assert form["alias"] == "techsolutions"
    assert "techsolutions is available." in words(page)
    assert owner.post("/checkout/", form | {"payment": "account", "terms": "on"}).status_code == 302
    execute_order(Order.objects.get(account=tech, state="placed").pk)
    after = Storefront.objects.filter(account=tech).values().get()
    assert {name for name in before if before[name] != after[name]} == {"state", "parked_at", "version"}
    assert "Tech &amp; Söhne" in Client().get("/techsolutions/").text
    assert broken() == {}


def test_when_the_quarantine_is_over_nothing_is_promised(tech, owner, clock):
    cancelled(tech, owner)
    clock.move_to("2027-02-14T09:00:00Z")
    owner = signed_in(cast.buyer_of(tech))
    assert "at testserver/techsolutions unless somebody else takes that alias first." in words(owner.get("/plans/"))


def test_who_lost_the_alias_chooses_another(tech, owner, clock):
    cancelled(tech, owner)
    clock.move_to("2027-02-14T09:00:00Z")
    harbor = cast.reseller(tech.operator, "Harbor IT")
    cast.on_plan(harbor, "free", alias="techsolutions")
    owner = signed_in(cast.buyer_of(tech))
    assert "under an alias that you choose: somebody else has the old one by now." in words(owner.get("/plans/"))
    owner.post("/basket/add/", {"product": "standard-plan"})
    page = owner.get("/checkout/")
    assert "Its old alias belongs to somebody else by now: choose another one." in words(page)
    form = form_of(page, "/checkout/") | {"payment": "account", "terms": "on"}
    assert form["alias"] == ""
    refused = owner.post("/checkout/", form | {"alias": "techsolutions"})
    assert "The alias techsolutions has already been assigned to someone else." in words(refused)
    assert owner.post("/checkout/", form | {"alias": "tech-2"}).status_code == 302
    execute_order(Order.objects.get(account=tech, state="placed").pk)
    assert Storefront.objects.get(account=tech).claim.alias == "tech-2"
    assert Client().get("/tech-2/").status_code == 200
    assert broken() == {}


def test_an_alias_that_is_held_again_is_still_kept(tech, owner):
    """Who looks at the checkout and goes away keeps the quarantine."""
    cancelled(tech, owner)
    aliases.hold("techsolutions", account=tech, until=timedelta(minutes=15))
    assert AliasClaim.objects.get(alias="techsolutions").quarantined_until > timezone.now()
    assert "Upgrade by 13 Feb 2027" in words(owner.get("/plans/"))


# --- What the pages ask ---


@pytest.mark.parametrize("count", [1, 12])
def test_the_dialogs_ask_the_same_whomever_they_touch(tech, owner, number, count):
    for one in range(count):
        cast.customer(tech, f"Customer {one}")
    assert {url: asked(owner, url) for url in (to_free(number), cancelling(number))} == {
        to_free(number): 24, cancelling(number): 17,
    }  # fmt: skip


def test_the_banner_costs_nothing(owner, number):
    pages = (f"/subscriptions/{number}/", "/subscriptions/", "/plans/", "/techsolutions/admin/")
    before = [asked(owner, url) for url in pages]
    schedule(owner, to_free(number))
    assert [asked(owner, url) for url in pages] == before


def asked(client: Client, path: str) -> int:
    assert client.get(path).status_code == 200
    with statements() as counted:
        client.get(path)
    return counted.many
