"""What a few letters may mean: a handful of each kind, each found by an index."""

import re
from dataclasses import dataclass

from django.db.models import OuterRef, Subquery
from django.urls import reverse

from plans.models import Account, Operator, Order, StaffMembership, Subscription

from .places import places_for

MOST = 6
LETTERS = 2  # fewer are no search in names
DIGITS = re.compile(r"^(?:(so|sub)-?)?([0-9]{1,12})$", re.IGNORECASE)


@dataclass(frozen=True)
class Hit:
    label: str
    url: str
    note: str = ""
    icon: str = "right"


@dataclass(frozen=True)
class Group:
    title: str
    hits: list[Hit]


def groups_for(text: str, *, staff: StaffMembership) -> list[Group]:
    """Groups that found something. Nothing typed: the places to go to. At most four queries."""
    found = []
    if text:
        accounts = _accounts(text, staff.operator)
        found = [
            Group("Accounts", [_account_hit(account) for account in accounts]),
            Group("Orders", [_order_hit(order) for order in _orders(text, staff.operator, accounts)]),
            Group("Subscriptions", [_subscription_hit(each) for each in _subscriptions(text, staff.operator)]),
        ]
    places = [Hit(place.word, place.url, place.where, place.icon) for place in places_for(text, staff=staff)]
    return [group for group in [*found, Group("Go to", places)] if group.hits]


def numbers(text: str, prefix: str) -> list[str]:
    """How the number is written that was typed as 1874, so1874 or SO-01874."""
    match = DIGITS.match(text)
    if match is None or (match[1] or prefix).upper() != prefix:
        return []
    return [f"{prefix}-{int(match[2]):05d}"]


def _accounts(text: str, operator: Operator) -> list[Account]:
    plan = Subscription.objects.active().for_plans().filter(account=OuterRef("pk")).values("plan__name")[:1]
    if len(text) < LETTERS:
        return []
    rows = Account.objects.matching(text, operator=operator).annotate(plan_name=Subquery(plan))
    return list(rows.only("number", "name", "state").order_by("name", "pk")[:MOST])


def _orders(text: str, operator: Operator, accounts: list[Account]) -> list[Order]:
    """The order of the number, else the newest orders of the accounts that were found."""
    orders = Order.objects.filter(operator=operator).select_related("account").defer("preview").order_by("-pk")
    if known := numbers(text, "SO"):
        return list(orders.filter(number__in=known))
    return list(orders.filter(account__in=accounts)[:MOST]) if accounts else []


def _subscriptions(text: str, operator: Operator) -> list[Subscription]:
    known = numbers(text, "SUB")
    if not known:
        return []
    rows = Subscription.objects.filter(operator=operator, number__in=known)
    return list(rows.select_related("account", "product"))


def _account_hit(account: Account) -> Hit:
    words = [account.number, account.plan_name, "Suspended" if account.is_suspended else ""]
    return Hit(account.name, reverse("account", args=[account.number]), " · ".join(filter(None, words)), "users")


def _order_hit(order: Order) -> Hit:
    note = f"{order.account.name} · {order.get_state_display()}"
    return Hit(order.number, reverse("order", args=[order.number]), note, "receipt")


def _subscription_hit(subscription: Subscription) -> Hit:
    note = f"{subscription.account.name} · {subscription.product.name}"
    return Hit(subscription.number, reverse("subscription", args=[subscription.number]), note, "loop")
