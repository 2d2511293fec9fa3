import re

import django_filters
from django.db.models import QuerySet

from plans.models import Order

from .owners import owned_by

NUMBER = re.compile(r"^(?:so-?)?([0-9]{1,12})$", re.IGNORECASE)


class OrderFilters(django_filters.FilterSet):
    """`?state=failed&channel=bss_order&change=upgrade&q=SO-01874`.

    `q` is a number (SO-01874, so1874, 1874), or an account by its number or the start of its name.
    """

    state = django_filters.ChoiceFilter(choices=Order.State.choices)
    channel = django_filters.ChoiceFilter(choices=Order.Channel.choices)
    change = django_filters.ChoiceFilter(choices=Order.Change.choices)
    q = django_filters.CharFilter(method="search", max_length=120)

    def search(self, orders: QuerySet, _name: str, text: str) -> QuerySet:
        if number := NUMBER.match(text):
            return orders.filter(number=f"SO-{int(number[1]):05d}")
        return owned_by(text, orders, operator=self.request.operator)
