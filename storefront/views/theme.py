"""Light or dark, and the stylesheet with a storefront's colours."""

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import get_script_prefix, path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from reselling.colours import COLOUR

from .. import theme

A_YEAR = 365 * 24 * 3600


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Keeps light or dark in a cookie and goes back to the page that asked."""
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=settings.HTTPS):
        back = get_script_prefix()
    response = HttpResponseRedirect(back)
    choice = request.POST.get("theme", "")
    if choice in theme.CHOICES:
        response.set_cookie(theme.COOKIE, choice, max_age=A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response


@require_safe
def theme_css(request: HttpRequest, storefront_id: int, version: int) -> HttpResponse:
    """The storefront's four colours. A version never changes, so its stylesheet may be kept for ever."""
    shown = request.storefront
    if shown.pk != storefront_id:
        raise Http404
    response = HttpResponse(theme.stylesheet(shown.brand_colour), content_type="text/css; charset=utf-8")
    is_this = shown.version == version
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_this else "no-cache"
    return response


@require_safe
def colour_css(request: HttpRequest, colour: str) -> HttpResponse:
    """The colours that a brand colour would give, for what wears its class: a preview beside the page's own colours."""
    brand = f"#{colour}"
    if not COLOUR.fullmatch(brand):
        raise Http404
    css = theme.stylesheet(brand, of=f".{theme.swatch(brand)}")
    response = HttpResponse(css, content_type="text/css; charset=utf-8")
    response["Cache-Control"] = f"public, max-age={A_YEAR}, immutable"
    return response


urlpatterns = [
    path("theme/", choose_theme, name="theme"),
    path("-/theme/<int:storefront_id>/<int:version>.css", theme_css, name="theme_css"),
    path("-/theme/colour/<slug:colour>.css", colour_css, name="colour_css"),
]
