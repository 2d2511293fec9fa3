"""What can be asked of the list of accounts, on the page and in the API alike. Nonsense filters nothing."""

import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django_countries import countries

from plans.models import Account, Contact, Order, Plan, Storefront, Subscription

VIEWS = {"storefront": "With a storefront", "failed": "Execution failed", "no_contact": "No primary contact"}


class AccountFilters(django_filters.FilterSet):
    """Kept in the URL: `?plan=free&status=active&country=DE&view=failed&q=tech`."""

    plan = django_filters.CharFilter(method="on_plan", max_length=20)
    status = django_filters.ChoiceFilter(field_name="state", choices=Account.State.choices)
    country = django_filters.ChoiceFilter(choices=countries)
    view = django_filters.ChoiceFilter(method="in_view", choices=list(VIEWS.items()))
    q = django_filters.CharFilter(method="search", max_length=120)

    def on_plan(self, accounts: QuerySet, _name: str, code: str) -> QuerySet:
        """On the plan now. The default plan is held by who has no plan subscription."""
        plan = next((plan for plan in plans_of(self.request) if plan.code == code), None)
        if plan is None:
            return accounts
        subscribed = Subscription.objects.active().for_plans().filter(account=OuterRef("pk"))
        return accounts.filter(~Exists(subscribed) if plan.is_default else Exists(subscribed.filter(plan=plan)))

    def in_view(self, accounts: QuerySet, _name: str, view: str) -> QuerySet:
        if view == "storefront":
            open_ones = Storefront.objects.filter(account=OuterRef("pk"), state=Storefront.State.OPEN, is_own=False)
            return accounts.filter(Exists(open_ones))
        if view == "failed":
            failed = Order.objects.filter(operator=self.request.operator, state=Order.State.FAILED)
            return accounts.filter(pk__in=failed.values("account"))
        return accounts.filter(~Exists(Contact.objects.primary().filter(account=OuterRef("pk"))))

    def search(self, accounts: QuerySet, _name: str, text: str) -> QuerySet:
        return accounts.matching(text, operator=self.request.operator) if text else accounts


def plans_of(request: HttpRequest) -> list[Plan]:
    """The operator's plans, lowest first; one query for a request."""
    if not hasattr(request, "plan_rows"):
        request.plan_rows = list(Plan.objects.filter(operator=request.operator).order_by("rank"))
    return request.plan_rows
