from datetime import date, datetime, time, timedelta

import django_filters
from django.db.models import QuerySet, Subquery
from django.utils import timezone

from notifications.catalogue import CATALOGUE
from notifications.editing import TEST
from notifications.models import Notification, NotificationTemplate
from plans.asking import askable
from plans.models import Account, Order

YEARS = range(2000, 2100)
DAY = timedelta(days=1)
VIEWS = {"attention": "Needs attention", "twice": "Possible duplicates"}


class NotificationFilters(django_filters.FilterSet):
    """`?view=attention&account=AC-10482&state=bounced&template=welcome_standard&since=2026-11-01&q=jonas`."""

    state = django_filters.ChoiceFilter(choices=Notification.State.choices)
    template = django_filters.ChoiceFilter(
        field_name="template_code", choices=[(kind.code, kind.name) for kind in CATALOGUE.values()]
    )
    view = django_filters.ChoiceFilter(method="in_view", choices=list(VIEWS.items()))
    account = django_filters.CharFilter(method="of_account", max_length=20)
    order = django_filters.CharFilter(method="of_order", max_length=20)
    entity = django_filters.ChoiceFilter(method="about", choices=NotificationTemplate.Entity.choices)
    since = django_filters.DateFilter(method="from_day")
    until = django_filters.DateFilter(method="to_day")
    tests = django_filters.ChoiceFilter(method="only_tests", choices=[("yes", "Tests")])
    q = django_filters.CharFilter(method="search", max_length=254)

    def in_view(self, letters: QuerySet, _name: str, view: str) -> QuerySet:
        if view == "twice":
            return letters.filter(possible_duplicate=True)
        tasks = Notification.objects.of_operator(self.request.operator).open_tasks()  # few, and found without an order
        return letters.filter(pk__in=tasks.values("pk"))

    def of_account(self, letters: QuerySet, _name: str, number: str) -> QuerySet:
        """By its id, which leads into the index of an account's letters: no other letter is looked at."""
        found = Account.objects.filter(operator=self.request.operator, number=askable(number, most=20).upper())
        return letters.filter(account=Subquery(found.values("pk")[:1]))

    def of_order(self, letters: QuerySet, _name: str, number: str) -> QuerySet:
        found = Order.objects.filter(operator=self.request.operator, number=askable(number, most=20).upper())
        return letters.filter(order=Subquery(found.values("pk")[:1]))

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
