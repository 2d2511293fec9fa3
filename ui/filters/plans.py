"""Filters by a plan of the operator: which there are is asked once for a request."""

import django_filters
from django.http import HttpRequest

from plans.models import Plan


class PlanFilters(django_filters.FilterSet):
    """`plan` takes the codes of `plans()`, and those of `more`."""

    more: tuple[tuple[str, str], ...] = ()

    def plans(self) -> list[Plan]:
        raise NotImplementedError

    def get_form_class(self):
        if "plan" in self.data:
            codes = [(plan.code, plan.name) for plan in self.plans()]
            self.filters["plan"].extra["choices"] = [*codes, *self.more]
        return super().get_form_class()


def plans_of(request: HttpRequest) -> list[Plan]:
    """The operator's plans, lowest first; one query for a request."""
    if not hasattr(request, "plan_rows"):
        request.plan_rows = list(Plan.objects.filter(operator=request.operator).order_by("rank"))
    return request.plan_rows


def plans_with_subscriptions(request: HttpRequest) -> list[Plan]:
    """All but the default plan, which is held without one."""
    return [plan for plan in plans_of(request) if not plan.is_default]
