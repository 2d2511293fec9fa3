"""Contact, imprint, terms, privacy: a reseller's storefront in its own words. A page that nobody wrote is not there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from plans.models import StorefrontText

from ..revalidation import page


@require_safe
def text(request: HttpRequest, kind: str) -> HttpResponse:
    shown = StorefrontText.objects.filter(storefront=request.storefront, kind=kind).exclude(text="").first()
    if shown is None:
        raise Http404
    return page(request, "storefront/text.html", {"shown": shown}, shows=[shown])


urlpatterns = [path(f"{kind}/", text, {"kind": kind}, name=kind) for kind in StorefrontText.Kind.values]
