"""Counts beside the tabs of a record: exact up to a hundred, and never dearer than that."""

from django.db.models import IntegerField, OuterRef, QuerySet, Subquery

from plans.models import Account

MOST = 99


class CappedCount(Subquery):
    """How many rows there are, counted up to one more than MOST: a million rows cost what a hundred do."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet) -> None:
        super().__init__(rows.order_by().values("pk")[: MOST + 1])


def shown(count: int) -> str:
    """12, or 99+ where counting stopped."""
    return f"{MOST}+" if count > MOST else str(count)


def count_of_customers(reseller: Account) -> str:
    """Its active customers, as they count towards the limit of its plan."""
    customers = Account.objects.active().filter(parent=OuterRef("pk"), kind=Account.Kind.CUSTOMER)
    counted = Account.objects.filter(pk=reseller.pk).annotate(count=CappedCount(customers))
    return shown(counted.values_list("count", flat=True).get())
