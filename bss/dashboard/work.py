"""What waits for somebody: orders that failed or lack their alias, wishes, letters that did not arrive."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import NoReverseMatch, reverse

from notifications.models import Notification
from plans.drafts import lacks_alias
from plans.models import Activity, Operator, Order, OrderItem, PendingChange, TenantRequest

from ..letters import row
from .numbers import counted, shown

SHOWN = 5
MOST = 1_000
NEWEST = 10
DRAFTS_LOOKED_AT = 200


@dataclass(frozen=True)
class Work:
    """The newest rows, and how many there are in all (as shown)."""

    rows: list
    count: str


def failed_orders(operator: Operator) -> Work:
    failed = Order.objects.filter(operator=operator, state=Order.State.FAILED)
    found = failed.select_related("account", "to_plan").defer("preview").order_by("-pk")[:SHOWN]
    return Work([{"order": order, "retry_url": retry_url(order)} for order in found], _capped(failed))


def retry_url(order: Order) -> str:
    try:
        return reverse("order_retry", args=[order.number])
    except NoReverseMatch:
        return ""


def waiting_for_alias(operator: Operator) -> Work:
    """Drafts whose plan has no Storefront Alias yet, among the newest drafts."""
    drafts = Order.objects.filter(operator=operator, state=Order.State.DRAFT).order_by("-pk")
    newest = drafts.values("pk")[:DRAFTS_LOOKED_AT]
    without = OrderItem.objects.filter(lacks_alias(), order__in=newest).select_related("order__account")
    found = list(without.order_by("-order_id"))
    return Work(found[:SHOWN], str(len(found)))


def open_wishes(operator: Operator) -> Work:
    wishes = TenantRequest.objects.filter(operator=operator, state=TenantRequest.State.OPEN)
    return Work(list(wishes.select_related("account").order_by("-pk")[:SHOWN]), _capped(wishes))


def changes_that_wait(operator: Operator) -> Work:
    """The next plan changes that are scheduled, in the order of their days."""
    waiting = PendingChange.objects.filter(operator=operator)
    about = waiting.select_related("subscription__account", "subscription__plan", "to_plan").defer("preview")
    return Work(list(about.order_by("due_on", "pk")[:SHOWN]), _capped(waiting))


def lost_letters(operator: Operator) -> Work:
    """Letters that did not arrive, until somebody has dealt with them: the newest of the first thousand."""
    lost = Notification.objects.of_operator(operator).open_tasks().order_by()
    pks = sorted(lost.values_list("pk", flat=True)[: MOST + 1])
    newest = Notification.objects.filter(pk__in=pks[-SHOWN:]).select_related("account").defer("text", "html")
    return Work([row(letter) for letter in newest.order_by("-pk")], shown(len(pks), most=MOST))


def latest(operator: Operator) -> list[Activity]:
    happened = Activity.objects.filter(operator=operator).select_related("account", "order")
    return list(happened.defer("order__preview").order_by("-pk")[:NEWEST])


def _capped(rows: QuerySet) -> str:
    return shown(counted(rows, most=MOST), most=MOST)
