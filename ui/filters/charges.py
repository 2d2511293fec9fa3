from datetime import date, datetime, time, timedelta

import django_filters
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from plans.models import Account, Charge

YEARS = range(2000, 2100)
DAY = timedelta(days=1)


class ChargeFilters(django_filters.FilterSet):
    """`?account=AC-10482&kind=credit&since=2026-11-01&until=2026-11-30`.

    Days are those on which a line was written: whoever fetches what is new misses none that was written late.
    """

    account = django_filters.CharFilter(method="of_account", max_length=20)
    kind = django_filters.ChoiceFilter(choices=Charge.Kind.choices)
    since = django_filters.DateFilter(method="from_day")
    until = django_filters.DateFilter(method="to_day")

    def of_account(self, charges: QuerySet, _name: str, number: str) -> QuerySet:
        """By its id, which leads into the index of an account's lines: no other line is looked at."""
        found = Account.objects.filter(operator=self.request.operator, number=number.strip().upper())
        return charges.filter(account=Subquery(found.values("pk")[:1]))

    def from_day(self, charges: QuerySet, _name: str, day: date) -> QuerySet:
        return charges.filter(created_at__gte=_start(day)) if day.year in YEARS else charges

    def to_day(self, charges: QuerySet, _name: str, day: date) -> QuerySet:
        return charges.filter(created_at__lt=_start(day + DAY)) if day.year in YEARS else charges


def _start(day: date) -> datetime:
    """The day's first moment on the operator's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))
