"""Preview before buying: a reseller sees its own storefront, with name, logo and colour. Writes the draft only."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.http import require_http_methods, require_POST

from plans import links
from plans.models import StorefrontDraft
from plans.models.brand import first_brand
from plans.refusals import Refused
from reselling import branding, previews
from ui.brand_form import BrandForm

from .. import brand_looks
from ..membership import member_may

FIELDS = ("name", "brand_colour")


@require_http_methods(["GET", "HEAD", "POST"])
@member_may("buy")
def preview(request: HttpRequest) -> HttpResponse:
    account = request.visitor.account
    if not previews.may_preview(account):
        messages.info(request, "You have a storefront already: it keeps its brand.")
        return redirect("plans")
    draft = branding.draft_of(account)
    if request.method != "POST":
        return _page(request, BrandForm.filled(account, draft), draft=draft)
    form = BrandForm(request.POST, request.FILES)
    if taken := request.POST.get("take"):
        form.data = form.data.copy()
        form.data["brand_colour"] = taken
        form.is_valid()
        return _page(request, form, draft=draft)
    if not form.is_valid():
        return _page(request, form, draft=draft, status=422)
    return _save(request, form, draft=draft)


@require_POST
@member_may("buy")
def typed(request: HttpRequest) -> HttpResponse:
    """The preview in small of what is typed at this moment. Writes nothing."""
    draft, form = branding.draft_of(request.visitor.account), BrandForm(request.POST)
    form.is_valid()
    return render(request, "storefront/panel/branding_preview.html", _seen(request, form, draft))


def _save(request: HttpRequest, form: BrandForm, *, draft: StorefrontDraft | None) -> HttpResponse:
    wanted = request.POST.get("do")
    changes = form.changes(removes_logo=wanted == "remove_logo")
    try:
        saved = branding.save_draft(
            request.visitor.account, changes=changes, seen=form.cleaned_data["version"], by=request.user
        )
    except Refused as refusal:
        if refusal.code == "changed_meanwhile":
            return _page(request, form, draft=draft, conflict=refusal, status=409)
        form.refuse("logo", refusal.sentence)
        return _page(request, form, draft=draft, status=422)
    if wanted == "see":
        return HttpResponseRedirect(previews.path_of(saved))
    messages.success(request, "Kept for your storefront. Nobody else sees it.")
    return redirect("storefront_preview")


def _page(
    request: HttpRequest,
    form: BrandForm,
    *,
    draft: StorefrontDraft | None,
    conflict: Refused | None = None,
    status: int = 200,
) -> HttpResponse:
    context = _seen(request, form, draft) | {"form": form, "draft": draft, "conflict": conflict}
    if draft:
        context |= {"link": previews.path_of(draft), "valid_until": previews.valid_until()}
    return render(request, "storefront/preview.html", context, status=status)


def _seen(request: HttpRequest, form: BrandForm, draft: StorefrontDraft | None) -> dict[str, object]:
    """The brand as it is typed, where that can be used; else as it was."""
    kept = draft.brand() if draft else first_brand(request.visitor.account)
    given = {name: value for name, value in getattr(form, "cleaned_data", {}).items() if name in FIELDS}
    address = links.shown_address(request.operator, "your-alias")
    return brand_looks.of_brand(StorefrontDraft(**kept | given), operator=request.operator, address=address)


urlpatterns = [
    path("preview/", preview, name="storefront_preview"),
    path("preview/typed/", typed, name="storefront_preview_typed"),
]
