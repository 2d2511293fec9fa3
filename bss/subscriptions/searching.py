"""Finding subscriptions by what people know of them: a number, or whose they are."""

import re

from django.db.models import QuerySet

from plans.models import Account, Operator

MOST_ACCOUNTS = 200
NUMBER = re.compile(r"^(?:sub-?)?([0-9]{1,12})(-[0-9]{1,3})?$", re.IGNORECASE)


def matching(subscriptions: QuerySet, text: str, *, operator: Operator) -> QuerySet:
    """The subscription of a number (SUB-01874, sub1874, 1874), or those of accounts by number or start of the name."""
    if number := NUMBER.match(text):
        return subscriptions.filter(number=f"SUB-{int(number[1]):05d}{number[2] or ''}")
    accounts = Account.objects.called(text, operator=operator).order_by("name", "pk").values_list("pk", flat=True)
    return subscriptions.filter(account__in=list(accounts[:MOST_ACCOUNTS]))
