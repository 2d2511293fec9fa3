"""Host and first path segment decide where a request is; nothing of it is left for the next one."""

import re
import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_script_prefix, get_urlconf, reverse

from plans.models import AliasClaim, Storefront
from storefront import tenancy
from tests import cast

pytestmark = pytest.mark.django_db
BSS = "bss.disti.test"


@pytest.fixture
def alpine():
    """A reseller with an open storefront at /alpinecloud/, beside the distributor's own."""
    return cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")


def at(path: str, *, host: str = "testserver", **options):
    return Client(headers={"host": host}, raise_request_exception=False).get(path, **options)


def test_each_window_answers_under_its_own_address(alpine):
    assert "Alpine Cloud" in at("/alpinecloud/").text
    assert "Nordwind" in at("/").text
    assert 'href="/alpinecloud/products/"' in at("/alpinecloud/").text
    assert at("/bss/", host="localhost").headers["Location"].startswith("/bss/login/")


def test_the_shown_address_answers_after_one_redirect(alpine):
    response = at("/alpinecloud", follow=True)
    assert (response.status_code, response.redirect_chain) == (200, [("/alpinecloud/", 302)])
    assert at("/AlpineCloud/products/").headers["Location"] == "/alpinecloud/products/"


def test_a_strange_host_is_nobody(alpine):
    for host in ("evil.test", "testserver.evil.test", "bad host", "a" * 300):
        response = at("/", host=host)
        assert response.status_code == 400, host
        assert "Nordwind" not in response.text


def test_one_host_knows_nothing_of_the_other(alpine, settings):
    settings.BSS_HOST = BSS
    assert at("/plans/", host=BSS).status_code == 404
    assert at("/alpinecloud/", host=BSS).status_code == 404
    assert at("/bss/").status_code == 404
    assert at("/bss/login/", host=BSS).status_code == 200
    assert at("/", host=BSS).headers["Location"] == "/bss/"


def test_the_storefront_of_another_distributor_is_not_here(alpine):
    cast.distributor("Sudlicht", host="sudlicht.test")
    assert at("/alpinecloud/", host="sudlicht.test").status_code == 404
    assert at("/alpinecloud/").status_code == 200


@pytest.mark.parametrize(
    "path", ["//evil.test/", "//alpinecloud/", "/alpinecloud//evil.test", "/%2Fevil.test/", "/\\evil.test/"]
)
def test_no_path_leads_to_another_host(alpine, path):
    response = at(path)
    assert not response.headers.get("Location", "/").startswith(("//", "/\\", "http"))


def test_what_is_reserved_is_never_looked_up(alpine):
    at("/plans/")
    for path in ("/nothing-here/", "/login/", "/support/", "/static/", "/products/"):
        with CaptureQueriesContext(connection) as asked:
            at(path)
        looked_up = [query for query in asked if AliasClaim._meta.db_table in query["sql"] and "nothing-here" in path]
        others = [query for query in asked if AliasClaim._meta.db_table in query["sql"] and "nothing-here" not in path]
        assert (bool(looked_up), others) == ("nothing-here" in path, [])


def test_a_window_costs_no_query_when_it_was_asked_for_lately(alpine, django_assert_num_queries):
    at("/alpinecloud/login/")
    with django_assert_num_queries(0):
        assert at("/alpinecloud/login/").status_code == 200


def test_a_storefront_answers_in_the_moment_in_which_it_opens():
    account = cast.reseller(cast.distributor())
    assert at("/techsolutions/").status_code == 404
    cast.on_plan(account, "free", alias="techsolutions")
    assert at("/techsolutions/").status_code == 200


def test_a_dead_cache_is_only_slower(alpine, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    assert at("/alpinecloud/products/").status_code == 200


def test_a_parked_storefront_says_so_and_keeps_the_customers_side(alpine):
    Storefront.objects.filter(account=alpine).update(
        state="parked", parked_at="2026-11-01T00:00Z", support_email="hi@alpine.example"
    )
    for path in ("/alpinecloud/", "/alpinecloud/products/", "/alpinecloud/admin/"):
        response = at(path)
        assert (response.status_code, response["X-Robots-Tag"]) == (410, "noindex")
        assert "This storefront is closed." in response.text
        assert "hi@alpine.example" in response.text
        assert "Nordwind" not in response.text
    assert at("/alpinecloud/login/").status_code == 200
    assert at("/alpinecloud/portal/").headers["Location"] == "/alpinecloud/login/?next=/alpinecloud/portal/"
    owner = Client()
    owner.force_login(cast.buyer_of(alpine))
    for text in (at("/alpinecloud/login/").text, owner.get("/alpinecloud/portal/").text):
        assert not re.findall(r'href="/alpinecloud/(?:|products/)"', text)


def test_a_suspended_storefront_is_away(alpine):
    Storefront.objects.filter(account=alpine).update(state="suspended")
    for path in ("/alpinecloud/", "/alpinecloud/login/", "/alpinecloud/portal/"):
        response = at(path)
        assert response.status_code == 503
        assert "This storefront is not available at the moment." in response.text
        assert "Nordwind" not in response.text


@pytest.mark.parametrize("guess", [0, None])
def test_whose_a_host_was_last_is_only_a_guess(alpine, guess, monkeypatch):
    monkeypatch.setattr("storefront.windows._operators", {} if guess is None else {"testserver": guess})
    assert [at("/alpinecloud/").status_code for _ in range(3)] == [200] * 3


def test_the_prefix_is_put_back_after_each_request(alpine):
    for path in ("/alpinecloud/", "/alpinecloud/nothing/", "/alpinecloud", "/", "/bss/login/"):
        at(path, host="localhost" if path.startswith("/bss") else "testserver")
        assert (get_script_prefix(), get_urlconf()) == ("/", None), path


def test_the_prefix_is_put_back_when_a_view_breaks(alpine, monkeypatch):
    monkeypatch.setattr("storefront.selling.find", lambda *_: 1 / 0)
    response = at("/alpinecloud/products/")
    assert response.status_code == 500
    assert "Something went wrong" in response.text
    assert (get_script_prefix(), get_urlconf()) == ("/", None)
    assert reverse("catalogue", urlconf="storefront.urls") == "/"


@pytest.mark.django_db(transaction=True)
def test_no_prefix_leaks_between_threads(alpine):
    """Eight threads ask for two windows in turn, many times; each answer is that of its own window."""
    expected = {"/alpinecloud/login/": "/alpinecloud/password/reset/", "/login/": "/password/reset/"}
    wrong: list[str] = []
    barrier = threading.Barrier(8)

    def ask(paths: list[str]) -> None:
        barrier.wait()
        for path in paths * 12:
            text = at(path).text
            if f'href="{expected[path]}"' not in text or get_script_prefix() != "/" or get_urlconf():
                wrong.append(path)
        connection.close()

    both = list(expected)
    threads = [threading.Thread(target=ask, args=(both[number % 2 :] + both[: number % 2],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_guard_out_the_prefix_leaks(alpine, monkeypatch):
    """The twin of the tests above: without the `finally` they would fail."""
    monkeypatch.setattr(tenancy, "set_script_prefix", lambda prefix: prefix == "/" or _keep(prefix))
    at("/alpinecloud/")
    leaked = get_script_prefix()
    _keep("/")
    assert leaked == "/alpinecloud/"


def _keep(prefix: str) -> None:
    from django.urls import set_script_prefix

    set_script_prefix(prefix)
