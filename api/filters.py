"""What can be asked of the lists: what pages of the back office ask, and whose it is."""

import django_filters

from plans.models import Account, TenantRequest
from ui.filters import accounts, notifications, orders, products, subscriptions

ProductFilters = products.ProductFilters


class AccountFilters(accounts.AccountFilters):
    kind = django_filters.ChoiceFilter(choices=Account.Kind.choices)


class OrderFilters(orders.OrderFilters):
    account = django_filters.CharFilter("account__number", max_length=20)


class SubscriptionFilters(subscriptions.SubscriptionFilters):
    account = django_filters.CharFilter("account__number", max_length=20)


class NotificationFilters(notifications.NotificationFilters):
    account = django_filters.CharFilter("account__number", max_length=20)
    order = django_filters.CharFilter("order__number", max_length=20)


class TenantRequestFilters(django_filters.FilterSet):
    account = django_filters.CharFilter("account__number", max_length=20)
    state = django_filters.ChoiceFilter(choices=TenantRequest.State.choices)
