"""Branding: name, logo, colour and contact, with a preview beside them. Visitors see only what is published."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from plans import links
from plans.models import Storefront, StorefrontDraft
from plans.refusals import Refused
from reselling import branding as brands

from .. import brand_looks
from .access import managers_only
from .branding_form import BrandingForm

FIELDS = ("name", "tagline", "brand_colour", "support_email", "support_phone", "address")


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def branding(request: HttpRequest) -> HttpResponse:
    draft = brands.draft_of(request.visitor.account)
    if request.method != "POST":
        return _page(request, _filled(request.storefront, draft, email=request.user.email), draft=draft)
    form = BrandingForm(request.POST, request.FILES)
    if request.POST.get("do") == "discard":
        return _discard(request, form, draft)
    if taken := request.POST.get("take"):
        form.data = form.data.copy()
        form.data["brand_colour"] = taken
        form.is_valid()
        return _page(request, form, draft=draft)
    if not form.is_valid():
        return _page(request, form, draft=draft, status=422)
    try:
        return _save(request, form)
    except Refused as refusal:
        return _refused(request, form, refusal, draft=draft)


@require_POST
@managers_only
def preview(request: HttpRequest) -> HttpResponse:
    """The preview and the contrast of what is typed at this moment. Writes nothing."""
    draft = brands.draft_of(request.visitor.account)
    form = BrandingForm(request.POST)
    form.is_valid()
    return render(request, "storefront/panel/branding_preview.html", _seen(request, form, draft))


def _save(request: HttpRequest, form: BrandingForm) -> HttpResponse:
    seen, wanted = form.cleaned_data["version"], request.POST.get("do")
    changes = form.changes(removes_logo=wanted == "remove_logo")
    if wanted == "publish":
        different = brands.publish(request.storefront, changes=changes, seen=seen, by=request.user)
        said = "Published. Your customers see it now." if different else "Nothing was changed."
        messages.success(request, said)
    else:
        brands.save_draft(request.visitor.account, changes=changes, seen=seen, by=request.user)
        messages.success(request, "Kept as a draft. Your customers see it once you publish.")
    return redirect("branding")


def _discard(request: HttpRequest, form: BrandingForm, draft: StorefrontDraft | None) -> HttpResponse:
    form.is_valid()
    try:
        brands.discard(request.visitor.account, seen=form.cleaned_data["version"], by=request.user)
    except Refused as refusal:
        return _refused(request, form, refusal, draft=draft)
    messages.success(request, "Changes discarded.")
    return redirect("branding")


def _refused(
    request: HttpRequest, form: BrandingForm, refusal: Refused, *, draft: StorefrontDraft | None
) -> HttpResponse:
    if refusal.code == "changed_meanwhile":
        return _page(request, form, draft=draft, conflict=refusal, status=409)
    form.refuse("logo", refusal.sentence)
    return _page(request, form, draft=draft, status=422)


def _filled(shown: Storefront, draft: StorefrontDraft | None, *, email: str) -> BrandingForm:
    """`email` is suggested where customers have none to write to."""
    brand = draft or shown
    initial = {name: getattr(brand, name) for name in FIELDS}
    initial |= {"support_email": brand.support_email or email, "version": draft.version if draft else 0}
    return BrandingForm(initial=initial)


def _page(
    request: HttpRequest,
    form: BrandingForm,
    *,
    draft: StorefrontDraft | None,
    conflict: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _seen(request, form, draft) | {"form": form, "draft": draft, "conflict": conflict}
    return render(request, "storefront/panel/branding.html", context, status=status)


def _seen(request: HttpRequest, form: BrandingForm, draft: StorefrontDraft | None) -> dict[str, object]:
    """The brand as it is typed, where that can be used; else as it was."""
    kept, typed = draft or request.storefront, getattr(form, "cleaned_data", {})
    brand = StorefrontDraft(**kept.brand() | {name: value for name, value in typed.items() if name in FIELDS})
    address = links.shown_address(request.operator, request.alias)
    return brand_looks.of_brand(brand, operator=request.operator, address=address)
