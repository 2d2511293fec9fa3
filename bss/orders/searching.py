"""Finding orders by what people know of them: a number, or whose they are."""

import re

from django.db.models import QuerySet

from plans.models import Account, Operator

MOST_ACCOUNTS = 200
NUMBER = re.compile(r"^(?:so-?)?([0-9]{1,12})$", re.IGNORECASE)


def matching(orders: QuerySet, text: str, *, operator: Operator) -> QuerySet:
    """The order of a number (SO-01874, so1874, 1874), or those of accounts by number or the start of the name."""
    if number := NUMBER.match(text):
        return orders.filter(number=f"SO-{int(number[1]):05d}")
    accounts = Account.objects.called(text, operator=operator).order_by("name", "pk").values_list("pk", flat=True)
    return orders.filter(account__in=list(accounts[:MOST_ACCOUNTS]))
