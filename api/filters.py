"""What can be asked of the lists that no page has, or not yet."""

import django_filters

from notifications.models import Notification
from plans.models import Account, Order, Subscription, TenantRequest


class AccountFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=Account.Kind.choices)
    state = django_filters.ChoiceFilter(choices=Account.State.choices)


class OrderFilters(django_filters.FilterSet):
    account = django_filters.CharFilter("account__number", max_length=20)
    state = django_filters.ChoiceFilter(choices=Order.State.choices)


class SubscriptionFilters(django_filters.FilterSet):
    account = django_filters.CharFilter("account__number", max_length=20)
    state = django_filters.ChoiceFilter(choices=Subscription.State.choices)


class NotificationFilters(django_filters.FilterSet):
    account = django_filters.CharFilter("account__number", max_length=20)
    order = django_filters.CharFilter("order__number", max_length=20)
    state = django_filters.ChoiceFilter(choices=Notification.State.choices)


class TenantRequestFilters(django_filters.FilterSet):
    account = django_filters.CharFilter("account__number", max_length=20)
    state = django_filters.ChoiceFilter(choices=TenantRequest.State.choices)
