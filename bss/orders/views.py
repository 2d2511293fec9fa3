from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views import View

from plans.models import Order, OrderItem

from .. import paging
from ..letters import row
from ..permissions import StaffRequired
from . import words
from .forms import OrderFilter
from .searching import matching

LISTED = ("number", "state", "channel", "change", "currency", "total", "created_at", "account__number", "account__name")
ITEMS = Prefetch(
    "items", OrderItem.objects.order_by("-is_plan", "id").only("order_id", "name", "is_plan", "alias", "quantity")
)


class OrderList(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        wanted = OrderFilter.of(request.GET)
        orders = Order.objects.filter(operator=request.operator)
        if wanted["state"]:
            orders = orders.filter(state=wanted["state"])
        if wanted["q"]:
            orders = matching(orders, wanted["q"], operator=request.operator)
        orders = orders.select_related("account").only(*LISTED).prefetch_related(ITEMS)
        page = paging.newest_first(orders, request)
        rows = [{"order": order, "status": words.status(order)} for order in page.rows]
        context = {"page": page, "rows": rows, "wanted": wanted, "states": Order.State.choices}
        return render(request, "bss/orders/list.html", context)


class OrderPage(StaffRequired, View):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        orders = Order.objects.filter(operator=request.operator)
        orders = orders.select_related("account", "created_by", "placed_by", "from_plan", "to_plan")
        order = get_object_or_404(orders.prefetch_related("items__product"), number=number)
        context = {
            "order": order,
            "status": words.status(order),
            "steps": words.steps(order, operator=request.operator),
            "activities": order.activities.order_by("-pk"),
            "letters": [row(letter) for letter in order.notifications.order_by("pk").defer("text", "html")],
        }
        return render(request, "bss/orders/order.html", context)
