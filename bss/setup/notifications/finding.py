"""The template that an address names, and the language of its words."""

from django.http import Http404, HttpRequest
from django.urls import reverse

from notifications.catalogue import CATALOGUE
from notifications.editing import template_of
from notifications.languages import ENGLISH, languages
from notifications.models import NotificationTemplate


def template_or_404(request: HttpRequest, entity: str, code: str) -> NotificationTemplate:
    """The operator's row, or the starter words not saved yet. 404 where no letter has this code and entity."""
    if code not in CATALOGUE or CATALOGUE[code].entity != entity:
        raise Http404
    return template_of(code, operator=request.operator)


def language_or_404(request: HttpRequest) -> str:
    """The language of the words that are shown or sent; English where nothing says so."""
    language = request.POST.get("language") or request.GET.get("language") or ENGLISH
    if language not in languages():
        raise Http404
    return language


def editor_of(template: NotificationTemplate, language: str) -> str:
    """Where its words in this language are edited."""
    address = reverse("letter_template", args=[template.entity, template.code])
    return address if language == ENGLISH else f"{address}?language={language}"
