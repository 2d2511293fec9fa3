"""What can be asked of the list of subscriptions, on the page and in the API alike. Nonsense filters nothing."""

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest

from plans.models import Plan, Subscription

from .searching import matching


class SubscriptionFilters(django_filters.FilterSet):
    """Kept in the URL: `?state=active&plan=free&q=SUB-00846`. `plan` is a plan's code; `none` has no plan."""

    state = django_filters.ChoiceFilter(choices=Subscription.State.choices)
    plan = django_filters.CharFilter(method="of_plan", max_length=20)
    q = django_filters.CharFilter(method="search", max_length=120)

    def of_plan(self, subscriptions: QuerySet, _name: str, code: str) -> QuerySet:
        if code == "none":
            return subscriptions.filter(plan__isnull=True)
        plan = next((plan for plan in plans_of(self.request) if plan.code == code), None)
        return subscriptions.filter(plan=plan) if plan else subscriptions.none()

    def search(self, subscriptions: QuerySet, _name: str, text: str) -> QuerySet:
        return matching(subscriptions, text, operator=self.request.operator)


def plans_of(request: HttpRequest) -> list[Plan]:
    """The plans that are subscribed to, lowest first; one query for a request."""
    if not hasattr(request, "plan_rows"):
        rows = Plan.objects.filter(operator=request.operator, is_default=False).order_by("rank")
        request.plan_rows = list(rows.only("code", "name"))
    return request.plan_rows
