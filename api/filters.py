"""What can be asked of the lists: what pages of the back office ask, and whose it is."""

import django_filters

from plans.models import Account, TenantRequest
from ui.filters import accounts, charges, notifications, orders, products, subscriptions

ProductFilters = products.ProductFilters
NotificationFilters = notifications.NotificationFilters


class AccountFilters(accounts.AccountFilters):
    kind = django_filters.ChoiceFilter(choices=Account.Kind.choices)


class OrderFilters(orders.OrderFilters):
    account = django_filters.CharFilter("account__number", max_length=20)


class SubscriptionFilters(subscriptions.SubscriptionFilters):
    account = django_filters.CharFilter("account__number", max_length=20)


class ChargeFilters(charges.ChargeFilters):
    """`after` is the id of a charge: those that were written after it."""

    after = django_filters.NumberFilter("pk", "gt", min_value=0, max_value=10**18, decimal_places=0)


class TenantRequestFilters(django_filters.FilterSet):
    account = django_filters.CharFilter("account__number", max_length=20)
    state = django_filters.ChoiceFilter(choices=TenantRequest.State.choices)
