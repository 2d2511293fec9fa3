from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views import View

from notifications.models import Notification
from plans.models import Activity, Operator, Order

from ..permissions import StaffRequired

MOST = 1000  # counted no further: a figure says "1,000+"
NEWEST = 10


class Dashboard(StaffRequired, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        activities = Activity.objects.filter(operator=request.operator).select_related("account", "order")
        context = {
            "figures": figures(request.operator),
            "activities": activities.order_by("-pk")[:NEWEST],
            "now": timezone.localtime(),
        }
        return render(request, "bss/dashboard/dashboard.html", context)


def figures(operator: Operator) -> list[dict[str, str]]:
    """What may need somebody, each with the list that it counts."""
    orders = Order.objects.filter(operator=operator)
    letters = Notification.objects.of_operator(operator)
    wanted = (
        ("Orders that failed", orders.filter(state="failed"), "orders", "failed"),
        ("Orders queued", orders.filter(state="placed"), "orders", "placed"),
        ("Orders executing", orders.filter(state="executing"), "orders", "executing"),
        ("Letters that failed", letters.filter(state="failed"), "outbox", "failed"),
        ("Letters that bounced", letters.filter(state="bounced"), "outbox", "bounced"),
    )
    return [
        {"label": label, "count": capped(rows), "url": f"{reverse(name)}?state={state}"}
        for label, rows, name, state in wanted
    ]


def capped(rows: QuerySet) -> str:
    count = rows.order_by()[: MOST + 1].count()
    return f"{MOST:,}+" if count > MOST else str(count)
