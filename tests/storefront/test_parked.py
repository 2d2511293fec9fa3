"""A storefront whose plan has ended: closed to visitors, read by its customers, and its manager learns the way."""

import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from plans import periods
from plans.models import Account, AliasClaim, Storefront
from storefront.panel.urls import urlpatterns as panel_routes
from storefront.portal import READABLE_WHEN_PARKED
from storefront.portal.urls import urlpatterns as portal_routes
from tests import cast
from tests.storefront.going_down import down_to, parked
from tests.storefront.visits import signed_in, words

pytestmark = pytest.mark.django_db
CLOSED = "This storefront is closed."


@pytest.fixture
def alpine() -> Account:
    account = cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")
    Storefront.objects.filter(account=account).update(support_email="hi@alpine.example", support_phone="+49 8821 1")
    return account


@pytest.fixture
def millbrook(alpine) -> Account:
    return cast.customer(alpine)


@pytest.fixture
def closed(alpine, millbrook) -> Account:
    return parked(alpine)


def paths(routes: list, *, below: str, customer: Account) -> dict[str, str]:
    """Name of the route -> a path of it, with what it asks for filled in."""
    found = {}
    for route in routes:
        if hasattr(route, "url_patterns"):
            found |= paths(route.url_patterns, below=below + str(route.pattern), customer=customer)
            continue
        path = below + str(route.pattern)
        number, pk = customer.number, customer.contacts.get().pk
        for asked, value in {"slug:number": number, "int:pk": pk, "slug:slug": "x", "slug:kind": "imprint"}.items():
            path = path.replace(f"<{asked}>", str(value))
        found[route.name] = path
    return found


def test_no_page_that_a_browser_kept_stays_open(alpine, django_capture_on_commit_callbacks):
    """From the cache it is let go of with the order; a browser that asks whether its page still holds gets 410."""
    client = Client()
    client.get("/alpinecloud/")
    page = client.get("/alpinecloud/")
    held = {"If-None-Match": page["ETag"]}
    assert client.get("/alpinecloud/", headers=held).status_code == 304
    with django_capture_on_commit_callbacks(execute=True):
        parked(alpine)
    answer = client.get("/alpinecloud/", headers=held)
    assert answer.status_code == 410 and "ETag" not in answer
    assert answer["Cache-Control"] == "private, no-cache"
    with django_capture_on_commit_callbacks(execute=True):
        cast.on_plan(alpine, "free", alias="alpinecloud")
    assert client.get("/alpinecloud/").status_code == 200


def test_visitors_read_who_it_was_and_how_to_reach_them(closed):
    for path in ("", "products/", "products/x/", "imprint/", "admin/", "admin/branding/", "portal/profile/"):
        answer = Client().get(f"/alpinecloud/{path}")
        assert (answer.status_code, answer["X-Robots-Tag"]) == (410, "noindex"), path
        told = words(answer)
        assert CLOSED in told and "Alpine Cloud: hi@alpine.example +49 8821 1" in told
        assert '<meta name="robots" content="noindex">' in answer.text and "Nordwind" not in answer.text


def test_of_the_portal_what_is_readable_answers_and_nothing_is_written(closed, millbrook):
    buyer = signed_in(cast.buyer_of(millbrook))
    subscription = cast.subscribed(millbrook, cast.product(closed.operator))
    found = paths(portal_routes, below="/alpinecloud/portal/", customer=millbrook)
    found["portal_subscriptions_one"] = f"/alpinecloud/portal/subscriptions/{subscription.number}/"
    assert set(found) > READABLE_WHEN_PARKED
    for name, path in found.items():
        answer, sent = buyer.get(path), buyer.post(path, {"name": "Other"})
        if name in READABLE_WHEN_PARKED:
            assert (answer.status_code, sent.status_code) == (200, 405), name
            assert "Nordwind" not in answer.text and "noindex" in answer.text
            links = re.findall(r'href="(/alpinecloud/[^"]*)"', answer.text)
            dead = {link for link in links if buyer.get(link).status_code != 200}
            assert dead == set(), name
        else:
            assert (answer.status_code, sent.status_code) == (410, 410), name
    assert millbrook.contacts.get().name == "Jonas Brandt"


