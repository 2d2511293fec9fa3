"""One order: its tabs, and the part of it that changes while it is executed."""

from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views import View

from plans.models import Order
from plans.refusals import Refused

from ..permissions import StaffRequired
from .record import Record, order_of, record_of

NOTHING_MORE = 286  # tells whoever polls to stop


class OrderTab(StaffRequired, View):
    template = ""
    tab = ""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        record = record_of(request, order_of(request, number), tab=self.tab)
        return render(request, self.template, context_of(record, tab=self.tab) | self.more(record))

    def more(self, record: Record) -> dict[str, object]:
        return {}


class ProductsTab(OrderTab):
    template, tab = "bss/orders/order.html", "products"


class BillingTab(OrderTab):
    template, tab = "bss/orders/billing.html", "billing"

    def more(self, record: Record) -> dict[str, object]:
        day = record.figures.get("renews_on", "")
        figures = [
            line
            | {
                "from": date.fromisoformat(line["period_start_on"]),
                "until": date.fromisoformat(line["period_end_on"]),
            }
            for line in record.figures.get("lines", [])
        ]
        return {"figures": figures, "renews_on": date.fromisoformat(day) if day else None}


class HistoryTab(OrderTab):
    template, tab = "bss/orders/history.html", "history"

    def more(self, record: Record) -> dict[str, object]:
        return {"activities": record.trail[::-1]}


class ExecutionPart(StaffRequired, View):
    """What changes while the order is executed; 286 when it will not change any more by itself."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        record = record_of(request, order_of(request, number))
        status = NOTHING_MORE if record.execution.is_over else 200
        return render(request, "bss/orders/execution.html", context_of(record), status=status)


def context_of(record: Record, *, tab: str = "products") -> dict[str, object]:
    """`stay`: where choosing a theme comes back to, also after something was refused at an address that is no page."""
    stay = reverse("order", args=[record.order.number])
    return {"record": record, "order": record.order, "account": record.order.account, "tab": tab, "stay": stay}


def refused_page(request: HttpRequest, order: Order, refusal: Refused, *, is_stale: bool = False) -> HttpResponse:
    """The order as it is now, and why what was tried has not been done."""
    fresh = order_of(request, order.number)
    record = record_of(request, fresh, refusal=None if is_stale else refusal, is_stale=is_stale)
    return render(request, "bss/orders/order.html", context_of(record) | {"is_refused": True}, status=422)
