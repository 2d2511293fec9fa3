"""Which shop window a request is for: host, then first path segment. Decided once, before anything else looks.

Sets `request.operator`, `request.storefront`, `request.face` ("store", "reseller", "bss" or "api"), `request.urlconf`
and the script prefix, so that `reverse()` gives /basket/, /techsolutions/products/ or /bss/orders/ without being told
where it is. The prefix belongs to a thread, not to a request: it is put back when the request ends, whatever
happened in it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, HttpResponseRedirect
from django.shortcuts import render
from django.urls import get_script_prefix, reverse, set_script_prefix, set_urlconf
from django.utils.encoding import escape_uri_path, iri_to_uri

from plans import aliases, renaming
from plans.models import Operator, Storefront
from reselling import previews
from reselling.prices import Pricing

from . import closed, windows

URLCONFS = {
    "store": "storefront.urls",
    "reseller": "storefront.reseller_urls",
    "bss": "bss.urls",
    "api": "api.urls",
}
# What a preview before buying shows; whatever else it links to says that it is one, and does nothing.
SHOWN_IN_PREVIEW = frozenset({"home", "products", "product", "theme", "theme_css", "picture"})
PREVIEW = "preview"
FOR_WHO_HAS_THE_LINK = {"X-Robots-Tag": "noindex", "Cache-Control": "private, no-cache"}
LONGEST_HOST = 253  # RFC 1035


@dataclass(frozen=True)
class Place:
    """Where a request has arrived: the face, the first path segment that is part of the address, and whose it is."""

    face: str
    segment: str = ""
    operator: Operator | None = None
    storefront: Storefront | None = None
    credit: str = ""  # the distributor's name where a reseller's plan has it in the footer
    has_terms: bool = False
    texts: tuple[str, ...] = ()  # the kinds of the pages that a reseller has in its own words
    pricing: Pricing | None = None  # how the reseller prices
    is_preview: bool = False  # of a storefront that is not bought yet


@dataclass(frozen=True)
class Elsewhere:
    """The path that should have been asked for. `has_moved`: the other was right until a renaming."""

    path: str
    has_moved: bool = False


class TenancyMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.face, request.operator, request.storefront = "", None, None
        request.is_preview = False
        try:
            host = request.get_host().partition(":")[0].lower().rstrip(".")
        except DisallowedHost:
            return render(request, "400.html", status=400)
        request.is_bss_host = host == settings.BSS_HOST
        answer = find_place(host, request.path_info)
        if isinstance(answer, HttpResponse):
            return answer
        if isinstance(answer, Elsewhere):
            return _lead_on(request, answer)
        if answer is None:
            # Only the host of the BSS has places that are nowhere; any other host is a stranger.
            status = 404 if host == settings.BSS_HOST else 400
            return render(request, f"{status}.html", status=status)
        return self._answer_at(answer, request)

    def _answer_at(self, place: Place, request: HttpRequest) -> HttpResponse:
        request.face, request.operator, request.storefront = place.face, place.operator, place.storefront
        is_live = place.face == "reseller" and not place.is_preview
        request.alias, request.credit = (place.segment if is_live else ""), place.credit
        request.is_preview = place.is_preview
        request.has_terms, request.texts, request.pricing = place.has_terms, place.texts, place.pricing
        request.urlconf = URLCONFS[place.face]
        if place.storefront is not None:
            place.storefront.operator = place.operator
        before = get_script_prefix()
        if place.segment:
            request.path_info = request.path_info[len(place.segment) + 1 :]
            set_script_prefix(f"{before}{place.segment}/")
        set_urlconf(request.urlconf)
        try:
            response = self.get_response(request)
        finally:
            set_script_prefix(before)
            set_urlconf(None)
        if place.is_preview:
            for name, value in FOR_WHO_HAS_THE_LINK.items():
                response.headers.setdefault(name, value)
        return response

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """A parked storefront says that it is closed, a suspended one that it is away; both by its reseller's name."""
        if request.is_preview:
            return _preview_only(request)
        return closed.answer(request) if request.face == "reseller" else None


