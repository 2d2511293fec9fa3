"""Light or dark: kept in the cookie that the storefront keeps it in, too."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_POST

from .employers import own_page

COOKIE = "theme"
CHOICES = ("light", "dark")
A_YEAR = 365 * 24 * 3600


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(own_page(request, request.POST.get("next", "")))
    choice = request.POST.get("theme", "")
    if choice in CHOICES:
        response.set_cookie(COOKIE, choice, max_age=A_YEAR, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response
