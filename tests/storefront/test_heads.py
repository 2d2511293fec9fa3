"""What stands at the head of a page and around it: one address, who may keep it, who may find it."""

import re

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db.models import F
from django.test import Client

from plans.models import Account, Product, Storefront, StorefrontText
from reselling.texts import save_text
from tests import cast
from tests.storefront.visits import signed_in

pytestmark = pytest.mark.django_db
PUBLIC = ("", "products/", "products/workplace-suite/", "contact/", "imprint/", "terms/", "privacy/")


@pytest.fixture
def alpine() -> Account:
    operator = cast.distributor()
    cast.product(operator, summary="Mail and files.")
    account = cast.on_plan(cast.reseller(operator, "Alpine Cloud"), "free", alias="alpinecloud")
    return worded(account)


@pytest.fixture
def harbor(alpine) -> Account:
    """Word for word the same storefront, of somebody else."""
    account = cast.on_plan(cast.reseller(alpine.operator, "Harbor IT"), "free", alias="harborit")
    Storefront.objects.filter(account=account).update(name="Alpine Cloud")
    return worded(account)


def worded(account: Account) -> Account:
    for kind in StorefrontText.Kind.values:
        save_text(account.storefront, kind, text=f"Our {kind}.", seen=0, by=None)
    cache.clear()
    return account


def canonical(page) -> list[str]:
    return re.findall(r'<link rel="canonical" href="([^"]+)">', page.text)


def is_left_out(page) -> bool:
    return '<meta name="robots" content="noindex">' in page.text or page.headers.get("X-Robots-Tag") == "noindex"


# --- One address, found or not ---


@pytest.mark.parametrize("path", PUBLIC)
def test_a_public_page_has_one_address(alpine, path):
    for query in ("", "?utm_source=letter"):
        page = Client().get(f"/alpinecloud/{path}{query}")
        assert canonical(page) == [f"http://testserver/alpinecloud/{path}"]
        assert not is_left_out(page)
        assert len(re.findall("<title>[^<]+</title>", page.text)) == 1


def test_titles_tell_pages_apart(alpine):
    titles = [re.search("<title>([^<]+)<", Client().get(f"/alpinecloud/{path}").text)[1] for path in PUBLIC]
    assert len(set(titles)) == len(PUBLIC)
    assert all("Alpine Cloud" in title for title in titles)


def test_search_engines_are_told_what_a_page_is_about(alpine):
    page = Client().get("/alpinecloud/imprint/").text
    assert re.findall('<meta name="description" content="([^"]*)">', page) == ["Our imprint."]


def test_rooms_and_chosen_lists_are_left_out(alpine):
    owner = signed_in(cast.buyer_of(alpine))
    for path in ("login/", "password/reset/", "products/?q=mail", "products/?after=1.a", "nothing/"):
        page = Client().get(f"/alpinecloud/{path}")
        assert is_left_out(page) and not canonical(page), path
    for path in ("admin/", "admin/texts/", "admin/settings/", "admin/activity/", "portal/", "notifications/"):
        page = owner.get(f"/alpinecloud/{path}")
        assert page.status_code == 200
        assert is_left_out(page) and not canonical(page), path
    for path in ("/basket/", "/checkout/", "/orders/", "/notifications/"):
        page = owner.get(path, follow=True)
        assert is_left_out(page) and not canonical(page), path
    for path in ("/", "/plans/", "/products/workplace-suite/"):
        assert canonical(Client().get(path)) == [f"http://testserver{path}"]


def test_every_host_says_what_robots_leave_alone(alpine, settings):
    answer = Client().get("/robots.txt")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert {"User-agent: *", "Disallow: /basket/", "Disallow: /*/admin/", "Disallow: /*/portal/"} <= set(
        answer.text.splitlines()
    )
    assert "alpinecloud" not in answer.text  # nobody learns from here who has a storefront
    settings.BSS_HOST = "bss.test"
    answer = Client(headers={"host": "bss.test"}).get("/robots.txt")
    assert answer.text == "User-agent: *\nDisallow: /\n"
    assert Client(headers={"host": "evil.test"}).get("/robots.txt").status_code == 400


# --- Who may keep it ---


