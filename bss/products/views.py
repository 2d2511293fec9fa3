from collections.abc import Iterable

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View

from plans import links
from plans.cataloguing import change_product, create_product
from plans.models import Operator, Product
from plans.refusals import Refused
from ui.filters.products import SOLD, ProductFilters

from .. import paging
from ..lists import ListExport, ListPage
from ..permissions import ReadByStaff, StaffRequired
from .forms import ProductForm
from .listing import COLUMNS, address_of, cells_of, heads, rows_of


class ProductList(ListPage):
    template = "bss/products/list.html"
    filters = ProductFilters
    columns = COLUMNS
    usual = paging.Sorting("name", descending=False)
    sorts = {"name": ("name", "Product"), "category": ("category", "Category")}

    def rows(self) -> QuerySet:
        return Product.objects.filter(operator=self.request.operator)

    def rows_of(self, found: list) -> list:
        return rows_of(found, currency=self.request.operator.currency)

    def more(self, request: HttpRequest) -> dict[str, object]:
        return {"categories": categories(request.operator), "sold": SOLD, "currency": request.operator.currency}


def categories(operator: Operator) -> list[str]:
    """The categories in use."""
    found = Product.objects.filter(operator=operator).exclude(category="").order_by("category")
    return list(found.values_list("category", flat=True).distinct())


class ProductExport(ListExport, ProductList):
    filename = "products"

    @property
    def export_heads(self) -> list[str]:
        return heads(self.request.operator.currency)

    def export(self, rows: QuerySet) -> Iterable:
        return cells_of(rows, currency=self.request.operator.currency)


class NewProduct(StaffRequired, View):
    permission = "prices"

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(ProductForm(operator=request.operator))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ProductForm(request.POST, operator=request.operator)
        if not form.is_valid():
            return self.show(form, status=422)
        product = create_product(request.operator, offer=form.wanted(), by=request.user)
        messages.success(request, f"{product} is in the catalogue." if product.is_sold else f"{product} saved.")
        return redirect("product", slug=product.slug)

    def show(self, form: ProductForm, *, status: int = 200) -> HttpResponse:
        context = {"form": form, "categories": categories(self.request.operator)}
        return render(self.request, "bss/products/product.html", context, status=status)


class ProductPage(ReadByStaff, View):
    changing = "prices"

    def get(self, request: HttpRequest, slug: str) -> HttpResponse:
        product = self.product(slug)
        if product.plan_id:
            return redirect(address_of(slug, plan_code=product.plan.code))
        return self.show(product, ProductForm(operator=request.operator, product=product))

    def post(self, request: HttpRequest, slug: str) -> HttpResponse:
        product = self.product(slug)
        if product.plan_id:
            return redirect(address_of(slug, plan_code=product.plan.code))
        form, conflict = ProductForm(request.POST, operator=request.operator, product=product), None
        if form.is_valid():
            try:
                changed = change_product(
                    product, seen=form.cleaned_data["version"], offer=form.wanted(), by=request.user
                )
            except Refused as refusal:
                conflict = refusal
            else:
                messages.success(request, f"{form.cleaned_data['name']} saved." if changed else "Nothing was changed.")
                return redirect("product", slug=product.slug)
        return self.show(product, form, conflict=conflict, status=422)

    def product(self, slug: str) -> Product:
        products = Product.objects.filter(operator=self.request.operator).select_related("plan")
        return get_object_or_404(products, slug=slug)

    def show(self, product: Product, form: ProductForm, *, conflict: Refused | None = None, status=200) -> HttpResponse:
        operator = self.request.operator
        context = {
            "product": product,
            "form": form,
            "conflict": conflict,
            "categories": categories(operator),
            "address": links.store_url(operator, f"/products/{product.slug}/"),
        }
        return render(self.request, "bss/products/product.html", context, status=status)
