"""A template's history: what it said, who changed it when, and the way back to it."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from bss.permissions import ReadByStaff
from notifications.editing import DraftRefused, words_of
from notifications.keeping import MOST_SHOWN, versions_of, words_of_version
from notifications.languages import languages
from notifications.models import NotificationTemplate, TemplateVersion
from plans.refusals import Refused
from plans.wording import bring_back, history_of

from .finding import editor_of, template_or_404
from .forms import seen_in

CANNOT = "These words have a problem by now: {}"


@dataclass(frozen=True)
class Past:
    """A line of the history. Without an address there are no words to read: it is older than they are kept."""

    text: str
    by: str
    at: datetime
    address: str = ""


def past_of(template: NotificationTemplate) -> list[Past]:
    """Newest first. What was saved before versions were kept is told by who and when alone."""
    versions = versions_of(template)
    first_kept = min((version.saved_at for version in versions if version.changed), default=None)
    older = [Past(each.text, each.actor_name, each.at) for each in history_of(template, before=first_kept)]
    return ([_line(version, template) for version in versions] + older)[:MOST_SHOWN]


def _line(version: TemplateVersion, template: NotificationTemplate) -> Past:
    where = languages().get(version.language, version.language)
    address = reverse(
        "letter_template_version", args=[template.entity, template.code, version.language, version.number]
    )
    what = version.changed or "before the first change"
    return Past(f"Version {version.number}, {where}: {what}", str(version.saved_by or ""), version.saved_at, address)


class Version(ReadByStaff, View):
    """The words of a version. POST brings them back, as a new version."""

    changing = "notifications"

    def get(self, request: HttpRequest, entity: str, code: str, language: str, version: int) -> HttpResponse:
        template = template_or_404(request, entity, code)
        return self.show(template, self.found(template, language, version))

    def post(self, request: HttpRequest, entity: str, code: str, language: str, version: int) -> HttpResponse:
        template = template_or_404(request, entity, code)
        found = self.found(template, language, version)
        try:
            changed = bring_back(found, seen=seen_in(request.POST), by=request.user)
        except DraftRefused as refused:
            return self.show(template, found, problem=CANNOT.format(_sentences(refused)), status=422)
        except Refused as refusal:
            return self.show(template, found, conflict=refusal, status=422)
        messages.success(request, f"Version {version} is back." if changed else "Nothing was changed.")
        return HttpResponseRedirect(editor_of(template, language))

    def found(self, template: NotificationTemplate, language: str, number: int) -> TemplateVersion:
        versions = TemplateVersion.objects.select_related("template__operator", "saved_by")
        return get_object_or_404(versions, template=template.pk, language=language, number=number)

    def show(self, template, version: TemplateVersion, *, conflict=None, problem="", status: int = 200) -> HttpResponse:
        line, words = _line(version, template), words_of_version(version)
        context = {
            "template": template,
            "version": version,
            "line": line,
            "is_now": words == words_of(template, version.language),
            "conflict": conflict,
            "problem": problem,
            "heading": f"Version {version.number}",
            "sub": f"{template.name}, {languages().get(version.language, version.language)}",
            "back": editor_of(template, version.language),
            "back_label": template.name,
        }
        return render(self.request, "bss/setup/notifications/version.html", context, status=status)


def _sentences(refused: DraftRefused) -> str:
    return " ".join(sentence for sentences in refused.problems.values() for sentence in sentences)
