"""Texts: contact, imprint, terms and privacy in the reseller's words. Plain text; what is saved is shown at once."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from plans.refusals import Refused
from reselling.texts import LABELS, LONGEST, save_text, text_of, texts_of
from ui.forms import ShapedForm, TextField, VersionField

from .access import managers_only

HINT = (
    f"Plain text of up to {LONGEST:,} characters. An empty line begins a new paragraph. Addresses are not made links."
)


class TextForm(ShapedForm):
    version = VersionField()
    text = TextField(max_length=LONGEST, required=False, label="Text", help_text=HINT)

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["rows"] = 16


@require_safe
@managers_only
def texts(request: HttpRequest) -> HttpResponse:
    return render(request, "storefront/panel/texts.html", {"texts": texts_of(request.storefront).values()})


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def texts_edit(request: HttpRequest, kind: str) -> HttpResponse:
    """POST saves; with `preview` it shows the text as visitors would read it, and saves nothing."""
    if kind not in LABELS:
        raise Http404
    if request.method != "POST":
        now = text_of(request.storefront, kind)
        form = TextForm(initial={"version": now.version, "text": now.text})
        return _editor(request, kind, form, preview=now.text)
    form, conflict = TextForm(request.POST), None
    if not form.is_valid():
        return _editor(request, kind, form, status=422)
    typed = form.cleaned_data["text"]
    if "preview" in request.POST:
        return _editor(request, kind, form, preview=typed, is_unsaved=True)
    try:
        is_new = save_text(request.storefront, kind, text=typed, seen=form.cleaned_data["version"], by=request.user)
    except Refused as refusal:
        conflict = refusal
    else:
        messages.success(request, f"{LABELS[kind]} saved." if is_new else "Nothing was changed.")
        return redirect("texts")
    return _editor(request, kind, form, preview=typed, conflict=conflict, is_unsaved=True, status=422)


def _editor(request: HttpRequest, kind: str, form: TextForm, *, status: int = 200, **shown) -> HttpResponse:
    context = {"form": form, "kind": kind, "label": LABELS[kind], "is_public": kind in request.texts}
    return render(request, "storefront/panel/texts_edit.html", context | shown, status=status)
