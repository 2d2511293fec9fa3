"""What is done with an order by one press of a button: Execute and Retry."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views import View

from plans.mending import retry_order
from plans.ordering import place_order
from plans.refusals import PreviewStale, Refused

from ..permissions import StaffRequired
from .pages import refused_page
from .record import order_of


class Act(StaffRequired, View):
    permission = "execute"

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        """Whoever reloads the page after a refusal, or comes back from signing in, is led to the order."""
        return redirect("order", order_of(request, number).number)


class Execute(Act):
    """Place the draft exactly as the page had shown it; a worker executes it."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order = order_of(request, number)
        try:
            place_order(order, by=request.user, fingerprint=request.POST.get("fingerprint", ""))
        except PreviewStale as stale:
            return refused_page(request, order, stale, is_stale=True)
        except Refused as refusal:
            return refused_page(request, order, refusal)
        messages.success(request, f"Order {order.number} is being executed.")
        return redirect("order", order.number)


class Retry(Act):
    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        order = order_of(request, number)
        try:
            retry_order(order, by=request.user)
        except Refused as refusal:
            return refused_page(request, order, refusal)
        messages.success(request, f"Order {order.number} is being executed.")
        return redirect("order", order.number)