def _preview_only(request: HttpRequest) -> HttpResponse | None:
    """None for a page that a preview shows."""
    if request.resolver_match.url_name in SHOWN_IN_PREVIEW:
        return None
    return render(request, "storefront/previewed.html", {"stay": reverse("home")})


def _lead_on(request: HttpRequest, there: Elsewhere) -> HttpResponse:
    """With whatever was asked for. From a former alias, what was typed into a form that was open comes along, too."""
    query = request.META.get("QUERY_STRING", "")
    address = escape_uri_path(there.path) + (f"?{iri_to_uri(query)}" if query else "")
    if not there.has_moved:
        return HttpResponseRedirect(address)
    is_read = request.method in ("GET", "HEAD")
    response = HttpResponsePermanentRedirect(address, preserve_request=not is_read)
    response["Cache-Control"] = "no-cache"  # it leads elsewhere after the next renaming, and nowhere in the end
    return response


def find_place(host: str, path: str) -> Place | Elsewhere | HttpResponse | None:
    """The place that a host and a path mean, or the path that was meant; None where there is none."""
    segment = path.removeprefix("/").partition("/")[0]
    if host == settings.BSS_HOST and segment == "bss":
        return _slashed(path, segment) or Place("bss", segment)
    alias = segment.lower() if aliases.SHAPE.match(segment.lower()) else ""
    window = windows.of_host(host, alias=alias) if len(host) <= LONGEST_HOST else None
    if segment == "api" and (window or host == settings.BSS_HOST):
        whose = (window.operator, window.storefront) if window else (None, None)
        return _slashed(path, segment) or Place("api", segment, *whose)
    if window is None:
        return _nowhere(path) if host == settings.BSS_HOST else None
    if segment == PREVIEW:
        return _previewed(window, path) or _store(window)
    if not alias:
        return _store(window)
    return _reseller(window, segment, path) or _store(window)


def _nowhere(path: str) -> HttpResponse | None:
    """What the host of the BSS has outside of it."""
    if path == "/robots.txt":
        return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")
    return HttpResponseRedirect("/bss/") if path == "/" else None


def _store(window: windows.Window) -> Place:
    return Place("store", "", window.operator, window.storefront, has_terms=window.has_terms)


def _previewed(window: windows.Window, path: str) -> Place | Elsewhere | None:
    """A storefront that is not bought yet, behind a link that was signed here."""
    token = path.split("/")[2] if path.count("/") > 1 else ""
    draft = previews.draft_behind(token, operator=window.operator) if token else None
    if draft is None:
        return None
    segment, shown = f"{PREVIEW}/{token}", previews.storefront_of(draft)
    pricing = previews.pricing_of(draft)
    return _slashed(path, segment) or Place(
        "reseller", segment, window.operator, shown, pricing=pricing, is_preview=True
    )


def _reseller(window: windows.Window, segment: str, path: str) -> Place | Elsewhere | None:
    """The reseller's storefront under an alias. What is reserved is the platform's and is never looked up."""
    alias = segment.lower()
    if alias in aliases.reserved_words(window.operator):
        return None
    found, rest = windows.of_alias(window, alias), path[len(segment) + 1 :] or "/"
    if found is None:
        present = renaming.alias_now(alias, operator_id=window.operator.pk)
        return Elsewhere(f"/{present}{rest}", has_moved=True) if present else None
    if alias != segment:
        return Elsewhere(f"/{alias}{rest}")
    return _slashed(path, segment) or Place(
        "reseller",
        segment,
        window.operator,
        found.storefront,
        "" if found.is_unbranded else window.operator.short_name,
        texts=tuple(found.texts),
        pricing=found.pricing,
    )


def _slashed(path: str, segment: str) -> Elsewhere | None:
    return Elsewhere(f"/{segment}/") if path == f"/{segment}" else None
