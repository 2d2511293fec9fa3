"""An outage is a page that says when to try again; anything else stays a fault."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import path

from config.cache import CacheUnreachable


def database_away(request):
    raise OperationalError("terminating connection due to administrator command")


def cache_away(request):
    raise CacheUnreachable


def broken(request):
    raise ZeroDivisionError


urlpatterns = [path("database/", database_away), path("cache/", cache_away), path("broken/", broken)]
handler500 = "config.outages.server_error"


def for_programs(get_response):
    """What tenancy does for addresses of the API."""

    def answered(request):
        request.face = "api"
        return get_response(request)

    return answered


class Breaking:
    """A middleware on the way in can fail as well as a view."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        raise OperationalError("the session store is away")


@pytest.fixture
def guest(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("storefront.")]
    return Client(raise_request_exception=False)


@pytest.mark.django_db
@pytest.mark.parametrize(("page", "status"), [("/database/", 503), ("/cache/", 503), ("/broken/", 500)])
def test_what_is_away_is_503(guest, page, status):
    response = guest.get(page)
    assert response.status_code == status
    assert response.headers.get("Retry-After") == ("5" if status == 503 else None)
    assert b"Traceback" not in response.content
    assert "default-src 'none'" in response["Content-Security-Policy"]


@pytest.mark.django_db
def test_a_program_is_told_in_its_own_way(guest, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE, f"{__name__}.for_programs"]
    response = guest.get("/database/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert (response["Content-Type"], response.json()["code"]) == ("application/problem+json", "unavailable")


def test_wherever_in_the_request_it_struck(guest, settings):
    settings.MIDDLEWARE = [*settings.MIDDLEWARE[:4], f"{__name__}.Breaking"]
    assert guest.get("/database/").status_code == 503


@pytest.mark.parametrize("routes", ["config.urls", "storefront.urls", "storefront.reseller_urls", "bss.urls"])
def test_every_face_answers_an_outage_the_same(routes):
    from importlib import import_module

    assert import_module(routes).handler500 == "config.outages.server_error"
