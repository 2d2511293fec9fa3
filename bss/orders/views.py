from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from plans.models import Order

from .. import paging
from ..letters import row
from ..permissions import StaffRequired
from . import words
from .forms import OrderFilter
from .listing import COLUMNS, rows_of
from .searching import matching


class OrderList(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = OrderFilter.of(request.GET)
        orders = Order.objects.filter(operator=request.operator)
        if wanted["state"]:
            orders = orders.filter(state=wanted["state"])
        if wanted["q"]:
            orders = matching(orders, wanted["q"], operator=request.operator)
        page = paging.newest_first(orders.values_list(*COLUMNS, named=True), request)
        context = {"page": page, "rows": rows_of(page.rows), "wanted": wanted, "states": Order.State.choices}
        return render(request, "bss/orders/list.html", context)


class OrderPage(StaffRequired, View):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        orders = Order.objects.filter(operator=request.operator)
        orders = orders.select_related("account", "created_by", "placed_by", "from_plan", "to_plan")
        order = get_object_or_404(orders.prefetch_related("items__product"), number=number)
        items = order.items.all()
        kind, status = words.status(order.state, lacks_alias=any(item.is_plan and not item.alias for item in items))
        context = {
            "order": order,
            "kind": kind,
            "status": status,
            "steps": words.steps(order, operator=request.operator),
            "activities": order.activities.order_by("-pk"),
            "letters": [row(letter) for letter in order.notifications.order_by("pk").defer("text", "html")],
        }
        return render(request, "bss/orders/order.html", context)
