"""A page that many are shown alike is rendered once: each reader's own token and nonce, nobody else's page."""

import re

import pytest
from django.contrib.messages import INFO
from django.contrib.messages.storage.base import Message
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.test.signals import template_rendered

from plans.models import Account, Price, Product, Storefront
from storefront.rendering_once import MOST_HERE, pages
from tests import cast

pytestmark = pytest.mark.django_db
HOME, PRODUCT = "/alpinecloud/", "/alpinecloud/products/workplace-suite/"
IN_CATALOGUE = ("", "?category=Workplace", "?category=Workplace&sort=price")
KEPT = (
    "/",
    "/products/workplace-suite/",
    "/plans/",
    HOME,
    PRODUCT,
    *(f"{HOME}products/{each}" for each in IN_CATALOGUE),
)
ASKED = ("q=suite", "category=nothing", "sort=nothing", "after=1.a", "sort=price&category=Workplace")
NOT_KEPT = (
    "/?category=nothing",
    "/?q=suite",
    "/?x=1",
    f"{PRODUCT}?x=1",
    *(f"{HOME}products/?{each}" for each in ASKED),
)


@pytest.fixture
def alpine() -> Account:
    operator = cast.distributor()
    Product.objects.filter(pk=cast.product(operator).pk).update(category="Workplace")
    account = cast.on_plan(cast.reseller(operator, "Alpine Cloud"), "standard", alias="alpinecloud")
    Storefront.objects.filter(account=account).update(markup=20)
    cache.clear()
    return account


def is_rendered(path: str, client: Client | None = None) -> bool:
    rendered = []

    def note(**_: object) -> None:
        rendered.append(path)

    template_rendered.connect(note)
    try:
        assert (client or Client()).get(path).status_code == 200, path
    finally:
        template_rendered.disconnect(note)
    return bool(rendered)


@pytest.mark.parametrize("path", KEPT)
def test_the_second_reader_needs_no_rendering(alpine, path):
    assert [is_rendered(path) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("path", NOT_KEPT)
def test_what_can_be_asked_without_end_is_not_kept(alpine, path):
    assert [is_rendered(path) for _ in range(2)] == [True, True]


def test_a_process_keeps_few_pages_and_finds_the_others_in_the_cache():
    for number in range(MOST_HERE + 1):
        pages.keep(f"page:{number}", f"“{number}”")
    assert pages.get("page:0") == "“0”".encode()
    cache.clear()
    assert [pages.get(f"page:{number}") is None for number in range(4)] == [False, True, False, False]


def test_each_reader_has_a_token_and_a_nonce_of_its_own(alpine):
    readers = [Client(enforce_csrf_checks=True) for _ in range(3)]
    pages = [reader.get(HOME) for reader in readers]
    tokens = [set(re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)) for page in pages]
    nonces = [set(re.findall(r'nonce="([^"]+)"', page.text)) for page in pages]
    assert [len(each) for each in (*tokens, *nonces)] == [1] * 6
    assert len(set.union(*tokens)) == len(set.union(*nonces)) == 3
    for reader, page, (token,), (nonce,) in zip(readers, pages, tokens, nonces, strict=True):
        assert f"'nonce-{nonce}'" in page["Content-Security-Policy"]
        sent = {"csrfmiddlewaretoken": token, "theme": "dark", "next": HOME}
        assert reader.post("/alpinecloud/theme/", sent).status_code == 302
    foreign = {"csrfmiddlewaretoken": tokens[0].pop(), "theme": "dark", "next": HOME}
    assert readers[1].post("/alpinecloud/theme/", foreign).status_code == 403


def test_a_change_is_seen_at_once(alpine):
    shop, suite = Storefront.objects.filter(account=alpine), Product.objects.filter(slug="workplace-suite")
    seen = [Client().get(PRODUCT).text]
    for change in (
        lambda: Price.objects.filter(product__in=suite, cycle="month").update(amount="77.70"),
        lambda: shop.update(markup=30),
        lambda: suite.update(description="Said anew."),
        lambda: shop.update(name="Alpine Anew"),
    ):
        change()
        cache.delete_many(cache_of_the_place())
        seen.append(Client().get(PRODUCT).text)
    plain = [re.sub(r'(value|nonce)="[^"]*"', "", text) for text in seen]
    assert len(set(plain)) == 5


def cache_of_the_place() -> list[str]:
    """What is kept of storefronts and is told of a change by the stories that make it, which are not run here."""
    start = cache.make_key("")
    keys = [key.decode().removeprefix(start) for key in cache._cache.get_client().scan_iter()]
    return [key for key in keys if not key.startswith("page:")]


def test_word_for_word_the_same_storefront_has_pages_of_its_own(alpine):
    twin = cast.on_plan(cast.reseller(alpine.operator, "Harbor IT"), "standard", alias="harborit")
    Storefront.objects.filter(account=twin).update(name="Alpine Cloud", markup=20)
    cache.clear()
    assert "/alpinecloud/" in Client().get(HOME).text
    assert "/alpinecloud/" not in Client().get("/harborit/").text


def test_who_is_signed_in_is_shown_a_page_of_their_own(alpine, settings):
    assert is_rendered("/")
    member = Client()
    member.force_login(cast.buyer_of(alpine), backend=settings.AUTHENTICATION_BACKENDS[0])
    assert [is_rendered("/", member) for _ in range(2)] == [True, True]


def test_a_message_is_read_by_whom_it_is_for_and_by_nobody_after(alpine):
    """Messages wait in a cookie for the next page, whether or not anybody is signed in there."""
    reader = Client()
    reader.cookies["messages"] = CookieStorage(RequestFactory().get("/"))._encode([Message(INFO, "Welcome back.")])
    assert ["Welcome back." in each.get("/").text for each in (reader, Client(), reader)] == [True, False, False]
