"""Headers of every answer, whatever it is and whoever gave it."""

import re

import pytest
from django.http import HttpResponse, HttpResponseNotModified
from django.test import RequestFactory

from config.headers import ContentSecurityPolicyMiddleware, RequestIdMiddleware
from notifications.request_id import current_request_id

POLICY = {
    "default-src 'none'",
    "style-src 'self'",
    "img-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "manifest-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "worker-src 'none'",
}


def directives(response) -> set[str]:
    return {part.strip() for part in response["Content-Security-Policy"].split(";")}


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/static/ui.css", "/nothing/here/"])
def test_policy_and_id_are_on_everything(client, path):
    response = client.get(path)
    assert directives(response) >= POLICY
    assert re.fullmatch(r"[0-9a-f]{32}", response["X-Request-ID"])
    assert response.headers.get("Access-Control-Allow-Origin") is None


def test_a_page_that_uses_its_nonce_finds_it_in_the_policy():
    page = ContentSecurityPolicyMiddleware(lambda request: HttpResponse(str(request.csp_nonce)))
    response = page(RequestFactory().get("/"))
    scripts = next(part for part in directives(response) if part.startswith("script-src"))
    assert set(scripts.split()[1:]) == {"'strict-dynamic'", f"'nonce-{response.content.decode()}'"}
    assert "unsafe" not in response["Content-Security-Policy"]


def test_a_304_brings_no_policy_that_would_forbid_the_stored_page():
    page = ContentSecurityPolicyMiddleware(lambda request: HttpResponseNotModified())
    assert "Content-Security-Policy" not in page(RequestFactory().get("/"))


@pytest.mark.parametrize(
    ("proxies", "given", "believed"),
    [
        (1, "abcdefgh-1234", True),
        (0, "abcdefgh-1234", False),  # no proxy of ours in front: anybody can write that header
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "two\r\nlines-and-more", False),
        (1, 'log"injection"}', False),
    ],
)
def test_an_id_is_believed_behind_our_proxy_and_in_our_shape(settings, proxies, given, believed):
    settings.TRUSTED_PROXY_COUNT = proxies
    seen = []

    def view(request):
        seen.append(current_request_id())
        return HttpResponse()

    response = RequestIdMiddleware(view)(RequestFactory().get("/", headers={"X-Request-ID": given}))
    assert (response["X-Request-ID"] == given) is believed
    assert seen == [response["X-Request-ID"]]
    assert current_request_id() == ""


@pytest.mark.django_db
def test_pages_of_somebody_signed_in_are_not_stored(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("somebody@example.com", "a-long-password"))
    from config.headers import PageHeadersMiddleware

    request = RequestFactory().get("/")
    request.session = client.session

    def knows_who_asks(request):
        return HttpResponse(request.session["_auth_user_id"])

    response = PageHeadersMiddleware(knows_who_asks)(request)
    assert response["Cache-Control"] == "no-store"
    assert "Cookie" in response["Vary"]
    assert "camera=()" in response["Permissions-Policy"]
    request.session = type(client.session)(client.session.session_key)
    stranger = PageHeadersMiddleware(lambda request: HttpResponse("the same for all"))(request)
    assert stranger["Cache-Control"] == "private, no-cache"
