"""The public rooms: what they show to whom, and exactly what they ask of the database."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications.models import Notification
from plans.models import Account, Plan, Price, Product, Storefront, TermsVersion
from tests import cast
from tests.storefront.visits import signed_in, statements, words

pytestmark = pytest.mark.django_db
NO_ROLE = "You can’t do this with your role. Ask an administrator of your organization."


@pytest.fixture
def nordwind():
    return cast.distributor()


@pytest.fixture
def tech(nordwind) -> Account:
    """Tech Solutions, on Basic."""
    return cast.reseller(nordwind)


def stock(operator, count: int) -> None:
    """So many products, many of the same name, each with a price."""
    made = Product.objects.bulk_create(
        Product(
            operator=operator, name=f"Service {number // 3:04}", slug=f"service-{number}", category=f"Room {number % 4}"
        )
        for number in range(count)
    )
    Price.objects.bulk_create(Price(product=each, cycle="month", currency="EUR", amount=Decimal(3)) for each in made)


# --- What they ask ---


@pytest.mark.parametrize("count", [1, 20, 50])
def test_the_catalogue_asks_the_same_whatever_it_holds(nordwind, tech, count):
    stock(nordwind, count)
    stranger, member = Client(), signed_in(cast.buyer_of(tech))
    for path in ("/", "/?category=Room+0", "/?q=service"):
        assert (asked(stranger, path), asked(member, path)) == (2, 4), path


def test_the_catalogue_never_counts_and_never_skips(nordwind):
    stock(nordwind, 50)
    for path in ("/", "/?after=20.Service+0006"):
        with CaptureQueriesContext(connection) as found:
            Client().get(path)
        assert not [query["sql"] for query in found if "COUNT(" in query["sql"] or "OFFSET" in query["sql"]]


def test_a_product_page_asks_once(nordwind, tech):
    cast.product(nordwind)
    assert asked(Client(), "/products/workplace-suite/") == 1
    assert asked(signed_in(cast.buyer_of(tech)), "/products/workplace-suite/") == 3


@pytest.mark.parametrize("more", [0, 20])
def test_the_plans_page_asks_the_same_whatever_plans_there_are(nordwind, tech, more):
    for number in range(more):
        Plan.objects.create(operator=nordwind, code=f"more{number}", name=f"More {number}", rank=100 + number)
    assert asked(Client(), "/plans/") == 3
    assert asked(signed_in(cast.buyer_of(tech)), "/plans/") == 7  # may it see its storefront before it buys?
    free = cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    assert asked(signed_in(cast.buyer_of(free)), "/plans/") == 6


@pytest.mark.parametrize("count", [1, 20, 50])
def test_the_bell_asks_three_times(nordwind, tech, count):
    letters(tech, count)
    assert asked(signed_in(cast.buyer_of(tech)), "/notifications/") == 3


@pytest.mark.parametrize("count", [1, 20, 50])
def test_a_resellers_rooms_ask_the_same_whatever_there_is(nordwind, count):
    stock(nordwind, count)
    alpine = cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    for number in range(count % 9):
        cast.customer(alpine, f"Customer {number}")
    owner, stranger = signed_in(cast.buyer_of(alpine)), Client()
    expected = {"/alpinecloud/": 3, "/alpinecloud/products/": 2, "/alpinecloud/products/service-0/": 1}
    assert {path: asked(stranger, path) for path in expected} == expected
    assert (asked(owner, "/alpinecloud/admin/"), asked(owner, "/alpinecloud/portal/")) == (7, 2)
    customer = signed_in(cast.buyer_of(cast.customer(alpine)))
    assert asked(customer, "/alpinecloud/portal/") == 3


def asked(client: Client, path: str) -> int:
    """How many statements a page takes, once what is kept in the cache is there."""
    assert client.get(path).status_code == 200
    with statements() as counted:
        client.get(path)
    return counted.many


# --- What they show ---


def test_every_product_is_on_exactly_one_page(nordwind):
    stock(nordwind, 50)
    seen: list[str] = []
    path, pages = "/?q=service", 0
    while path:
        text = Client().get(path).text
        seen += re.findall(r'href="/products/([^"]+)/"', text)
        following = re.search(r'<a class="btn sm" href="(\?[^"]+)">Next page', text)
        path, pages = ("/" + following[1].replace("&amp;", "&") if following else ""), pages + 1
    assert (pages, len(seen), len(set(seen))) == (3, 50, 50)


@pytest.mark.parametrize(
    "after", ["", "x", "-1.a", "9" * 40 + ".a", "1.\0", "1." + "ü" * 500, ".", "1", "1.Service%27"]
)
def test_a_strange_place_in_the_catalogue_is_no_fault(nordwind, after):
    stock(nordwind, 1)
    assert Client().get("/", {"after": after, "q": "\0" if after == "x" else "", "category": ""}).status_code == 200


def test_searching_and_filtering(nordwind):
    cast.product(nordwind, "Backup Vault", summary="Daily copies.")
    cast.product(nordwind, "Workplace Suite", summary="Mail and files.")
    assert "Backup Vault" not in words(Client().get("/?q=mail"))
    assert "Workplace Suite" in words(Client().get("/?q=MAIL"))
    nothing = Client().get("/?q=<b>nothing</b>")
    assert "No products match “<b>nothing</b>”." in words(nothing)
    assert "<b>nothing</b>" not in nothing.text


def test_a_price_is_in_the_currency_of_who_looks(nordwind):
    product = cast.product(nordwind)
    Price.objects.create(product=product, cycle="month", currency="CHF", amount=Decimal("13.10"))
    swiss = signed_in(cast.buyer_of(cast.reseller(nordwind, "Berg IT", currency="CHF")))
    dane = signed_in(cast.buyer_of(cast.reseller(nordwind, "Fjord IT", currency="DKK")))
    for path in ("/", "/products/workplace-suite/"):
        assert "€12.40" in words(Client().get(path))
        assert "CHF 13.10" in words(swiss.get(path))
        assert "No price in DKK" in words(dane.get(path))


def test_the_product_of_another_distributor_and_one_no_longer_sold_are_not_here(nordwind):
    cast.product(cast.distributor("Sudlicht", host="sudlicht.test"), "Solar Mail")
    cast.product(nordwind, "Old Mail", is_sold=False)
    assert Client().get("/products/solar-mail/").status_code == 404
    assert Client().get("/products/old-mail/").status_code == 404
    assert Client().get("/products/standard-plan/").headers["Location"] == "/plans/"


def test_who_may_not_buy_is_told_why_at_the_button(nordwind, tech):
    cast.product(nordwind)
    viewer = signed_in(cast.person(tech, "viewer@tech.example", roles=("viewer",)).user)
    text = viewer.get("/products/workplace-suite/").text
    assert re.search(r'<button [^>]*aria-disabled="true" aria-describedby="why">Add to basket', text)
    assert f'id="why">{NO_ROLE}' in text
    assert (
        'aria-label="Add to basket: Workplace Suite"'
        in signed_in(cast.buyer_of(tech)).get("/products/workplace-suite/").text
    )
    assert "Sign in to order" in Client().get("/products/workplace-suite/").text


def buttons(client: Client) -> dict[str, str]:
    """Plan name -> what its card offers, in words."""
    text = client.get("/plans/").text
    cards = re.findall(r"<article.*?</article>", text, re.S)
    found = {}
    for card in cards:
        name = re.search(r"<h2[^>]*>([^<]+)", card)[1]
        control = re.search(r'<(button|a|p) class="btn[^"]*"[^>]*>([^<]+)', card)
        disabled = "disabled " if 'aria-disabled="true"' in control[0] and control[1] == "button" else ""
        found[name] = disabled + control[2]
    return found


def test_the_cards_follow_the_ladder(nordwind, tech):
    assert buttons(Client()) == {"Basic": "Included", "Free": "Sign in to order", "Standard": "Sign in to order"}
    assert buttons(signed_in(cast.buyer_of(tech))) == {
        "Basic": "Current plan", "Free": "Add to basket", "Standard": "Add to basket"
    }  # fmt: skip
    free = cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    assert buttons(signed_in(cast.buyer_of(free))) == {
        "Basic": "Downgrade to Basic", "Free": "Current plan", "Standard": "Add to basket"
    }  # fmt: skip
    standard = cast.on_plan(cast.reseller(nordwind, "Kestrel"), "standard", alias="kestrel")
    assert buttons(signed_in(cast.buyer_of(standard))) == {
        "Basic": "Downgrade to Basic", "Free": "Downgrade to Free", "Standard": "Current plan"
    }  # fmt: skip


def test_a_refused_step_says_why(nordwind, tech):
    order = cast.order_plan(tech)
    client = signed_in(cast.buyer_of(tech))
    assert buttons(client)["Standard"] == "disabled Add to basket"
    assert f"already open: {order.number}" in words(client.get("/plans/"))
    viewer = signed_in(cast.person(tech, "viewer@tech.example", roles=("viewer",)).user)
    assert NO_ROLE in words(viewer.get("/plans/"))


def test_a_plan_that_is_not_sold_is_not_shown(nordwind, tech):
    Product.objects.filter(operator=nordwind, slug="free-plan").update(is_sold=False)
    assert set(buttons(Client())) == {"Basic", "Standard"}
    assert "Comparison of the Basic and Standard plans" in words(Client().get("/plans/"))


def test_the_comparison_is_made_of_entitlements(nordwind):
    said = words(Client().get("/plans/"))
    assert "Comparison of the Basic, Free and Standard plans" in said
    assert "Customers with their own login Up to 10 Unlimited" in said
    assert "Own back office" not in said


def letters(account: Account, count: int, *, user=None) -> None:
    reader = user or cast.buyer_of(account)
    Notification.objects.bulk_create(
        Notification(
            operator=account.operator, template_code="order_received", account=account, occasion=f"t:{number}",
            key=f"t:{reader.pk}:{number}", recipient_email=reader.email, recipient_user=reader,
            from_email="a@b.example", subject=f"Letter {number}", text=f"Words {number} <script>", html="",
            reason="Because.", state="sent", sent_at=timezone.now(),
        )
        for number in range(count)
    )  # fmt: skip


def test_the_bell_counts_what_is_unread_until_it_is_said_to_be_read(nordwind, tech):
    letters(tech, 3)
    other = cast.person(tech, "other@tech.example", roles=("viewer",)).user
    letters(tech, 2, user=other)
    client = signed_in(cast.buyer_of(tech))
    page = client.get("/notifications/")
    assert 'aria-label="Notifications, 3 unread"' in page.text
    assert "Words 2 &lt;script&gt;" in page.text
    assert 'aria-label="Notifications, 3 unread"' in client.get("/notifications/").text  # looking changes nothing
    client.post("/notifications/")
    assert 'aria-label="Notifications, 0 unread"' in client.get("/").text
    assert 'aria-label="Notifications, 2 unread"' in signed_in(other).get("/").text


def test_terms_are_shown_as_they_are_in_force(nordwind):
    TermsVersion.objects.create(operator=nordwind, number=9, text="Be fair.\n\n<b>Pay.</b>")
    said = words(Client().get("/terms/"))
    assert "Version 9" in said
    assert "<b>Pay.</b>" in said
    TermsVersion.objects.all().delete()
    assert Client().get("/terms/").status_code == 404


# --- A reseller's own storefront ---


@pytest.fixture
def alpine(nordwind) -> Account:
    cast.product(nordwind)
    return cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")


def test_a_resellers_customers_see_neither_the_distributor_nor_its_prices(alpine):
    customer = signed_in(cast.buyer_of(cast.customer(alpine)))
    for client in (Client(), customer):
        for path in ("", "products/", "products/workplace-suite/", "login/", "password/reset/", "portal/", "nothing/"):
            text = client.get(f"/alpinecloud/{path}", follow=True).text
            assert "Alpine Cloud" in text
            assert "12.40" not in text
            assert re.sub("Powered by Nordwind", "", text).count("Nordwind") == 0, path


def test_one_line_in_the_footer_is_the_free_plans_price(alpine, nordwind):
    assert "Powered by Nordwind" in words(Client().get("/alpinecloud/"))
    cast.on_plan(cast.reseller(nordwind, "Kestrel"), "standard", alias="kestrel")
    assert "Powered by" not in words(Client().get("/kestrel/"))


def test_only_its_manager_sees_the_bar(alpine):
    owner = signed_in(cast.buyer_of(alpine)).get("/alpinecloud/").text
    assert 'href="/alpinecloud/admin/">Storefront Admin Panel' in owner
    assert 'href="http://testserver/">Back to Nordwind' in owner
    customer = signed_in(cast.buyer_of(cast.customer(alpine))).get("/alpinecloud/").text
    viewer = signed_in(cast.person(alpine, "viewer@alpine.example", roles=("viewer",)).user).get("/alpinecloud/").text
    for text in (customer, viewer, Client().get("/alpinecloud/").text):
        assert "Storefront Admin Panel" not in text


def test_browsing_can_be_kept_to_customers(alpine):
    Storefront.objects.filter(account=alpine).update(anonymous_browsing=False)
    for path in ("/alpinecloud/", "/alpinecloud/products/", "/alpinecloud/products/workplace-suite/"):
        assert Client().get(path).headers["Location"] == f"/alpinecloud/login/?next={path}"
    assert signed_in(cast.buyer_of(cast.customer(alpine))).get("/alpinecloud/").status_code == 200


def test_the_panel_says_what_is_ready_and_what_is_not(alpine):
    Storefront.objects.filter(account=alpine).update(support_email="", support_phone="")
    said = words(signed_in(cast.buyer_of(alpine)).get("/alpinecloud/admin/"))
    assert "http://testserver/alpinecloud" in said
    assert "Support contact, open: Your customers see no email address or phone number yet." in said
    assert "Customers 0 of 10" in said


# --- Saying that a page has not changed ---


PUBLIC = ("/", "/plans/", "/products/workplace-suite/", "/alpinecloud/", "/alpinecloud/products/")


@pytest.mark.parametrize("path", PUBLIC)
def test_a_stranger_is_told_that_nothing_changed(alpine, path):
    client = Client()
    etag = client.get(path)["ETag"]
    again = client.get(path, headers={"If-None-Match": etag})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    assert "Content-Security-Policy" not in again
    assert "session" not in client.cookies


def test_whatever_changes_gives_a_new_page(alpine, nordwind):
    client, product = Client(), Product.objects.get(slug="workplace-suite")
    path = "/products/workplace-suite/"

    def changed() -> bool:
        etag = client.get(path)["ETag"]
        before = client.get(path, headers={"If-None-Match": etag}).status_code
        yield_to()
        return (before, client.get(path, headers={"If-None-Match": etag}).status_code) == (304, 200)

    def price() -> None:
        Price.objects.filter(product=product).update(amount=Decimal("99.99"))

    def name() -> None:
        Product.objects.filter(pk=product.pk).update(summary="New words")

    def theme() -> None:
        client.cookies["theme"] = "dark"

    def token() -> None:
        client.cookies["csrf"] = "x" * 32

    for yield_to in (price, name, theme, token):
        assert changed(), yield_to.__name__


def test_a_member_is_never_told_so(tech):
    page = signed_in(cast.buyer_of(tech)).get("/plans/", headers={"If-None-Match": "*"})
    assert page.status_code == 200
    assert page["Cache-Control"] == "no-store"
    assert "ETag" not in page