def test_its_manager_reads_in_every_room_what_is_kept_and_how_it_comes_back(closed, millbrook):
    owner = signed_in(cast.buyer_of(closed))
    last = periods.today(closed.operator) + timedelta(days=90)
    for name, path in paths(panel_routes, below="/alpinecloud/admin/", customer=millbrook).items():
        for answer in (owner.get(path), owner.post(path, {"reason": "x"})):
            assert answer.status_code == 410, name
            told = words(answer)
            assert f"Your plan ended on {periods.today(closed.operator):%-d %b %Y}." in told
            assert f"http://testserver/alpinecloud Kept for you until {last:%-d %b %Y}." in told
            assert 'href="http://testserver/plans/">See Reseller Plans</a>' in answer.text
    millbrook.refresh_from_db()
    assert millbrook.state == "active"


def test_signing_in_leads_its_manager_there_and_others_to_the_portal(closed, millbrook):
    viewer = cast.person(closed, "viewer@alpine.example", roles=("viewer",)).user
    for user, place in {
        cast.buyer_of(closed): "/alpinecloud/admin/",
        viewer: "/alpinecloud/portal/",
        cast.buyer_of(millbrook): "/alpinecloud/portal/",
    }.items():
        answer = Client().post("/alpinecloud/login/", {"login": user.email, "password": cast.PASSWORD})
        assert answer["Location"] == place, user
    told = words(signed_in(viewer).get("/alpinecloud/portal/"))
    assert "Your plan has ended" in told and "How your storefront comes back" not in told
    assert "How your storefront comes back" in words(signed_in(cast.buyer_of(closed)).get("/alpinecloud/portal/"))
    assert CLOSED in words(signed_in(viewer).get("/alpinecloud/admin/"))


def test_the_icon_leads_to_the_plans_again(closed):
    owner = signed_in(cast.buyer_of(closed))
    assert owner.get("/storefront/")["Location"] == "/plans/"


def test_a_smaller_plan_with_a_storefront_parks_nothing(alpine):
    account = cast.on_plan(alpine, "standard", alias=None)
    down_to(account, "free")
    assert Client().get("/alpinecloud/").status_code == 200


def test_who_takes_the_alias_after_the_quarantine_is_who_stands_there(closed, millbrook):
    """With it the closed portal ends; nothing of the former reseller shows, whoever asks."""
    former = {None: Client(), "owner": signed_in(cast.buyer_of(closed)), "buyer": signed_in(cast.buyer_of(millbrook))}
    over = timezone.now() - timedelta(seconds=1)
    AliasClaim.objects.filter(alias="alpinecloud").update(quarantined_until=over)
    assert Client().get("/alpinecloud/").status_code == 410  # until somebody takes it
    harbor = cast.on_plan(cast.reseller(closed.operator, "Harbor IT"), "free", alias="alpinecloud")
    for who, client in former.items():
        for path in ("", "products/", "login/", "portal/", "portal/subscriptions/", "admin/", "notifications/"):
            answer = client.get(f"/alpinecloud/{path}", follow=True)
            assert answer.status_code == 200 and "Harbor IT" in answer.text, (who, path)
            assert "Alpine Cloud" not in answer.text and "hi@alpine.example" not in answer.text, (who, path)
            assert "Millbrook" not in answer.text and not answer.request["PATH_INFO"].endswith("admin/")
    window = Storefront.objects.get(account=closed)
    assert (window.state, window.claim) == ("parked", None)
    assert Client().get(f"/alpinecloud/-/theme/{window.pk}/{window.version}.css").status_code == 404
    staff = Client()
    staff.force_login(cast.staff(harbor.operator).user, backend=settings.AUTHENTICATION_BACKENDS[0])
    tab = words(staff.get(f"/bss/accounts/{closed.number}/storefront/", headers={"host": settings.BSS_HOST}))
    assert "None: its alias has been given to another account." in tab
