"""Catalogue: what of the distributor's products stands on the storefront, and at which price."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from plans.asking import askable
from plans.models import Product, Storefront
from plans.refusals import Refused
from reselling.catalogue import (
    catalogue_of,
    change_catalogue,
    change_listing,
    list_products,
    not_chosen,
    unlist_products,
    without_choice,
)
from reselling.prices import Pricing, costings

from ..catalogue_reading import categories
from ..keyset import by_name
from .access import managers_only
from .catalogue_finding import STATES, Sought
from .catalogue_forms import CatalogueForm, ListingForm
from .frozen import way_up

VERBS = {"list": list_products, "unlist": unlist_products}
DONE = {"list": "listed", "unlist": "not listed any more"}


@require_safe
@managers_only
def catalogue(request: HttpRequest) -> HttpResponse:
    return _list(request)


def _list(request: HttpRequest, *, problem: str = "", status: int = 200) -> HttpResponse:
    sought, pricing = Sought.of(request.GET), _pricing(request)
    page = by_name(sought.among(catalogue_of(request.storefront)).defer("description"), request)
    costs = costings(page.rows, pricing=pricing)
    context = {
        "page": page,
        "rows": [(product, next(iter(costs[product.pk]), None)) for product in page.rows],
        "sought": sought,
        "states": STATES,
        "categories": categories(request.operator),
        "pricing": pricing,
        "frozen_markup": not pricing.has_own_prices
        and (pricing.markup is not None or any(product.own_markup is not None for product in page.rows)),
        "way_up": way_up(request),
        "problem": problem,
        "stay": reverse("panel_catalogue"),
        **{f"{act}_all": f"?{sought.query(act=act)}" for act in VERBS},
    }
    return render(request, "storefront/panel/catalogue.html", context, status=status)


def _pricing(request: HttpRequest) -> Pricing:
    """As it is this moment: managers don't wait for the cache."""
    account = request.visitor.account
    return Pricing(account.currency, account.can("own_prices"), request.storefront.markup)


@require_POST
@managers_only
def choose(request: HttpRequest) -> HttpResponse:
    """The button of a row (`list` or `unlist` with its product), or those above for all that are ticked."""
    act = next((verb for verb in VERBS if verb in request.POST), "")
    only = request.POST.get(act, "")
    slugs = [only] if only else request.POST.getlist("product")
    if not act or not slugs:
        return _list(request, problem="Select at least one product.", status=422)
    products = catalogue_of(request.storefront).filter(slug__in=[askable(slug, most=80) for slug in slugs])
    try:
        _act(request, act, products)
    except Refused as refusal:
        return _list(request, problem=refusal.sentence, status=422)
    return redirect(_back(request))


def _act(request: HttpRequest, act: str, products: QuerySet[Product]) -> None:
    changed = VERBS[act](request.storefront, products=products, by=request.user)
    said = (
        f"{changed:,} {'product' if changed == 1 else 'products'} {DONE[act]}." if changed else "Nothing was changed."
    )
    messages.success(request, said)


def _back(request: HttpRequest) -> str:
    query = request.GET.urlencode()
    return reverse("panel_catalogue") + (f"?{query}" if query else "")


@require_http_methods(["GET", "POST"])
@managers_only
def choose_all(request: HttpRequest) -> HttpResponse:
    """All that match at once. The page says how many; what is confirmed is that number, or it is shown anew."""
    act, sought = request.GET.get("act", ""), Sought.of(request.GET)
    if act not in VERBS:
        raise Http404
    products = sought.among(catalogue_of(request.storefront))
    many, problem = not_chosen(products, is_listed=act == "list").count(), ""
    back = f"{reverse('panel_catalogue')}?{sought.query()}".removesuffix("?")
    if request.method == "POST":
        if request.POST.get("many") != str(many):
            problem = "The catalogue changed meanwhile. Nothing was done. Look again."
        else:
            try:
                _act(request, act, products)
                return redirect(back)
            except Refused as refusal:
                problem = refusal.sentence
    context = {"act": act, "many": many, "sought": sought, "back": back, "problem": problem}
    return render(request, "storefront/panel/catalogue_all.html", context, status=422 if problem else 200)


@require_http_methods(["GET", "POST"])
@managers_only
def product(request: HttpRequest, slug: str) -> HttpResponse:
    shown = get_object_or_404(catalogue_of(request.storefront), slug=slug)
    pricing, conflict = _pricing(request), None
    options = {"product": shown, "all_markup": pricing.markup, "can_price": pricing.has_own_prices}
    form = ListingForm(request.POST, **options) if request.method == "POST" else ListingForm(**options)
    if form.is_bound and form.is_valid():
        try:
            changed = change_listing(
                request.storefront, product=shown, seen=form.seen, wanted=form.wanted, by=request.user
            )
        except Refused as refusal:
            if refusal.code == "changed_meanwhile":
                conflict = refusal
            else:
                form.refuse("is_listed", refusal.sentence)
        else:
            messages.success(request, f"{shown} saved." if changed else "Nothing was changed.")
            return redirect("panel_catalogue_product", slug=shown.slug)
    context = {
        "product": shown,
        "form": form,
        "conflict": conflict,
        "costs": costings([shown], pricing=pricing)[shown.pk],
        "pricing": pricing,
        "way_up": way_up(request),
    }
    return render(request, "storefront/panel/catalogue_product.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
@managers_only
def every_product(request: HttpRequest) -> HttpResponse:
    """What counts for all products without a choice of their own."""
    storefront = Storefront.objects.select_related("account", "claim").get(pk=request.storefront.pk)
    can_price, conflict = storefront.account.can("own_prices"), None
    options = {"storefront": storefront, "can_price": can_price}
    form = CatalogueForm(request.POST, **options) if request.method == "POST" else CatalogueForm(**options)
    if form.is_bound and form.is_valid():
        try:
            changed = change_catalogue(
                storefront,
                seen=form.cleaned_data["version"],
                lists_everything=form.cleaned_data["lists_everything"],
                markup=form.wanted_markup,
                by=request.user,
            )
        except Refused as refusal:
            if refusal.code == "changed_meanwhile":
                conflict = refusal
            else:
                form.refuse("lists_everything", refusal.sentence)
        else:
            messages.success(request, "Catalogue saved." if changed else "Nothing was changed.")
            return redirect("panel_catalogue")
    context = {
        "form": form,
        "conflict": conflict,
        "kept": storefront,
        "can_price": can_price,
        "way_up": way_up(request),
        "without_choice": without_choice(storefront),
    }
    return render(
        request, "storefront/panel/catalogue_every_product.html", context, status=422 if form.is_bound else 200
    )
