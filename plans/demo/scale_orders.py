"""The orders of `scale`: one for each account, executed, with everything that an execution leaves behind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from .. import periods, pricing
from ..models import (
    Account,
    Activity,
    AliasClaim,
    Charge,
    NumberSeries,
    Operator,
    Order,
    OrderItem,
    Plan,
    Product,
    Storefront,
    Subscription,
)
from ..models.product import Cycle

LATELY = 60  # days


@dataclass
class Offer:
    """What accounts of one kind hold: a product, and its plan if it grants one."""

    product: Product
    price: Decimal
    plan: Plan | None
    from_plan: Plan | None
    shown: dict  # the preview as it is kept on an order, without its account, day and alias
    sold: dict


def write_orders(operator: Operator, accounts: list[Account], chosen: list[Offer], *, today: date) -> None:
    numbers = NumberSeries.take(operator.pk, "SO", count=len(accounts))
    pairs = list(zip(accounts, chosen, strict=True))
    orders = Order.objects.bulk_create(
        [_order(operator, account, offer, number) for (account, offer), number in zip(pairs, numbers, strict=True)]
    )
    items = OrderItem.objects.bulk_create([_item(o, offer) for o, (_, offer) in zip(orders, pairs, strict=True)])
    subscriptions = Subscription.objects.bulk_create(
        [_subscription(item, offer, today) for item, offer in zip(items, chosen, strict=True)]
    )
    Activity.objects.bulk_create([_executed(order) for order in orders])
    ordinary = [(s, i.order) for s, i in zip(subscriptions, items, strict=True) if not i.is_plan]
    Charge.objects.bulk_create(charge for s, order in ordinary for charge in _charges(s, order, operator))
    _write_storefronts(operator, [order for order in orders if order.is_plan_order])


def _order(operator: Operator, account: Account, offer: Offer, number: str) -> Order:
    at = account.created_at if offer.plan else _lately(account)
    net = Decimal(0) if offer.plan else offer.price
    tax = pricing.round_to(net * operator.tax_rate / 100, operator.currency)
    alias = _alias(account) if offer.plan else ""
    its_own = {"account": account.number, "on": at.date().isoformat(), "alias": alias}
    return Order(
        operator=operator,
        account=account,
        number=number,
        state=Order.State.EXECUTED,
        channel=Order.Channel.IMPORT if offer.plan else Order.Channel.STOREFRONT,
        is_plan_order=bool(offer.plan),
        change=offer.shown["change"],
        from_plan=offer.from_plan,
        to_plan=offer.plan,
        currency=account.currency,
        preview=offer.shown | its_own,
        net=net,
        tax=tax,
        total=net + tax,
        created_at=at,
        placed_at=at,
        executed_at=at,
        attempts=1,
    )


def _lately(account: Account) -> datetime:
    """Within two months: what was bought long ago would have a charge for each month since."""
    return max(account.created_at, timezone.now() - timedelta(days=account.pk % LATELY, hours=1))


def _alias(account: Account) -> str:
    return account.number.lower()


def _item(order: Order, offer: Offer) -> OrderItem:
    return OrderItem(
        operator_id=order.operator_id,
        order=order,
        product=offer.product,
        is_plan=bool(offer.plan),
        name=offer.product.name,
        cycle=Cycle.MONTH,
        unit_price=offer.price,
        alias=_alias(order.account) if offer.plan else "",
    )


def _subscription(item: OrderItem, offer: Offer, today: date) -> Subscription:
    order = item.order
    on = order.executed_at.date()
    start, end = periods.running_period(on, Cycle.MONTH, on=max(today, on))
    return Subscription(
        operator_id=order.operator_id,
        account=order.account,
        number="SUB-" + order.number.split("-", 1)[1],
        order_item=item,
        product=offer.product,
        plan=offer.plan,
        cycle=Cycle.MONTH,
        currency=order.currency,
        unit_price=offer.price,
        entitlements=offer.sold,
        anchor_on=on,
        period_start_on=start,
        period_end_on=end,
        started_at=order.executed_at,
    )


def _executed(order: Order) -> Activity:
    return Activity(
        operator_id=order.operator_id,
        account=order.account,
        order=order,
        verb="order.execute",
        text=f"Order {order.number} executed.",
        from_state="executing",
        to_state="executed",
        at=order.executed_at,
    )


def _charges(subscription: Subscription, order: Order, operator: Operator) -> Iterator[Charge]:
    """One for each period that has begun; the first belongs to the order."""
    rate, text = pricing.tax_of(order.account, operator)
    start = subscription.anchor_on
    while start < subscription.period_end_on:
        end = periods.period_end(subscription.anchor_on, start, Cycle.MONTH)
        yield Charge(
            operator=operator,
            account=order.account,
            order=order if start == subscription.anchor_on else None,
            subscription=subscription,
            kind="charge",
            text=pricing.label_of(subscription.product.name, cycle=Cycle.MONTH),
            currency=order.currency,
            net=order.net,
            tax_text=text,
            tax_rate=rate,
            tax=order.tax,
            period_start_on=start,
            period_end_on=end,
            charged_on=start,
            created_at=order.executed_at + (start - subscription.anchor_on),
        )
        start = end


def _write_storefronts(operator: Operator, orders: list[Order]) -> None:
    claims = AliasClaim.objects.bulk_create(
        [
            AliasClaim(
                operator=operator,
                alias=_alias(order.account),
                account=order.account,
                state=AliasClaim.State.IN_USE,
                claimed_at=order.executed_at,
            )
            for order in orders
        ]
    )
    Storefront.objects.bulk_create(
        [
            Storefront(
                operator=operator,
                account=order.account,
                claim=claim,
                name=order.account.name[:60],
                created_by_order=order,
                opened_at=order.executed_at,
            )
            for order, claim in zip(orders, claims, strict=True)
        ]
    )
