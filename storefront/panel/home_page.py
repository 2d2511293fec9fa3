"""Home page: its headline and introduction, and the products on it, in order."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from plans.asking import askable
from plans.models import Storefront
from plans.refusals import Refused
from reselling.catalogue import catalogue_of, listed
from reselling.home_page import MOST_FEATURED, STEPS, change_home, feature, featured, move, unfeature
from ui.forms import LineField, ShapedForm, TextField, VersionField

from .access import managers_only
from .catalogue_finding import Sought

MOST_FOUND = 8  # products to add, at one search


class HomePageForm(ShapedForm):
    version = VersionField()
    headline = LineField(
        max_length=120, required=False, label="Headline", help_text="Empty: your tagline stands there."
    )
    intro = TextField(
        max_length=600, required=False, label="Introduction", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="A sentence or two below the headline.",
    )  # fmt: skip


@require_http_methods(["GET", "HEAD", "POST"])
@managers_only
def home_page(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request)
    form, conflict = HomePageForm(request.POST), None
    if form.is_valid():
        typed = form.cleaned_data
        try:
            changed = change_home(
                request.storefront, seen=typed["version"], headline=typed["headline"], intro=typed["intro"],
                by=request.user,
            )  # fmt: skip
        except Refused as refusal:
            conflict = refusal
        else:
            messages.success(request, "Home page saved." if changed else "Nothing was changed.")
            return redirect("panel_home")
    return _page(request, form=form, conflict=conflict, status=422)


@require_POST
@managers_only
def arrange(request: HttpRequest) -> HttpResponse:
    """A button beside a product: `add`, `remove`, `up` or `down` with its slug. `version`: of what the page showed."""
    act = next((name for name in ("add", "remove", *STEPS) if name in request.POST), "")
    slug = askable(request.POST.get(act, ""), most=80)
    product = get_object_or_404(catalogue_of(request.storefront), slug=slug)
    told = {"product": product, "seen": VersionField().to_python(request.POST.get("version")), "by": request.user}
    try:
        if act in STEPS:
            move(request.storefront, step=act, **told)
        else:
            (feature if act == "add" else unfeature)(request.storefront, **told)
    except Refused as refusal:
        return _page(request, conflict=refusal, status=422)
    return redirect(f"{reverse('panel_home')}#products")


def _page(
    request: HttpRequest, *, form: HomePageForm | None = None, conflict: Refused | None = None, status: int = 200
) -> HttpResponse:
    # Not as it is kept for visitors: what is saved is compared with what stands here.
    now = Storefront.objects.get(pk=request.storefront.pk)
    shown = {"version": now.version, "headline": now.headline, "intro": now.intro}
    sought, chosen = Sought.of(request.GET), list(featured(now).defer("description"))
    addable = sought.among(listed(now)).filter(place__isnull=True).order_by("name", "pk").defer("description")
    context = {
        "form": form or HomePageForm(initial=shown),
        "conflict": conflict,
        "version": now.version,
        "chosen": chosen,
        "is_full": len(chosen) >= MOST_FEATURED,
        "most": MOST_FEATURED,
        "sought": sought,
        "found": list(addable[:MOST_FOUND]) if sought.words else [],
        "stay": reverse("panel_home"),
    }
    return render(request, "storefront/panel/home_page.html", context, status=status)
