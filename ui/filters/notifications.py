from datetime import date, datetime, time, timedelta

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from notifications.catalogue import CATALOGUE
from notifications.editing import TEST
from notifications.models import Notification, NotificationTemplate

YEARS = range(2000, 2100)
DAY = timedelta(days=1)


class NotificationFilters(django_filters.FilterSet):
    """`?state=bounced&template=welcome_standard&since=2026-11-01&q=jonas`."""

    state = django_filters.ChoiceFilter(choices=Notification.State.choices)
    template = django_filters.ChoiceFilter(
        field_name="template_code", choices=[(kind.code, kind.name) for kind in CATALOGUE.values()]
    )
    entity = django_filters.ChoiceFilter(method="about", choices=NotificationTemplate.Entity.choices)
    since = django_filters.DateFilter(method="from_day")
    until = django_filters.DateFilter(method="to_day")
    tests = django_filters.ChoiceFilter(method="only_tests", choices=[("yes", "Tests")])
    q = django_filters.CharFilter(method="search", max_length=254)

    def search(self, letters: QuerySet, _name: str, text: str) -> QuerySet:
        return letters.addressed_to(text)

    def about(self, letters: QuerySet, _name: str, entity: str) -> QuerySet:
        codes = [kind.code for kind in CATALOGUE.values() if kind.entity == entity]
        return letters.filter(template_code__in=codes)

    def only_tests(self, letters: QuerySet, _name: str, _yes: str) -> QuerySet:
        return letters.filter(template_code__in=[f"{TEST}{code}" for code in CATALOGUE])

    def from_day(self, letters: QuerySet, _name: str, day: date) -> QuerySet:
        return letters.filter(created_at__gte=_start(day)) if day.year in YEARS else letters

    def to_day(self, letters: QuerySet, _name: str, day: date) -> QuerySet:
        return letters.filter(created_at__lt=_start(day + DAY)) if day.year in YEARS else letters


def _start(day: date) -> datetime:
    """The day's first moment on the operator's clock."""
    return timezone.make_aware(datetime.combine(day, time.min))
