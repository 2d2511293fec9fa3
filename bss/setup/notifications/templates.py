"""Setup > Notifications > Customer Notifications: the lists, the switch, the editor."""

from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.views import View

from bss.permissions import ReadByStaff, StaffRequired
from notifications.catalogue import CATALOGUE, FIELD_HELP
from notifications.defaults import starter
from notifications.editing import NOBODY, DraftRefused, words_of
from notifications.languages import ENGLISH, languages
from plans.models import StaffMembership
from plans.refusals import Refused
from plans.wording import change_template, reset_template, switch_template

from .finding import editor_of, language_or_404, template_or_404
from .forms import TemplateForm, seen_in
from .listing import ENTITIES, STATES, TITLES, rows_of
from .preview import LONGEST_SEARCH, offered_to
from .versions import past_of

SWITCHED = "switched"  # in the session: what the list says once, with Undo
MOST_COLLEAGUES = 12


class Templates(StaffRequired, View):
    """The letters about one entity."""

    def get(self, request: HttpRequest, entity: str) -> HttpResponse:
        if entity not in ENTITIES.values:
            raise Http404
        text, state = request.GET.get("q", "").strip()[:LONGEST_SEARCH], request.GET.get("state", "")
        rows = rows_of(request.operator, entity=entity, text=text, state=state)
        context = {
            "entity": ENTITIES(entity),
            "title": f"{TITLES[entity]} notifications",
            "entities": ENTITIES.choices,
            "rows": rows,
            "wanted": {"q": text, "state": state if state in STATES else ""},
            "states": {"": "All"} | STATES,
            "switched": request.session.pop(SWITCHED, None) if SWITCHED in request.session else None,
            "nobody": NOBODY,
        }
        return render(request, "bss/setup/notifications/list.html", context)


class FirstTemplates(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        return HttpResponseRedirect(reverse("letter_templates", args=[ENTITIES.ACCOUNTS.value]))


class SwitchTemplate(StaffRequired, View):
    """Saves at once. What came of it is said on the list, with Undo."""

    permission = "notifications"

    def post(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template, on = template_or_404(request, entity, code), request.POST.get("on") == "yes"
        said = {"code": code, "name": template.name, "on": on}
        try:
            switch_template(template, on=on, by=request.user)
        except DraftRefused:
            said["refused"] = True
        request.session[SWITCHED] = said
        return HttpResponseRedirect(reverse("letter_templates", args=[entity]))


@method_decorator(csp_update({"frame-src": ["'self'"]}), name="dispatch")
class TemplateEditor(ReadByStaff, View):
    changing = "notifications"

    def get(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template, language = template_or_404(request, entity, code), language_or_404(request)
        return self.show(template, TemplateForm(template=template, language=language))

    def post(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template, language = template_or_404(request, entity, code), language_or_404(request)
        form, conflict = TemplateForm(request.POST, template=template, language=language), None
        if form.is_valid():
            seen, draft = form.cleaned_data["version"], form.draft(operator=request.operator)
            try:
                changed = change_template(template, seen=seen, draft=draft, by=request.user)
            except DraftRefused as refused:
                for field, sentences in refused.problems.items():
                    form.refuse(field, " ".join(sentences))
            except Refused as refusal:
                conflict = refusal
            else:
                messages.success(request, "Template saved." if changed else "Nothing was changed.")
                return HttpResponseRedirect(editor_of(template, language))
        return self.show(template, form, conflict=conflict, status=422)

    def show(self, template, form: TemplateForm, *, conflict: Refused | None = None, status: int = 200) -> HttpResponse:
        kind, request = CATALOGUE[template.code], self.request
        account = request.POST.get("account", request.GET.get("account", ""))[:LONGEST_SEARCH]
        context = {
            "template": template,
            "kind": kind,
            "entity": ENTITIES(kind.entity),
            "form": form,
            "conflict": conflict,
            "language": form.language,
            "language_name": languages()[form.language],
            "languages": [(code, name, editor_of(template, code)) for code, name in languages().items()],
            "asked": "" if form.language == ENGLISH else f"?language={form.language}",
            "history": past_of(template),
            "is_starter": words_of(template, form.language) == starter(template.code, form.language),
            "fields": [{"name": name, "help": FIELD_HELP[name]} for name in kind.merge_fields],
            "colleagues": colleagues_of(request),
            "account_typed": account,
            "offered": offered_to(request, account),
        }
        return render(request, "bss/setup/notifications/editor.html", context, status=status)


def colleagues_of(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and address of some who work here, to be added by a press."""
    works = StaffMembership.objects.filter(operator=request.operator, is_active=True).order_by("user__name", "pk")
    return list(works.values_list("user__name", "user__email")[:MOST_COLLEAGUES])


class ResetTemplate(StaffRequired, View):
    permission = "notifications"

    def get(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        return self.show(template_or_404(request, entity, code), language_or_404(request))

    def post(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template, language = template_or_404(request, entity, code), language_or_404(request)
        try:
            changed = reset_template(template, seen=seen_in(request.POST), by=request.user, language=language)
        except Refused as refusal:
            return self.show(template, language, conflict=refusal, status=422)
        messages.success(request, "The starter words are back." if changed else "Nothing was changed.")
        return HttpResponseRedirect(editor_of(template, language))

    def show(self, template, language: str, *, conflict: Refused | None = None, status: int = 200) -> HttpResponse:
        context = {
            "template": template,
            "language": language,
            "conflict": conflict,
            "heading": "Reset to default?",
            "sub": f"{template.name}, {languages()[language]}",
            "back": editor_of(template, language),
            "back_label": template.name,
        }
        return render(self.request, "bss/setup/notifications/reset.html", context, status=status)
