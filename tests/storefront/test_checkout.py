"""Checkout: what is shown is ordered, once; what is wrong is told where it is mended, and nothing is written."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from plans.models import (
    Account,
    Activity,
    AliasClaim,
    BasketItem,
    Order,
    OrderItem,
    Plan,
    Price,
    Product,
    Storefront,
    TermsAcceptance,
    TermsVersion,
)
from tests import cast
from tests.plans.at_once import at_once
from tests.storefront.visits import form_of, signed_in, statements, words

pytestmark = pytest.mark.django_db

INVALID = (
    "Use only lowercase letters, digits and hyphens, 3 to 40 characters, and start and end with a letter or digit."
)
TAKEN = "The alias {} has already been assigned to someone else. Choose a different alias."
KEPT = "The alias {} is kept for the platform. Choose a different alias."
TERMS = "Accept the terms for resellers to place the order."


@pytest.fixture
def nordwind():
    return cast.distributor()


@pytest.fixture
def account(nordwind) -> Account:
    return cast.reseller(nordwind)


@pytest.fixture
def jonas(account) -> Client:
    """Signed in as the Admin of Tech Solutions, with the Standard Plan in the basket."""
    return with_basket(account, "standard")


def with_basket(account: Account, *codes: str, products: tuple[Product, ...] = ()) -> Client:
    plans = [cast.plan_product(account.operator, code) for code in codes]
    cast.basket(account, *plans, *products)
    return signed_in(cast.buyer_of(account))


def fill(client: Client, alias: str | None = "techsolutions", *, terms: bool = True, **fields) -> dict[str, str]:
    """The form as the page shows it now, filled in."""
    form = form_of(client.get("/checkout/"), "/checkout/")
    form |= {"alias": alias} if alias is not None else {}
    return form | ({"terms": "on"} if terms else {}) | fields


def place(client: Client, form: dict[str, str]):
    return client.post("/checkout/", form)


def rows() -> dict[str, int]:
    """What an order writes to."""
    models = (Order, OrderItem, TermsAcceptance, AliasClaim, Activity, BasketItem)
    return {model.__name__: model.objects.count() for model in models}


def state_of_alias(page) -> str:
    """The classes and the text of the message at the alias field."""
    html = page.content.decode()
    found = re.search(r'<p class="msg ?([a-z]*)" id="alias-message" role="status"[^>]*>(.*?)</p>', html, re.S)
    return f"{found[1]}: " + re.sub(r"<[^>]+>", "", found[2]).strip()


# --- What is shown, and what it becomes ---


def test_the_page_shows_what_will_happen(jonas):
    with time_machine.travel("2026-11-15T09:00:00Z", tick=False):
        page = jonas.get("/checkout/")
    said = words(page)
    assert "Standard Plan, 1 month €149.00 VAT 19 % €28.31 Due today €177.31" in said
    assert "Then €149.00 plus VAT each month. Next renewal: 15 Dec 2026." in said
    assert "Your plan: Basic → Standard, on 15 Nov 2026" in said
    assert "“Welcome to Standard Reseller Storefront” goes to owner@techsolutions.example" in said
    assert "ops@nordwind.example" not in said  # a letter to the distributor's own people
    assert "Company Tech Solutions Address Kaiweg 14, 23552 Lübeck, Germany" in said
    assert "On account Charged to your account with Nordwind" in said
    assert "It becomes part of your address; only Nordwind can change it later." in said


def test_the_alias_field_is_tied_to_its_words(jonas):
    html = jonas.get("/checkout/").content.decode()
    field = re.search(r'<input class="input" id="alias"[^>]*>', html)[0]
    assert 'aria-describedby="alias-hint alias-message"' in field
    assert "autofocus" in field
    assert "aria-invalid" not in field
    assert '<label for="alias">Storefront Alias</label>' in html
    assert "style=" not in html
    assert "onclick=" not in html


def test_placing_the_order_orders_exactly_what_was_shown(jonas, account):
    form = fill(jonas, " TechSolutions ", reference="PO 4711")
    answer = place(jonas, form)
    order = Order.objects.get()
    assert answer.headers["Location"] == f"/orders/{order.number}/"
    assert (order.state, order.account, order.change, order.channel) == ("placed", account, "upgrade", "storefront")
    assert (order.fingerprint, order.reference) == (form["fingerprint"], "PO 4711")
    assert (str(order.net), str(order.tax), str(order.total)) == ("149.0000", "28.3100", "177.3100")
    assert order.items.get().alias == "techsolutions"
    claim = AliasClaim.objects.get()
    assert (claim.alias, claim.account, claim.state, claim.held_until) == ("techsolutions", account, "held", None)
    acceptance = TermsAcceptance.objects.get()
    assert (acceptance.order, acceptance.address, acceptance.user) == (order, "127.0.0.1", cast.buyer_of(account))
    assert BasketItem.objects.count() == 0


def test_free_to_standard_shows_the_kept_alias_read_only(nordwind):
    account = cast.on_plan(cast.reseller(nordwind), "free", alias="techsolutions")
    client = with_basket(account, "standard")
    page = client.get("/checkout/")
    html = page.content.decode()
    assert re.search(r'<input class="input" id="kept" value="techsolutions" readonly', html)
    assert 'id="alias"' not in html
    assert "Your storefront stays online at http://testserver/techsolutions" in words(page)
    answer = place(client, fill(client, None))
    order = Order.objects.exclude(state="executed").get()
    assert answer.headers["Location"] == f"/orders/{order.number}/"
    assert (order.preview["storefront"], order.items.get().alias) == ("keep", "techsolutions")


def test_who_comes_back_is_offered_the_old_alias(nordwind, account):
    cast.on_plan(account, "free", alias="techsolutions")
    end_plan(account)
    client = with_basket(account, "standard")
    page = client.get("/checkout/")
    assert re.search(r'id="alias" name="alias" value="techsolutions"', page.content.decode())
    assert "Your storefront comes back as it was" in words(page)
    assert place(client, fill(client, None)).status_code == 302
    assert Order.objects.latest("id").preview["storefront"] == "restore"


def end_plan(account: Account) -> None:
    """As a cancelled plan leaves it: the storefront parked, its alias in quarantine."""
    now = timezone.now()
    account.subscriptions.update(state="ended", ended_at=now, end_reason="cancelled")
    Storefront.objects.filter(account=account).update(state="parked", parked_at=now)
    AliasClaim.objects.filter(account=account).update(state="quarantined", quarantined_until=now + timedelta(days=90))


def test_other_products_need_neither_alias_nor_terms(nordwind, account):
    client = with_basket(account, products=(cast.product(nordwind),))
    page = client.get("/checkout/")
    html = page.content.decode()
    assert 'id="alias"' not in html
    assert 'id="terms"' not in html
    assert "1. Billing" in words(page)
    assert place(client, fill(client, None, terms=False)).status_code == 302
    order = Order.objects.get()
    assert (order.is_plan_order, order.change, TermsAcceptance.objects.count()) == (False, "none", 0)


def test_without_terms_there_is_nothing_to_accept(jonas):
    TermsVersion.objects.all().delete()
    assert 'id="terms"' not in jonas.get("/checkout/").content.decode()
    assert place(jonas, fill(jonas, terms=False)).status_code == 302


def test_reverse_charge_is_said_in_these_words(nordwind):
    client = with_basket(cast.reseller(nordwind, tax_treatment="reverse_charge"), "standard")
    said = words(client.get("/checkout/"))
    assert "Reverse charge €0.00 Due today €149.00 Then €149.00 each month." in said


def test_an_empty_basket_has_no_checkout(account):
    client = with_basket(account)
    assert client.get("/checkout/").headers["Location"] == "/basket/"
    assert place(client, {"payment": "account"}).headers["Location"] == "/basket/"


# --- What is wrong, told where it is mended ---


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a Storefront Alias."),
        ("   ", "Enter a Storefront Alias."),
        ("ab", INVALID),
        ("a" * 41, INVALID),
        ("-tech", INVALID),
        ("tech-", INVALID),
        ("te--ch", INVALID),
        ("tech solutions", INVALID),
        ("tеch", INVALID),  # a Cyrillic е
        ("tech\0", INVALID),
        ("tech\nsolutions", INVALID),
        ("<script>", INVALID),
        ("../etc", INVALID),
        ("x" * 100_000, INVALID),
        ("basket", KEPT.format("basket")),
        ("admin", KEPT.format("admin")),
        ("Kestrelwick", TAKEN.format("kestrelwick")),
        ("ＫＥＳＴＲＥＬＷＩＣＫ", TAKEN.format("kestrelwick")),
    ],
)
def test_a_wrong_alias_is_told_at_the_field(jonas, nordwind, typed, sentence):
    other = cast.reseller(nordwind, "Kestrelwick Systems")
    AliasClaim.objects.create(operator=nordwind, account=other, alias="kestrelwick", state="held")
    form, before = fill(jonas, typed), rows()
    page = place(jonas, form)
    assert (page.status_code, rows()) == (200, before)
    assert state_of_alias(page) == f"bad: {sentence}"
    html = page.content.decode()
    assert re.search(r'id="alias" name="alias"[^>]*aria-invalid="true"', html)
    assert "There is a problem" in words(page)
    assert f'<a href="#alias">{sentence}</a>' in html.replace("&#x27;", "'")
    assert form_of(page, "/checkout/")["alias"] == typed.replace("\r\n", "\n")
    assert form_of(page, "/checkout/")["terms"] == "on"


def test_every_mistake_is_told_at_once_and_everything_typed_stays(jonas):
    form, before = fill(jonas, "-x", terms=False, reference="r" * 61, payment="gold"), rows()
    page = place(jonas, form)
    html = page.content.decode()
    assert re.findall(r'<li><a href="#([a-z]+)">([^<]+)</a></li>', html) == [
        ("alias", INVALID),
        ("payment", "Choose how the order is paid."),
        ("reference", "Use at most 60 characters."),
        ("terms", TERMS),
    ]
    for name in ("payment", "reference", "terms"):
        described = re.search(rf'id="{name}"[^>]*aria-invalid="true"', html)
        assert described, name
        assert f'id="{name}-wrong"' in html
    assert 'role="alert" tabindex="-1" autofocus' in html
    assert html.count("autofocus") == 1
    assert form_of(page, "/checkout/")["reference"] == "r" * 61
    assert "terms" not in form_of(page, "/checkout/")
    assert rows() == before


@pytest.mark.parametrize("reference", ["a\0b", "two\nlines", "tab\there", "\u202eright to left"])
def test_a_reference_is_one_line_of_text(jonas, reference):
    form, before = fill(jonas, reference=reference), rows()
    page = place(jonas, form)
    assert "Use one line of text without control characters." in words(page)
    assert (page.status_code, rows()) == (200, before)


def test_a_suggestion_is_taken_without_a_script(jonas, nordwind, account):
    other = cast.reseller(nordwind, "Kestrelwick Systems")
    AliasClaim.objects.create(operator=nordwind, account=other, alias="kestrelwick", state="held")
    page = place(jonas, fill(jonas, "kestrelwick", reference="PO 7"))
    offers = re.findall(r'<button type="submit" class="chip" name="take" value="([^"]+)">', page.content.decode())
    assert offers == ["kestrelwick-it", "kestrelwick-cloud", "tech-solutions"]
    page = place(jonas, fill(jonas, "kestrelwick", reference="PO 7", take="kestrelwick-it"))
    assert state_of_alias(page) == "ok: kestrelwick-it is available."
    form = form_of(page, "/checkout/")
    assert (form["alias"], form["reference"], form["terms"]) == ("kestrelwick-it", "PO 7", "on")
    claim = AliasClaim.objects.get(alias="kestrelwick-it")
    assert (claim.account, Order.objects.count()) == (account, 0)
    assert timedelta(minutes=14) < claim.held_until - timezone.now() <= timedelta(minutes=15)
    assert place(jonas, form).status_code == 302


def test_an_open_order_is_told_with_a_link_to_it(nordwind, account):
    first = cast.order_plan(account, "free")
    client = with_basket(account, "standard")
    form, before = fill(client, "other-alias"), rows()
    for page in (client.get("/checkout/"), place(client, form)):
        sentence = (
            f"An order for a reseller plan is already open: {first.number}. Wait for it, or mend or cancel it first."
        )
        assert sentence in words(page)
        html = page.content.decode()
        assert f'<a href="/orders/{first.number}/">See order {first.number}</a>' in html
        assert re.search(r'type="submit" aria-disabled="true" aria-describedby="reasons">Place order', html)
    assert rows() == before


def test_what_only_the_distributor_can_mend_leads_to_it(nordwind):
    client = with_basket(cast.reseller(nordwind, reselling_enabled=False), "standard")
    page = place(client, fill(client))
    assert "Reselling is not enabled for this account." in words(page)
    assert '<a href="mailto:cloud@nordwind.example">Write to Nordwind</a>' in page.content.decode()
    assert Order.objects.count() == 0


def test_a_missing_address_leads_to_where_it_is_entered(nordwind):
    client = with_basket(cast.reseller(nordwind, street=""), "standard")
    page = place(client, fill(client))
    assert "The billing address is incomplete." in words(page)
    assert '<a href="/billing/">Enter the billing address</a>' in page.content.decode()
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            lambda: Product.objects.update(is_sold=False),
            "Standard Plan is not sold any more. Remove it from the basket.",
        ),
        (lambda: Plan.objects.update(is_offered=False), "The Standard plan can’t be ordered yet."),
        (lambda: Account.objects.update(state="suspended"), "Tech Solutions is suspended."),
        (lambda: Account.objects.update(reselling_enabled=False), "Reselling is not enabled for this account."),
        (lambda: Price.objects.all().delete(), "Standard Plan has no price in EUR for this billing cycle."),
    ],
)
def test_what_changed_meanwhile_is_told_and_nothing_is_written(jonas, change, sentence):
    form, before = fill(jonas), rows()
    change()
    page = place(jonas, form)
    assert (page.status_code, rows()) == (200, before)
    assert sentence in words(page)


# --- Something changed, look again ---


def test_a_new_price_is_shown_before_it_is_ordered(jonas):
    form, before = fill(jonas, reference="PO 9"), rows()
    Price.objects.filter(product__slug="standard-plan", cycle="month").update(amount=159)
    page = place(jonas, form)
    said = words(page)
    assert (page.status_code, rows()) == (200, before)
    assert "Something changed. Look again." in said
    assert "Standard Plan, 1 month €159.00" in said
    again = form_of(page, "/checkout/")
    assert (again["alias"], again["reference"], again["terms"]) == ("techsolutions", "PO 9", "on")
    assert again["fingerprint"] != form["fingerprint"]
    assert place(jonas, again).status_code == 302
    assert Order.objects.get().net == 159


def test_a_new_day_is_shown_before_it_is_ordered(nordwind, account):
    with time_machine.travel("2026-11-15T22:59:00Z", tick=False):  # one minute to midnight in Hamburg
        client = with_basket(account, "standard")
        form = fill(client)
    with time_machine.travel("2026-11-15T23:01:00Z", tick=False):
        page = place(client, form)
    assert "Something changed. Look again." in words(page)
    assert "on 16 Nov 2026" in words(page)
    assert Order.objects.count() == 0


@pytest.mark.parametrize("wrong", [{"fingerprint": "x"}, {"fingerprint": ""}, {"fingerprint": "\0"}, {"form_key": "x"}])
def test_a_form_that_is_not_ours_orders_nothing(jonas, wrong):
    form, before = fill(jonas), rows()
    page = place(jonas, form | wrong)
    assert "Something changed. Look again." in words(page)
    assert (page.status_code, rows()) == (200, before)
    assert form_of(page, "/checkout/")["form_key"] == form["form_key"]


# --- One order ---


def test_the_same_form_again_is_the_same_order(jonas, account):
    form = fill(jonas)
    first = place(jonas, form).headers["Location"]
    after = rows()
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        assert place(jonas, form).headers["Location"] == first
    cast.basket(account, cast.product(account.operator))  # something else lies in the basket by now
    assert place(jonas, form).headers["Location"] == first
    assert rows() == after | {"BasketItem": 1}


def test_two_tabs_make_one_order(jonas):
    one, other = fill(jonas), fill(jonas, reference="typed in the other tab")
    assert one["form_key"] == other["form_key"]
    assert place(jonas, one).headers["Location"] == place(jonas, other).headers["Location"]
    assert Order.objects.get().reference == ""


def test_the_key_of_somebody_elses_form_opens_nothing(jonas, nordwind):
    form = fill(jonas)
    place(jonas, form)
    stranger = with_basket(cast.reseller(nordwind, "Harbor IT"), "standard")
    location = place(stranger, fill(stranger, "harbor-it") | {"form_key": form["form_key"]}).headers["Location"]
    assert location == f"/orders/{Order.objects.get(account__name='Harbor IT').number}/"
    assert Order.objects.count() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("gate", [None, Order], ids=["at once", "all before the first order is written"])
def test_many_presses_at_once_make_one_order(gate):
    account = cast.reseller(cast.distributor())
    form = fill(with_basket(account, "standard"))
    tabs = [signed_in(cast.buyer_of(account)) for _ in range(10)]
    outcomes = at_once(*(lambda tab=tab: place(tab, form) for tab in tabs), gate=gate)
    order = Order.objects.get()
    assert [outcome.problem for outcome in outcomes] == [None] * 10
    assert {outcome.value.headers.get("Location") for outcome in outcomes} == {f"/orders/{order.number}/"}
    assert (order.items.count(), TermsAcceptance.objects.count(), AliasClaim.objects.count()) == (1, 1, 1)
    assert order.activities.filter(verb="order.place").count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_many_accounts_that_place_one_alias_at_once_one_has_it():
    nordwind = cast.distributor()
    rivals = [with_basket(cast.reseller(nordwind, f"Rival {number}"), "standard") for number in range(8)]
    spellings = ("techsolutions", " TechSolutions ", "ＴＥＣＨSOLUTIONS", "TECHSOLUTIONS")
    forms = [fill(rival, spellings[at % 4]) for at, rival in enumerate(rivals)]
    outcomes = at_once(
        *(lambda rival=rival, form=form: place(rival, form) for rival, form in zip(rivals, forms, strict=True)),
        gate=AliasClaim,
    )
    assert [outcome.problem for outcome in outcomes] == [None] * 8
    assert sorted(outcome.value.status_code for outcome in outcomes) == [200] * 7 + [302]
    told = {state_of_alias(outcome.value) for outcome in outcomes if outcome.value.status_code == 200}
    assert told == {f"bad: {TAKEN.format('techsolutions')}"}
    assert (Order.objects.count(), AliasClaim.objects.count()) == (1, 1)


# --- Who may ---


def test_only_who_may_buy_checks_out(nordwind, account, client):
    assert client.get("/checkout/").headers["Location"] == "/login/?next=/checkout/"
    viewer = signed_in(cast.person(account, "viewer@techsolutions.example", roles=("viewer",)).user)
    for answer in (viewer.get("/checkout/"), viewer.post("/checkout/", {}), viewer.get("/alias/check/?alias=abc")):
        assert answer.status_code == 403
    assert viewer.post("/alias/hold/", {"alias": "techsolutions"}).status_code == 403
    assert client.post("/alias/hold/", {"alias": "techsolutions"}).status_code == 302
    assert AliasClaim.objects.count() == 0


# --- The alias while it is typed ---


def test_checking_says_it_and_writes_nothing(jonas):
    page = jonas.get("/alias/check/", {"alias": " TechSolutions "})
    assert state_of_alias(page) == "ok: techsolutions is available."
    assert "http://testserver/<b>techsolutions</b>" in page.content.decode()
    assert "<b>techsolutions</b> is available." in page.content.decode()
    assert state_of_alias(jonas.get("/alias/check/?alias=plans")) == f"bad: {KEPT.format('plans')}"
    assert state_of_alias(jonas.get("/alias/check/")) == "bad: Enter a Storefront Alias."
    assert AliasClaim.objects.count() == 0


def test_leaving_the_field_holds_the_alias_for_the_account(jonas, nordwind, account):
    assert state_of_alias(jonas.post("/alias/hold/", {"alias": "TechSolutions"})) == "ok: techsolutions is available."
    claim = AliasClaim.objects.get()
    assert (claim.alias, claim.account, claim.state) == ("techsolutions", account, "held")
    assert timedelta(minutes=14) < claim.held_until - timezone.now() <= timedelta(minutes=15)
    harbor = with_basket(cast.reseller(nordwind, "Harbor IT"), "standard")
    page = harbor.post("/alias/hold/", {"alias": "techsolutions"})
    assert state_of_alias(page) == f"bad: {TAKEN.format('techsolutions')}"
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        page = signed_in(cast.buyer_of(Account.objects.get(name="Harbor IT"))).post(
            "/alias/hold/", {"alias": "techsolutions"}
        )
    assert state_of_alias(page) == "ok: techsolutions is available."


def test_the_held_alias_is_filled_in_again(jonas, nordwind):
    jonas.post("/alias/hold/", {"alias": "TechSolutions"})
    assert form_of(jonas.get("/checkout/"), "/checkout/")["alias"] == "techsolutions"
    other = with_basket(cast.reseller(nordwind, "Harbor IT"), "standard")
    assert form_of(other.get("/checkout/"), "/checkout/")["alias"] == ""


def test_thirty_questions_a_minute_are_answered(jonas, nordwind):
    with time_machine.travel("2026-11-20T10:00:00Z", tick=False) as clock:
        jonas = signed_in(cast.buyer_of(Account.objects.get(name="Tech Solutions")))
        for number in range(30):
            assert jonas.get(f"/alias/check/?alias=tech-{number}").status_code == 200
        for answer in (jonas.get("/alias/check/?alias=tech"), jonas.post("/alias/hold/", {"alias": "tech"})):
            assert answer.status_code == 429
            sentence = "Availability can’t be checked right now. You can save; it is checked again then."
            assert state_of_alias(answer) == f"warn: {sentence}"
        assert AliasClaim.objects.count() == 0
        other = with_basket(cast.reseller(nordwind, "Harbor IT"), "standard")
        assert other.get("/alias/check/?alias=tech").status_code == 200
        clock.shift(60)
        assert jonas.get("/alias/check/?alias=tech").status_code == 200


# --- Speed ---


def test_from_basket_to_placed_order_in_39_statements(jonas):
    jonas.get("/basket/")
    with statements() as counted:
        jonas.get("/basket/")
        form = fill(jonas)
        assert place(jonas, form).status_code == 302
    assert counted.many == 39, counted.text


def test_from_basket_to_placed_order_with_an_alias_held_on_the_way(jonas):
    jonas.get("/basket/")
    jonas.post("/alias/hold/", {"alias": "techsolutions"})
    with statements() as counted:
        jonas.get("/basket/")
        form = fill(jonas)
        assert place(jonas, form).status_code == 302
    assert counted.many == 40, counted.text


@pytest.mark.parametrize("others", [1, 20, 50])
def test_neither_page_nor_placing_asks_more_for_a_full_basket(nordwind, account, others):
    client = with_basket(
        account, "standard", products=tuple(cast.product(nordwind, f"Suite {n}") for n in range(others))
    )
    client.get("/basket/")
    with statements() as counted:
        form = fill(client)
    assert counted.many == 9, counted.text
    with statements() as counted:
        assert place(client, form).status_code == 302
    assert counted.many == 23, counted.text
    assert OrderItem.objects.count() == others + 1


def test_a_check_takes_3_statements(jonas):
    jonas.get("/checkout/")
    with statements() as counted:
        jonas.get("/alias/check/?alias=techsolutions")
    assert counted.many == 3, counted.text
