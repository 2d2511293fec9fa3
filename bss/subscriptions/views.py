from collections.abc import Iterable

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from plans.models import Subscription
from ui.filters.plans import plans_with_subscriptions
from ui.filters.subscriptions import SubscriptionFilters

from ..lists import ListExport, ListPage
from ..permissions import StaffRequired
from .listing import COLUMNS, HEADS, cells_of, row_of
from .record import record, subscription_of


class SubscriptionList(ListPage):
    template = "bss/subscriptions/list.html"
    filters = SubscriptionFilters
    columns = COLUMNS

    def rows(self) -> QuerySet:
        return Subscription.objects.filter(operator=self.request.operator)

    def rows_of(self, found: list) -> list:
        return [row_of(each) for each in found]

    def more(self, request: HttpRequest) -> dict[str, object]:
        plans = [(plan.code, plan.name) for plan in plans_with_subscriptions(request)]
        return {"states": Subscription.State.choices, "plans": plans}


class SubscriptionExport(ListExport, SubscriptionList):
    filename, export_heads = "subscriptions", HEADS

    def export(self, rows: QuerySet) -> Iterable:
        return cells_of(rows.iterator(chunk_size=1000))


class SubscriptionPage(StaffRequired, View):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        subscription = subscription_of(request.operator, number)
        return render(request, "bss/subscriptions/subscription.html", record(subscription))
