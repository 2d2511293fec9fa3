"""The basket: one plan at a time, any other products, what it comes to today."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.validators import slug_re
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from plans import baskets
from plans.models import BasketItem, Product
from plans.models.product import Cycle
from plans.preview import Preview
from plans.previewing import preview_order
from plans.refusals import Refused

from ..forms import BasketItemForm
from ..membership import member_may
from ..reasons import reasons
from .catalog import product_page


@dataclass(frozen=True)
class Row:
    """One line of the basket as it is shown. `cycles` are those with a price; `wrong` is said at the field it names."""

    item: BasketItem
    net: Decimal | None
    cycles: list[tuple[str, str]]
    quantity: object
    wrong: dict[str, str]


@require_safe
@member_may("buy")
def basket(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def basket_add(request: HttpRequest) -> HttpResponse:
    product = _product(request)
    if not request.visitor.is_member:
        # Signing in comes back to the page of the product: a link cannot repeat what a button did.
        return redirect_to_login(reverse("plans") if product.is_plan else reverse("product", args=[product.slug]))
    return _add(request, product)


def _product(request: HttpRequest) -> Product:
    """The product named in the form, if it is sold here. What is no slug is not even asked for."""
    named = request.POST.get("product", "")
    if not slug_re.fullmatch(named):
        raise Http404
    return get_object_or_404(Product.objects.sold_by(request.operator.pk), slug=named)


@member_may("buy")
def _add(request: HttpRequest, product: Product) -> HttpResponse:
    form = BasketItemForm(request.POST)
    if not form.is_valid():
        return product_page(request, product.slug, form=form)
    try:
        added = baskets.put_in_basket(request.user, request.storefront, product, **form.cleaned_data)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("basket")
    if added.replaced:
        messages.info(request, f"{product.name} replaced {added.replaced} in your basket.")
    return redirect("basket")


@require_POST
@member_may("buy")
def basket_change(request: HttpRequest) -> HttpResponse:
    form, item_id = BasketItemForm(request.POST), _item_id(request)
    if not form.is_valid():
        return _page(request, wrong=form, wrong_id=item_id)
    baskets.change_item(request.user, request.storefront, item_id, **form.cleaned_data)
    return redirect("basket")


@require_POST
@member_may("buy")
def basket_remove(request: HttpRequest) -> HttpResponse:
    if name := baskets.take_out(request.user, request.storefront, _item_id(request)):
        messages.info(request, f"{name} removed from your basket.")
    return redirect("basket")


def _item_id(request: HttpRequest) -> int:
    """The item named in the form; 0, which is none, for anything that is no number of a row."""
    typed = request.POST.get("item", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 19 else 0


def _page(request: HttpRequest, *, wrong: BasketItemForm | None = None, wrong_id: int = 0) -> HttpResponse:
    lines = baskets.lines_of(request.user, request.storefront)
    if not lines:
        return render(request, "storefront/basket.html", {"rows": []})
    preview = preview_order(request.visitor.account, wanted=baskets.wanted_in(lines), by=request.user, is_brief=True)
    context = {
        "rows": _rows(lines, preview, wrong=wrong, wrong_id=wrong_id),
        "preview": preview,
        "reasons": reasons(preview.refusals, request),
        "stay": reverse("basket"),
    }
    return render(request, "storefront/basket.html", context)


def _rows(lines: list[BasketItem], preview: Preview, *, wrong: BasketItemForm | None, wrong_id: int) -> list[Row]:
    nets = {charge.item: charge.net for charge in preview.lines if charge.kind == "charge"}
    rows = []
    for position, line in enumerate(lines):
        mistaken = wrong if wrong is not None and line.pk == wrong_id else None
        rows.append(
            Row(
                item=line,
                net=nets.get(position),
                cycles=[choice for choice in Cycle.choices if choice[0] in preview.wanted[position].cycles],
                quantity=mistaken.data.get("quantity", "") if mistaken else line.quantity,
                wrong={name: found[0] for name, found in mistaken.errors.items()} if mistaken else {},
            )
        )
    return rows