@pytest.mark.parametrize("path", PUBLIC)
def test_a_page_that_did_not_change_is_not_sent_again(alpine, path):
    client = Client()
    first = client.get(f"/alpinecloud/{path}")
    again = client.get(f"/alpinecloud/{path}", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    for answer in (first, again):
        assert answer["Cache-Control"] == "private, no-cache"
        assert "Cookie" in answer["Vary"]


@pytest.mark.parametrize("path", PUBLIC)
def test_who_keeps_no_cookies_is_told_that_nothing_changed(alpine, path):
    """As search engines do: each request is that of a new client."""
    held = Client().get(f"/alpinecloud/{path}")["ETag"]
    for tag in (held, f"W/{held}", f'"other", {held}'):
        again = Client().get(f"/alpinecloud/{path}", headers={"If-None-Match": tag})
        assert (again.status_code, again.content, again["ETag"]) == (304, b"", held)
        assert not again.cookies and "Content-Security-Policy" not in again
    for tag in ("*", held[:10], f'"{held[26:]}', f'"{"0" * 24}{held[25:]}'):
        assert Client().get(f"/alpinecloud/{path}", headers={"If-None-Match": tag}).status_code == 200, tag
    Storefront.objects.filter(account=alpine).update(tagline="Said anew.", version=F("version") + 1)
    cache.clear()
    assert Client().get(f"/alpinecloud/{path}", headers={"If-None-Match": held}).status_code == 200


@pytest.mark.parametrize("sent", [{"Sec-Fetch-Mode": "navigate"}, {"Cache-Control": "max-age=0"}])
def test_a_browser_that_lost_its_cookies_gets_a_page_whose_forms_it_can_send(alpine, sent):
    held = Client().get("/alpinecloud/")["ETag"]
    browser = Client(enforce_csrf_checks=True)
    page = browser.get("/alpinecloud/", headers={"If-None-Match": held, **sent})
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)[1]
    form = {"csrfmiddlewaretoken": token, "theme": "dark", "next": "/alpinecloud/"}
    assert browser.post("/alpinecloud/theme/", form).status_code == 302


def test_a_page_with_the_token_of_another_cookie_is_not_held(alpine):
    """Not for who has a cookie of their own, whatever else it is, and whether or not it is a browser."""
    held, other = Client().get("/alpinecloud/")["ETag"], Client()
    other.get("/alpinecloud/")
    elsewhere = Client()
    elsewhere.cookies["of-another-application"] = "1"
    for reader in (other, elsewhere):
        assert reader.get("/alpinecloud/", headers={"If-None-Match": held}).status_code == 200


@pytest.mark.parametrize("path", PUBLIC)
def test_what_is_held_of_one_alias_never_stands_for_another(alpine, harbor, path):
    client = Client()
    held = client.get(f"/alpinecloud/{path}")["ETag"]
    for reader in (client, Client()):
        other = reader.get(f"/harborit/{path}", headers={"If-None-Match": held})
        assert other.status_code == 200
        assert other["ETag"] != held


def test_a_changed_text_is_a_new_page_and_only_that(alpine, harbor, django_capture_on_commit_callbacks):
    client = Client()
    paths = ("/alpinecloud/imprint/", "/alpinecloud/terms/", "/harborit/imprint/")
    before = [client.get(path)["ETag"] for path in paths]
    with django_capture_on_commit_callbacks(execute=True):
        save_text(alpine.storefront, "imprint", text="Elsewhere.", seen=1, by=None)
    after = [client.get(path, headers={"If-None-Match": tag}) for path, tag in zip(paths, before, strict=True)]
    assert [answer.status_code for answer in after] == [200, 304, 304]
    assert after[0]["ETag"] != before[0]


def test_a_text_that_goes_changes_the_foot_of_every_page(alpine, django_capture_on_commit_callbacks):
    client = Client()
    held = client.get("/alpinecloud/products/")["ETag"]
    with django_capture_on_commit_callbacks(execute=True):
        save_text(alpine.storefront, "privacy", text="", seen=1, by=None)
    page = client.get("/alpinecloud/products/", headers={"If-None-Match": held})
    assert page.status_code == 200
    assert "/alpinecloud/privacy/" not in page.text


def test_no_cache_keeps_the_page_of_somebody_signed_in(alpine):
    customer = signed_in(cast.buyer_of(cast.customer(alpine)))
    stale = Client()
    stale.cookies[settings.SESSION_COOKIE_NAME] = "of-yesterday"
    for path in (*PUBLIC, "portal/", "notifications/"):
        page = customer.get(f"/alpinecloud/{path}", headers={"If-None-Match": "*"})
        assert (page.status_code, page["Cache-Control"]) == (200, "no-store"), path
        assert "Cookie" in page["Vary"]
        assert "ETag" not in page
    for path in PUBLIC:
        page = stale.get(f"/alpinecloud/{path}")
        assert page["Cache-Control"] == "private, no-cache"
        assert "Cookie" in page["Vary"]


def test_a_changed_product_is_a_new_page_on_each_alias(alpine, harbor):
    client = Client()
    paths = ("/alpinecloud/products/workplace-suite/", "/harborit/products/workplace-suite/")
    before = [client.get(path)["ETag"] for path in paths]
    Product.objects.filter(slug="workplace-suite").update(summary="Other words.", version=2)
    for path, tag in zip(paths, before, strict=True):
        assert client.get(path, headers={"If-None-Match": tag}).status_code == 200
