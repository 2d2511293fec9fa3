"""One account as its page needs it: with its people, its storefront and the counts on its tabs, in one query."""

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404

from plans.models import Account, Contact, ContactRole, Operator, Order, Subscription
from plans.prepared import Prepared

from .counting import CappedCount, shown

HERE = OuterRef("pk")
TABS = (
    ("account", "Overview", ""),
    ("account_contacts", "Contacts", "contact_count"),
    ("account_orders", "Orders", "order_count"),
    ("account_subscriptions", "Subscriptions", "subscription_count"),
    ("account_storefront", "Storefront", ""),
    ("account_billing", "Billing", ""),
    ("account_activity", "Activity", ""),
)


def accounts_of(operator: Operator | int) -> QuerySet:
    """The accounts that have a page: everybody's but the distributor's own."""
    return Account.objects.filter(operator=operator).exclude(kind=Account.Kind.DISTRIBUTOR)


def plain_record(operator: Operator, number: str) -> Account:
    """The account alone, or 404. One query."""
    account = get_object_or_404(accounts_of(operator), number=number)
    account.operator = operator
    return account


def full_record(operator: Operator, number: str) -> Account:
    """The account with `primary_contact` (its primary contact, or None), storefront and counts, or 404. One query."""
    account = RECORD.first(operator=operator.pk, number=number)
    if account is None:
        raise Http404
    account.operator = operator
    account.primary_contact = getattr(account, "primary_contact", None)
    account.open_wish = getattr(account, "open_wish", None)
    if account.primary_contact:
        account.primary_contact.account = account
    return account


def _record(operator: int, number: str) -> QuerySet:
    found = accounts_of(operator).annotate(
        primary_contact=FilteredRelation("contacts", condition=Q(contacts__is_primary=True)),
        open_wish=FilteredRelation("tenant_requests", condition=Q(tenant_requests__state="open")),
        primary_has_role=Exists(ContactRole.objects.filter(contact__account=HERE, contact__is_primary=True)),
        contact_count=CappedCount(Contact.objects.filter(account=HERE)),
        order_count=CappedCount(Order.objects.filter(account=HERE)),
        subscription_count=CappedCount(Subscription.objects.filter(account=HERE)),
    )
    found = found.select_related("account_manager", "parent", "storefront__claim", "primary_contact__user", "open_wish")
    return found.filter(number=number)


RECORD = Prepared(_record, operator=int, number=str)


def tabs_of(account: Account, *, here: str) -> list[dict[str, object]]:
    """The tabs with their counts; the one that is shown is marked."""
    return [
        {"route": route, "word": word, "count": shown(getattr(account, count)) if count else "", "here": route == here}
        for route, word, count in TABS
    ]
