"""Counts beside the tabs of a record: exact up to a hundred, and never dearer than that."""

from django.db.models import IntegerField, QuerySet, Subquery

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
