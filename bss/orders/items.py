"""The products of an order: the dialogs behind the pencil and behind Add product."""

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from plans import aliases, drafts
from plans.mending import AMENDABLE, add_item, amend_item, remove_item
from plans.models import Order, OrderItem
from plans.moves import locked
from plans.refusals import Refused
from ui.alias_field import Said, said_of_refusal

from ..alias import alias_field, said_about
from . import choices
from .dialogs import OrderDialog
from .forms import AddForm, ItemForm
from .record import order_of

State = Order.State


class ItemDialog(OrderDialog):
    def found(self, request: HttpRequest, number: str, pk: int) -> tuple[Order, OrderItem]:
        order = order_of(request, number)
        return order, get_object_or_404(order.items.select_related("product__plan"), pk=pk)


class Edit(ItemDialog):
    template = "bss/orders/item.html"

    def get(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        return self.show(request, *self.found(request, number, pk))

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        order, item = self.found(request, number, pk)
        typed = request.POST.get("alias", "") if self.asks_alias(request, order, item) else None
        if offered := request.POST.get("take"):
            return self.take(request, order, item, offered)
        form = self.form(order, item, request.POST)
        if form.errors:
            said = said_about(typed, account=order.account) if typed is not None else None
            return self.show(request, order, item, form=form, typed=typed, said=said, status=422)
        try:
            amend_item(item, by=request.user, alias=typed, seen=self.seen(request), **form.cleaned_data)
        except Refused as refusal:
            return self.refused(request, order, item, form, refusal, typed)
        messages.success(request, self.saved(request, order, item, has_alias=typed is not None))
        return redirect("order", order.number)

    def asks_alias(self, request: HttpRequest, order: Order, item: OrderItem) -> bool:
        """Whether the product brings a storefront that is not open yet."""
        if not item.is_plan or order.state not in AMENDABLE:
            return False
        if order.state == State.FAILED:
            return order.preview.get("storefront") in ("open", "restore")
        return drafts.preview_draft(order, account=order.account, by=request.user).needs_alias

    def form(self, order: Order, item: OrderItem, data=None) -> ItemForm:
        form = ItemForm(data, initial={"cycle": item.cycle, "quantity": item.quantity})
        if item.is_plan:
            del form.fields["quantity"]
        if order.state != State.DRAFT:
            form.fields.clear()
        return form

    def show(
        self,
        request: HttpRequest,
        order: Order,
        item: OrderItem,
        *,
        form: ItemForm | None = None,
        typed: str | None = None,
        said: Said | None = None,
        refusal: Refused | None = None,
        conflict: Refused | None = None,
        status: int = 200,
    ) -> HttpResponse:
        self.heading = f"Edit {item.name}".replace("{", "{{").replace("}", "}}")
        alias = None
        if self.asks_alias(request, order, item):
            value = item.alias if typed is None else typed
            alias = alias_field(order.account, value=value, state=said, focus=True)
        if refusal is None and order.state not in AMENDABLE:
            refusal = locked(order)
        more = {"form": form or self.form(order, item), "item": item, "alias": alias, "conflict": conflict}
        return self.answer(request, order, refusal=refusal, status=status, **more)

    def take(self, request: HttpRequest, order: Order, item: OrderItem, offered: str) -> HttpResponse:
        """A suggested alias was chosen without a script at hand: hold it, fill it in, save nothing yet."""
        with suppress(Refused):  # what is said below tells why
            offered = aliases.hold(offered, account=order.account, until=aliases.CHECKOUT_HOLD, by=request.user)
        said = said_about(offered, account=order.account)
        form = self.form(order, item, request.POST)
        return self.show(request, order, item, form=form, typed=offered, said=said)

    def refused(
        self, request: HttpRequest, order: Order, item: OrderItem, form: ItemForm, refusal: Refused, typed: str | None
    ) -> HttpResponse:
        if refusal.field == "alias":
            said = said_about(typed or "", account=order.account)
            said = said if said.tone == "bad" else said_of_refusal(refusal)
            return self.show(request, order, item, form=form, typed=typed, said=said, status=422)
        if refusal.code == "no_price":
            form.refuse("cycle", refusal.sentence)
            said = said_about(typed, account=order.account) if typed is not None else None
            return self.show(request, order, item, form=form, typed=typed, said=said, status=422)
        if refusal.code == "changed_meanwhile":
            return self.show(request, order, item, form=form, typed=typed, conflict=refusal, status=422)
        return self.show(request, order_of(request, order.number), item, form=form, refusal=refusal, status=422)

    def saved(self, request: HttpRequest, order: Order, item: OrderItem, *, has_alias: bool) -> str:
        if not has_alias:
            return f"{item.name} saved."
        if order.state == State.FAILED:
            return "Storefront Alias saved. The order is ready to be tried again."
        fresh = order_of(request, order.number)
        preview = drafts.preview_draft(fresh, account=fresh.account, by=request.user)
        return "Storefront Alias saved." + ("" if preview.refusals else " The order is ready to execute.")


class Remove(ItemDialog):
    template, heading = "bss/orders/remove.html", "Remove a product"

    def get(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        order, item = self.found(request, number, pk)
        refusal = None if order.state == State.DRAFT else locked(order)
        return self.answer(request, order, refusal=refusal, item=item)

    def post(self, request: HttpRequest, number: str, pk: int) -> HttpResponse:
        order, item = self.found(request, number, pk)
        try:
            remove_item(item, by=request.user)
        except Refused as refusal:
            return self.answer(request, order_of(request, number), refusal=refusal, item=item, status=422)
        messages.success(request, f"{item.name} removed.")
        return redirect("order", order.number)


class Add(OrderDialog):
    template, heading = "bss/orders/add.html", "Add product"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = order_of(request, number)
        form = AddForm(initial={"quantity": 1})
        return self.show(request, order, form, refusal=None if order.state == State.DRAFT else locked(order))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order, form = order_of(request, number), AddForm(request.POST)
        form.is_valid()
        product = choices.chosen(request.operator, form.data.get("product", ""))
        if product is None:
            form.refuse("product", choices.CHOOSE)
        if form.errors:
            return self.show(request, order, form, status=422)
        typed = form.cleaned_data
        try:
            add_item(order, product=product, cycle=typed["cycle"], quantity=typed["quantity"], by=request.user)
        except Refused as refusal:
            if refusal.code != "no_price":
                return self.show(request, order_of(request, number), form, refusal=refusal, status=422)
            form.refuse("cycle", refusal.sentence)
            return self.show(request, order, form, status=422)
        messages.success(request, f"{product.name} added.")
        return redirect("order", order.number)

    def show(
        self, request: HttpRequest, order: Order, form: AddForm, *, refusal: Refused | None = None, status: int = 200
    ) -> HttpResponse:
        offer = choices.ordinary(order.account, request.GET.get("q", ""))
        return self.answer(request, order, refusal=refusal, status=status, form=form, offer=offer)
