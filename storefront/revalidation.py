"""Pages for who is not signed in: a browser that has one asks whether it still holds, and is told so without a page.

The answer is made of what the page shows, as it was just read, not of the page: rendering is what costs.
"""

from functools import lru_cache, partial
from hashlib import sha256
from pathlib import Path

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags, quote_etag

from . import rendering_once, theme

# What stands around every page. Times are left out: from the cache they come back less exact than from the database.
OF_SHOP = ("pk", "version", "state", "name", "tagline", "support_email", "support_phone")
ADDRESSED = {settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name}  # with one of them a page is for one reader
OF_BROWSERS = {"HTTP_SEC_FETCH_MODE", "HTTP_CACHE_CONTROL"}
OF_OPERATOR = ("pk", "version", "name", "short_name", "tax_name", "support_email")


def page(
    request: HttpRequest, template: str, context: dict, *, shows: list, is_one_of_few: bool | None = None
) -> HttpResponse:
    """Like `render`. `shows` is what the page shows of the database beside its storefront: rows, plain values.

    `is_one_of_few`: whether its address is one of so many as there are things to show, so that the page may be kept on
    the server. By default that is any address at which nothing is asked.
    """
    if not ADDRESSED.isdisjoint(request.COOKIES):
        return render(request, template, context)
    shown = _digest(request, shows)
    if held := _still_held(request, shown):
        response = HttpResponseNotModified()
        response["ETag"] = held
    else:
        is_kept = not request.META["QUERY_STRING"] if is_one_of_few is None else is_one_of_few
        answer = partial(rendering_once.answer, shown=shown) if is_kept else render
        response = answer(request, template, context)
        response["ETag"] = _etag(shown, csrf=request.META.get("CSRF_COOKIE", ""))
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ["Cookie"])
    return response


def _still_held(request: HttpRequest, shown: str) -> str:
    """The ETag of the page that the visitor has, if that is the page that is shown now."""
    given = [each.removeprefix("W/") for each in parse_etags(request.headers.get("If-None-Match", ""))]
    known = request.COOKIES.get(settings.CSRF_COOKIE_NAME, "")
    if known:
        held = _etag(shown, csrf=known)
        return held if held in given else ""
    if not _keeps_no_cookies(request):
        return ""
    of_anybody = _etag(shown, csrf="").partition(".")[0] + "."
    return next((each for each in given if each.startswith(of_anybody)), "")


def _keeps_no_cookies(request: HttpRequest) -> bool:
    """A search engine or a program. A browser that lost its cookies gets a page whose forms it can send; so does
    everybody who reloads."""
    return not request.COOKIES and OF_BROWSERS.isdisjoint(request.META)


def _etag(shown: str, *, csrf: str) -> str:
    """What is shown, and whose cookie answers for the forms of the page."""
    return quote_etag(".".join(sha256(part.encode()).hexdigest()[:24] for part in (shown, shown + csrf)))


def _digest(request: HttpRequest, shows: list) -> str:
    """Of all that may differ between two pages, but for whose they are."""
    shop, operator = request.storefront, request.operator
    whole = (
        _release(),
        request.get_host(),
        request.get_full_path(),
        theme.chosen(request),
        theme.this_year(),
        request.credit,
        request.has_terms,
        request.texts,
        [getattr(shop, name) for name in OF_SHOP],
        [getattr(operator, name) for name in OF_OPERATOR],
        [_facts(each) for each in shows],
    )
    return sha256(repr(whole).encode()).hexdigest()


def _facts(shown: object) -> object:
    """A row's columns, as far as they were read here; anything else as it is."""
    if not isinstance(shown, Model):
        return shown
    read = shown.__dict__
    return [read[field.attname] for field in shown._meta.concrete_fields if field.attname in read]


@lru_cache(maxsize=1)
def _release() -> float:
    """Changes when the templates or the stylesheet do. Read once: a release starts new processes."""
    roots = [*settings.TEMPLATES[0]["DIRS"], *settings.STATICFILES_DIRS]
    return max(file.stat().st_mtime for root in roots for file in Path(root).rglob("*.*"))
