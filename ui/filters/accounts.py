import django_filters
from django.db.models import Exists, OuterRef, QuerySet
from django_countries import countries

from plans.asking import askable
from plans.models import Account, Order, Plan, Storefront, Subscription

from .plans import PlanFilters, plans_of

VIEWS = {"storefront": "With a storefront", "failed": "Execution failed", "no_contact": "No primary contact"}


class AccountFilters(PlanFilters):
    """`?plan=free&status=active&country=DE&view=failed&q=tech`. `q` is a number, a name, an alias or an email."""

    plan = django_filters.ChoiceFilter(method="on_plan")
    status = django_filters.ChoiceFilter(field_name="state", choices=Account.State.choices)
    country = django_filters.ChoiceFilter(choices=[(code, code) for code, _ in countries])  # names take their time
    view = django_filters.ChoiceFilter(method="in_view", choices=list(VIEWS.items()))
    parent = django_filters.CharFilter(method="customers_of", max_length=20)
    q = django_filters.CharFilter(method="search", max_length=120)

    def plans(self) -> list[Plan]:
        return plans_of(self.request)

    def on_plan(self, accounts: QuerySet, _name: str, value: str) -> QuerySet:
        """Resellers on the plan now. The default plan is held by who has no plan subscription."""
        plan = next(plan for plan in self.plans() if plan.code == value)
        subscribed = Subscription.objects.active().for_plans().filter(account=OuterRef("pk"))
        is_on_it = ~Exists(subscribed) if plan.is_default else Exists(subscribed.filter(plan=plan))
        return accounts.resellers().filter(is_on_it)

    def customers_of(self, accounts: QuerySet, _name: str, number: str) -> QuerySet:
        """The end customers of the reseller with this number."""
        resellers = Account.objects.resellers().filter(operator=self.request.operator, number=askable(number, most=20))
        return accounts.filter(kind=Account.Kind.CUSTOMER, parent__in=resellers.values("pk"))

    def in_view(self, accounts: QuerySet, _name: str, view: str) -> QuerySet:
        accounts = accounts.resellers()
        if view == "storefront":
            open_ones = Storefront.objects.filter(account=OuterRef("pk"), state=Storefront.State.OPEN, is_own=False)
            return accounts.filter(Exists(open_ones))
        if view == "failed":
            failed = Order.objects.filter(operator=self.request.operator, state=Order.State.FAILED)
            return accounts.filter(pk__in=failed.values("account"))
        return accounts.filter(has_primary_contact=False)

    def search(self, accounts: QuerySet, _name: str, text: str) -> QuerySet:
        return accounts.matching(text, operator=self.request.operator)
