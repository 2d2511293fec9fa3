"""Dialogs about the order as a whole: its reference, and cancelling it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from plans.mending import amend_order, cancel_order
from plans.models import Order
from plans.moves import locked
from plans.refusals import Refused

from ..permissions import StaffRequired
from .forms import ReferenceForm
from .record import order_of


class OrderDialog(StaffRequired, View):
    """A dialog that was opened from the order's page. `refusal`: it cannot be done, and why."""

    permission = "orders"
    template = ""
    heading = ""

    def answer(
        self, request: HttpRequest, order: Order, *, refusal: Refused | None = None, status: int = 200, **more
    ) -> HttpResponse:
        context = {
            "heading": self.heading.format(number=order.number),
            "sub": f"Order {order.number} · {order.account.name}",
            "back": reverse("order", args=[order.number]),
            "back_label": order.number,
            "order": order,
            "refusal": refusal,
            "version": self.seen(request) or order.version,
        }
        return render(request, self.template, context | more, status=status)

    def seen(self, request: HttpRequest) -> int | None:
        """The version of the order that the form was filled in from."""
        text = request.POST.get("version", "")
        return int(text) if text.isdecimal() and len(text) < 10 else None


class Cancel(OrderDialog):
    template, heading = "bss/orders/cancel.html", "Cancel order {number}?"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = order_of(request, number)
        return self.answer(request, order, refusal=None if order.may("cancel") else locked(order))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order = order_of(request, number)
        try:
            cancel_order(order, by=request.user)
        except Refused as refusal:
            return self.answer(request, order_of(request, number), refusal=refusal, status=422)
        messages.success(request, f"Order {order.number} cancelled.")
        return redirect("order", order.number)


class Edit(OrderDialog):
    template, heading = "bss/orders/edit.html", "Edit order"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        order = order_of(request, number)
        refusal = None if order.state == Order.State.DRAFT else locked(order)
        return self.answer(request, order, refusal=refusal, form=ReferenceForm(initial={"reference": order.reference}))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order, form = order_of(request, number), ReferenceForm(request.POST)
        if not form.is_valid():
            return self.answer(request, order, form=form, status=422)
        try:
            amend_order(order, reference=form.cleaned_data["reference"], by=request.user, seen=self.seen(request))
        except Refused as refusal:
            said = {"conflict" if refusal.code == "changed_meanwhile" else "refusal": refusal}
            return self.answer(request, order, form=form, status=422, **said)
        messages.success(request, "Order saved.")
        return redirect("order", order.number)
