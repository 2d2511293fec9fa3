"""Finding what accounts have by what people know of the account."""

from django.db.models import F, QuerySet

from plans.models import Account, Operator

MOST_ACCOUNTS = 200


def owned_by(text: str, rows: QuerySet, *, operator: Operator) -> QuerySet:
    """Those of the accounts that have this number, or whose name starts like this.

    They are few, and may be anywhere among all rows. So their `place` is a sum for which there is no index: sorted by
    it they are read along their accounts, and PostgreSQL never looks for them from the newest row of all on.
    """
    accounts = Account.objects.called(text, operator=operator, most=MOST_ACCOUNTS).order_by()
    found = rows.filter(account__in=list(accounts.values_list("pk", flat=True)))
    return found.annotate(place=F("pk") + 0)
