import re

import django_filters
from django.db.models import QuerySet

from plans.models import PendingChange, Plan, Subscription

from .owners import owned_by
from .plans import PlanFilters, plans_with_subscriptions

NUMBER = re.compile(r"^(?:sub-?)?([0-9]{1,12})(-[0-9]{1,3})?$", re.IGNORECASE)
NO_PLAN = "none"
CHANGES = (("scheduled", "Change scheduled"),)


class SubscriptionFilters(PlanFilters):
    """`?state=active&plan=free&change=scheduled&q=SUB-00846`. `plan=none` are those of other products.

    `q` is a number (SUB-01874, sub1874, 1874), or an account by its number or the start of its name.
    """

    more = ((NO_PLAN, "No plan"),)
    state = django_filters.ChoiceFilter(choices=Subscription.State.choices)
    plan = django_filters.ChoiceFilter(method="of_plan")
    change = django_filters.ChoiceFilter(method="about_to_change", choices=CHANGES)
    q = django_filters.CharFilter(method="search", max_length=120)

    def plans(self) -> list[Plan]:
        return plans_with_subscriptions(self.request)

    def of_plan(self, subscriptions: QuerySet, _name: str, value: str) -> QuerySet:
        if value == NO_PLAN:
            return subscriptions.filter(plan__isnull=True)
        return subscriptions.filter(plan=next(plan for plan in self.plans() if plan.code == value))

    def about_to_change(self, subscriptions: QuerySet, _name: str, _value: str) -> QuerySet:
        """Those whose plan ends, or becomes another one, on a day that is set."""
        waiting = PendingChange.objects.filter(operator=self.request.operator)
        return subscriptions.filter(pk__in=waiting.values("subscription"))

    def search(self, subscriptions: QuerySet, _name: str, text: str) -> QuerySet:
        if number := NUMBER.match(text):
            return subscriptions.filter(number=f"SUB-{int(number[1]):05d}{number[2] or ''}")
        return owned_by(text, subscriptions, operator=self.request.operator)
