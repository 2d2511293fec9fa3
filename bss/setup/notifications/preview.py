"""The live preview of a template on a real account, and sending it as a test."""

import re

from csp.decorators import csp
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.clickjacking import xframe_options_sameorigin

from bss.dialogs import ASKED_BY_SCRIPT
from bss.permissions import StaffRequired
from notifications.catalogue import CATALOGUE
from notifications.editing import DraftRefused, Words, render_draft, words_of
from notifications.languages import chosen, languages
from notifications.models import NotificationTemplate
from notifications.models.template import RecipientKind
from notifications.rendering import TemplateRefused
from notifications.writing import templates_of
from plans.models import Account
from plans.samples import account_for_sample, sample_letter
from plans.wording import send_test

from .finding import editor_of, language_or_404, template_or_404
from .forms import TestForm, WordsForm
from .letter import LETTER_POLICY

OFFERED = 8
LINK = re.compile(r'<a href="[^"]*"')
LONGEST_SEARCH = 120


def preview_of(
    template: NotificationTemplate, *, request: HttpRequest, words: Words | None, account: str, language: str
) -> dict[str, object]:
    """What the preview shows. Without words, or with words that cannot be merged, who would get it is shown alone."""
    found = account_for_sample(request.operator, account[:LONGEST_SEARCH])
    letter = sample_letter(template.code, operator=request.operator, account=found, by=request.user)
    subject = text = html = ""
    if words is not None:
        try:
            subject, text, html = render_draft(words, letter=letter, person=letter.to[0], language=language)
        except TemplateRefused:
            words = None
    return {
        "account": found,
        "account_typed": account,
        "offered": offered_to(request, account[:LONGEST_SEARCH]),
        "letter": letter,
        "preview": {"subject": subject, "text": text, "html": html, "is_whole": words is not None},
        "people": people_of(template, letter),
        "language_name": languages()[language],
        "read_in": languages()[chosen(letter.to[0].language, letter.language)],
    }


def people_of(template: NotificationTemplate, letter) -> list[tuple[str, str]]:
    """As it is saved: the word before each address, and the addresses."""
    saved = templates_of({template.code}, operator_id=template.operator_id)[template.code]
    is_personal = CATALOGUE[template.code].has_secret_link
    found: dict[str, list[str]] = {}
    if saved.send_to_primary or is_personal:
        found["to"] = [letter.to[0].email]
    for one in [] if is_personal else saved.added:
        found.setdefault(one.kind, []).append(one.email)
    return [(label, ", ".join(found[kind])) for kind, label in RecipientKind.choices if kind in found]


def offered_to(request: HttpRequest, text: str) -> list[Account]:
    """The newest resellers, or who is meant by the text."""
    accounts = Account.objects.filter(operator=request.operator)
    if not text.strip():
        return list(accounts.resellers().order_by("-pk")[:OFFERED])
    known = accounts.exclude(kind=Account.Kind.DISTRIBUTOR).matching(text, operator=request.operator)
    return list(known.order_by("name", "pk")[:OFFERED])


class Preview(StaffRequired, View):
    """GET: the saved words. POST: the words as they are typed. Writes nothing."""

    def get(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template = template_or_404(request, entity, code)
        words = words_of(template, language_or_404(request))
        return self.answer(template, words=words, account=request.GET.get("account", ""))

    def post(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template = template_or_404(request, entity, code)
        form = WordsForm(request.POST, kind=CATALOGUE[code])
        words = form.words() if form.is_valid() else None
        return self.answer(template, words=words, account=request.POST.get("account", ""), form=form)

    def answer(self, template, *, words: Words | None, account: str, form: WordsForm | None = None) -> HttpResponse:
        about = {"request": self.request, "language": language_or_404(self.request)}
        context = preview_of(template, words=words, account=account, **about) | {"problems": form}
        return render(self.request, "bss/setup/notifications/preview.html", context)


@method_decorator([csp(LETTER_POLICY), xframe_options_sameorigin], name="dispatch")
class PreviewHtml(Preview):
    """The HTML part, for a frame that may do nothing. Its links lead nowhere: what they name may not exist yet."""

    def answer(self, template, *, words: Words | None, account: str, form: WordsForm | None = None) -> HttpResponse:
        about = {"request": self.request, "language": language_or_404(self.request)}
        shown = preview_of(template, words=words, account=account, **about)["preview"]
        if shown["is_whole"]:
            return HttpResponse(LINK.sub('<a href="#"', shown["html"]))
        return render(self.request, "bss/setup/notifications/no_preview.html", status=422)


class SendTest(StaffRequired, View):
    """Sends the words that came with the form, as an editor has them; without any, the saved ones."""

    permission = "notifications"

    def get(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template = template_or_404(request, entity, code)
        return self.show(template, TestForm(initial={"to": request.user.email}), account=request.GET.get("account", ""))

    def post(self, request: HttpRequest, entity: str, code: str) -> HttpResponse:
        template, account = template_or_404(request, entity, code), request.POST.get("account", "")
        language, form = language_or_404(request), TestForm(request.POST)
        typed = WordsForm(request.POST, kind=CATALOGUE[code]) if "body" in request.POST else None
        if typed is not None and not typed.is_valid():
            form.add_error(None, "The words have a problem. Mend it first; the editor shows where it is.")
        if not form.is_valid():
            return self.show(template, form, account=account, status=422)
        words, to = typed.words() if typed else words_of(template, language), form.cleaned_data["to"]
        try:
            about = account_for_sample(request.operator, account[:LONGEST_SEARCH])
            sent = {"words": words, "to": to, "language": language, "account": about}
            send_test(template, operator=request.operator, by=request.user, **sent)
        except (DraftRefused, TemplateRefused):
            form.add_error(None, "The saved words have a problem. Open the editor and save it again.")
            return self.show(template, form, account=account, status=422)
        if ASKED_BY_SCRIPT in request.headers:  # the editor stays as it is, with what is not saved yet
            return self.show(template, form, account=account, sent_to=to)
        messages.success(request, f"Test sent to {to}.")
        return HttpResponseRedirect(editor_of(template, language))

    def show(self, template, form: TestForm, *, account: str, sent_to: str = "", status: int = 200) -> HttpResponse:
        found = account_for_sample(self.request.operator, account[:LONGEST_SEARCH])
        language = language_or_404(self.request)
        context = {
            "template": template,
            "form": form,
            "account": found,
            "language": language,
            "sent_to": sent_to,
            "heading": "Send test",
            "sub": f"In {languages()[language]}, filled with data of {found.name if found else 'an example'}.",
            "back": editor_of(template, language),
            "back_label": template.name,
        }
        return render(self.request, "bss/setup/notifications/test.html", context, status=status)
