"""The invariants of periods and charges: each query finds rows that must not exist. No row: it holds."""

from collections import defaultdict
from datetime import timedelta

from django.db.models import F, Max, Min, Q, Window
from django.db.models.functions import Lag

from .models import Charge, Operator, Order, Subscription
from .periods import today

Rows = list[dict]
LATE = timedelta(days=1)
CHARGED = Q(charges__kind=Charge.Kind.CHARGE)


def charges_that_do_not_add_up() -> Rows:
    """The charges of an executed order are its agreed total."""
    found = []
    orders = Order.objects.filter(state="executed").prefetch_related("charges")
    for order in orders.iterator(chunk_size=500):
        net, tax = sum(c.net for c in order.charges.all()), sum(c.tax for c in order.charges.all())
        if (net, tax) != (order.net, order.tax):
            found.append({"id": order.id, "number": order.number, "net": str(net), "tax": str(tax)})
    return found


def subscriptions_that_were_not_renewed() -> Rows:
    """More than a day late, with nothing that keeps them: no plan order under way, no change that is due."""
    days: dict = defaultdict(list)
    for operator in Operator.objects.only("time_zone"):
        days[today(operator) - LATE].append(operator.pk)
    late = Q(pk__in=[])
    for day, operators in days.items():
        late |= Q(operator__in=operators, period_end_on__lt=day)
    stuck = Subscription.objects.active().unhindered().filter(late)
    return list(stuck.values("id", "number", "period_end_on"))


def periods_with_a_gap_between() -> Rows:
    """Each charged period begins on the day on which the one before it ended."""
    periods = Charge.objects.filter(kind=Charge.Kind.CHARGE, subscription__isnull=False)
    before = Window(Lag("period_end_on"), partition_by="subscription_id", order_by="period_start_on")
    torn = periods.annotate(before_on=before).filter(before_on__isnull=False).exclude(before_on=F("period_start_on"))
    return list(torn.values("id", "subscription__number", "before_on", "period_start_on"))


def subscriptions_charged_for_other_days() -> Rows:
    """What is charged begins with the subscription and ends with its present period. What was brought in by an import
    was paid for elsewhere: it is charged from its first renewal on."""
    charged = Subscription.objects.annotate(
        first_on=Min("charges__period_start_on", filter=CHARGED), last_on=Max("charges__period_end_on", filter=CHARGED)
    )
    sold_here = ~Q(order_item__order__channel=Order.Channel.IMPORT)
    wrong = Q(last_on__isnull=False) & ~Q(last_on=F("period_end_on"))
    wrong |= sold_here & (Q(first_on__isnull=True) | ~Q(first_on=F("anchor_on")))
    return list(charged.filter(wrong).values("id", "number", "first_on", "last_on", "period_end_on"))


def credits_of_another_period() -> Rows:
    """A credit is for the end of the last period that was charged."""
    last = Max("subscription__charges__period_end_on", filter=Q(subscription__charges__kind=Charge.Kind.CHARGE))
    given = Charge.objects.filter(kind=Charge.Kind.CREDIT, subscription__isnull=False).annotate(last_on=last)
    return list(given.exclude(last_on=F("period_end_on")).values("id", "subscription__number", "period_end_on"))
