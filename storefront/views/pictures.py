"""A reseller's pictures, as they were encoded here. They never change, so they may be kept for ever."""

import logging

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from plans.models import Picture
from plans.models.picture import WIDTHS
from reselling import pictures

logger = logging.getLogger(__name__)
A_YEAR = 365 * 24 * 3600
INERT = "sandbox; default-src 'none'"  # whatever a browser makes of it, it may do nothing


@require_safe
def picture(request: HttpRequest, token: str, width: int) -> HttpResponse:
    if width not in WIDTHS or not Picture.objects.filter(pk=token, operator=request.operator).exists():
        raise Http404
    return picture_file(token, width=width)


def picture_file(token: str, *, width: int) -> HttpResponse:
    """The answer once it is clear that this picture may be seen here."""
    try:
        content = pictures.read(token, width=width)
    except Exception as problem:  # noqa: BLE001  each storage has its own words for being away
        logger.error("pictures can't be read", extra={"problem": repr(problem)})
        return HttpResponse(status=503, headers={"Retry-After": "30", "Cache-Control": "no-store"})
    if content is None:
        raise Http404
    headers = {
        "Cache-Control": f"public, max-age={A_YEAR}, immutable",
        "Content-Security-Policy": INERT,
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "inline",
    }
    return HttpResponse(content, content_type="image/webp", headers=headers)


urlpatterns = [path("-/pictures/<slug:token>/<int:width>.webp", picture, name="picture")]
