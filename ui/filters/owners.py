"""Finding what accounts have by what people know of the account."""

from django.db.models import QuerySet

from plans.models import Account, Operator

MOST_ACCOUNTS = 200


def owned_by(text: str, rows: QuerySet, *, operator: Operator) -> QuerySet:
    """Those of the accounts that have this number, or whose name starts like this."""
    accounts = Account.objects.called(text, operator=operator).order_by("name", "pk").values_list("pk", flat=True)
    return rows.filter(account__in=list(accounts[:MOST_ACCOUNTS]))
