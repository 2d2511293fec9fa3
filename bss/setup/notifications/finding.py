"""The template that an address names."""

from django.http import Http404, HttpRequest

from notifications.catalogue import CATALOGUE
from notifications.editing import template_of
from notifications.models import NotificationTemplate


def template_or_404(request: HttpRequest, entity: str, code: str) -> NotificationTemplate:
    """The operator's row, or the starter words not saved yet. 404 where no letter has this code and entity."""
    if code not in CATALOGUE or CATALOGUE[code].entity != entity:
        raise Http404
    return template_of(code, operator=request.operator)
