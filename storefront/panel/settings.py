"""Settings: the language of the storefront, who may look around, and where the rest of it is set."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from notifications.languages import languages
from plans import links
from plans.models import Storefront
from plans.refusals import Refused
from reselling.settings import Settings, change_settings
from ui.forms import ShapedForm, VersionField

from .access import managers_only


class SettingsForm(ShapedForm):
    version = VersionField()
    language = forms.ChoiceField(
        label="Language of letters",
        choices=lambda: languages().items(),
        help_text="To your customers, unless they choose another. Pages are in English.",
        error_messages=dict.fromkeys(("required", "invalid_choice"), "Choose a language of the list."),
    )
    anonymous_browsing = forms.BooleanField(
        required=False,
        label="Everybody may look around",
        help_text="Switched off, who is not signed in sees the sign-in, contact and legal pages only.",
    )

    def wanted(self) -> Settings:
        return Settings(**{name: self.cleaned_data[name] for name in Settings.__dataclass_fields__})


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def settings(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        # Not as it is kept for visitors: what is saved is compared with what stands here.
        now = Storefront.objects.get(pk=request.storefront.pk)
        names = ("version", *Settings.__dataclass_fields__)
        return _page(request, SettingsForm(initial={name: getattr(now, name) for name in names}))
    form, conflict = SettingsForm(request.POST), None
    if form.is_valid():
        seen = form.cleaned_data["version"]
        try:
            changed = change_settings(request.storefront, seen=seen, wanted=form.wanted(), by=request.user)
        except Refused as refusal:
            conflict = refusal
        else:
            messages.success(request, "Settings saved." if changed else "Nothing was changed.")
            return redirect("settings")
    return _page(request, form, conflict=conflict, status=422)


def _page(
    request: HttpRequest, form: SettingsForm, *, conflict: Refused | None = None, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "conflict": conflict,
        "address": links.storefront_url(request.operator, request.alias),
    }
    return render(request, "storefront/panel/settings.html", context, status=status)
