"""What can be asked of the list of orders, on the page and in the API alike. Nonsense filters nothing."""

import django_filters
from django.db.models import QuerySet

from plans.models import Order

from .searching import matching


class OrderFilters(django_filters.FilterSet):
    """Kept in the URL: `?state=failed&channel=bss_order&change=upgrade&q=SO-01874`."""

    state = django_filters.ChoiceFilter(choices=Order.State.choices)
    channel = django_filters.ChoiceFilter(choices=Order.Channel.choices)
    change = django_filters.ChoiceFilter(choices=Order.Change.choices)
    q = django_filters.CharFilter(method="search", max_length=120)

    def search(self, orders: QuerySet, _name: str, text: str) -> QuerySet:
        return matching(orders, text, operator=self.request.operator) if text else orders
