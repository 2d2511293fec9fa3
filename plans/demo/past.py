"""What happened before today: orders with all that their execution left behind, on the days on which it was.

The rows are those that `ordering` and `execution` write, only with earlier times; `manage.py verify` holds them to it.
Activities cannot be moved to another day afterwards, which is why the demo does not simply order and execute.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from .. import money, periods, pricing
from ..models import Account, Activity, Charge, NumberSeries, Order, OrderItem, Plan, Subscription, User
from ..preview import Letter, Preview, Wanted
from .trail import activities

State = Order.State
CHANGED_MIND = timedelta(minutes=10)  # from placing an order to cancelling it


@dataclass
class Step:
    """One order of the past. `on` is its day; `minute` of that day keeps the order of things."""

    account: Account
    by: User
    wanted: list[Wanted]
    on: date
    minute: int = 0
    state: str = State.EXECUTED
    channel: str = Order.Channel.STOREFRONT
    from_plan: Plan | None = None
    cancels_to: Plan | None = None  # nothing is wanted then
    alias: str = ""
    opens: bool = False
    letters: list[Letter] = field(default_factory=list)
    more: dict = field(default_factory=dict)  # further columns of the order
    order: Order | None = None
    items: list[OrderItem] = field(default_factory=list)
    started: list[Subscription] = field(default_factory=list)

    @property
    def to_plan(self) -> Plan | None:
        return self.wanted[0].product.plan if self.wanted else self.cancels_to

    @property
    def placed_at(self) -> datetime:
        zone = ZoneInfo(self.account.operator.time_zone)
        return datetime.combine(self.on, time(8), tzinfo=zone) + timedelta(minutes=self.minute)

    @property
    def executed_at(self) -> datetime:
        return self.placed_at + timedelta(seconds=4)


def tell(steps: list[Step], *, today: date) -> None:
    """Write the steps, oldest first, with subscriptions, charges and activities."""
    steps.sort(key=lambda step: (step.on, step.minute))
    _write_orders(steps)
    _write_subscriptions(steps, today=today)
    _write_charges(steps, today=today)
    Activity.objects.bulk_create(activity for step in steps for activity in activities(step))


def _write_orders(steps: list[Step]) -> None:
    numbers = NumberSeries.take(steps[0].account.operator_id, "SO", count=len(steps))
    orders = Order.objects.bulk_create(_order(step, number=n) for step, n in zip(steps, numbers, strict=True))
    items = []
    for step, order in zip(steps, orders, strict=True):
        step.order = order
        step.items = [_item(step, wanted) for wanted in step.wanted]
        items += step.items
    OrderItem.objects.bulk_create(items)


def _order(step: Step, *, number: str) -> Order:
    preview = preview_of(step)
    is_placed = step.state not in (State.DRAFT, State.AWAITING_APPROVAL)
    times = {"placed_at": step.placed_at, "placed_by": step.by} if is_placed else {}
    if step.state == State.EXECUTED:
        times |= {"executed_at": step.executed_at, "attempts": 1}
    elif step.state == State.FAILED:
        times |= {"failed_at": step.executed_at, "attempts": 1}
    elif step.state == State.CANCELLED:
        times |= {"cancelled_at": step.placed_at + CHANGED_MIND}
    sold = step.to_plan.sold_as() if step.to_plan else {}
    return Order(
        operator_id=step.account.operator_id,
        account=step.account,
        number=number,
        state=step.state,
        channel=step.channel,
        is_plan_order=preview.is_plan_order,
        change=preview.change,
        from_plan=step.from_plan,
        to_plan=step.to_plan,
        currency=preview.currency,
        preview=preview.as_dict() | {"sold": sold},
        fingerprint=preview.fingerprint,
        net=preview.net,
        tax=preview.tax,
        total=preview.total,
        created_by=step.by,
        created_at=step.placed_at,
        **times | step.more,
    )


def preview_of(step: Step) -> Preview:
    """What was shown when the order was placed."""
    account = step.account
    rate, text = pricing.tax_of(account, account.operator)
    lines = [_line(w, step.on, account, place, (rate, text)) for place, w in enumerate(step.wanted)]
    shown = {"taxes": pricing.tax_lines(lines, currency=account.currency), "lines": lines, "letters": step.letters}
    if not step.to_plan:
        return Preview(account, account.currency, step.on, step.wanted, **shown)
    sold, before = set(step.to_plan.sold_as()), set(step.from_plan.sold_as())
    if step.wanted:
        first = step.wanted[0]
        ends = periods.period_end(step.on, step.on, first.cycle)
        shown |= {"cycle": first.cycle, "renews_on": ends, "renewal_net": first.unit_price}
    return Preview(
        account,
        account.currency,
        step.on,
        step.wanted,
        change=Order.Change.UPGRADE if step.wanted else Order.Change.CANCEL,
        from_plan=step.from_plan,
        to_plan=step.to_plan,
        storefront="open" if step.opens else "keep" if step.wanted else "none",
        alias=step.alias,
        gained=sorted(sold - before),
        frozen=sorted(before - sold),
        **shown,
    )


def _line(wanted: Wanted, on: date, account: Account, place: int, tax: tuple[Decimal, str]) -> pricing.Line:
    text = pricing.label_of(wanted.product.name, cycle=wanted.cycle, quantity=wanted.quantity)
    net = money.round_to(wanted.unit_price * wanted.quantity, account.currency)
    return pricing.Line("charge", text, net, *tax, on, periods.period_end(on, on, wanted.cycle), place)


def _item(step: Step, wanted: Wanted) -> OrderItem:
    is_plan = wanted.product.is_plan
    return OrderItem(
        operator_id=step.account.operator_id,
        order=step.order,
        product=wanted.product,
        is_plan=is_plan,
        name=wanted.product.name,
        cycle=wanted.cycle,
        quantity=wanted.quantity,
        unit_price=wanted.unit_price,
        alias=step.alias if is_plan else "",
    )


def _write_subscriptions(steps: list[Step], *, today: date) -> None:
    """Oldest first: a plan subscription ends the one before it, and so does a cancellation."""
    held: dict[int, Subscription] = {}
    for step in steps:
        if step.state != State.EXECUTED:
            continue
        before = held.get(step.account.pk) if step.to_plan else None
        if before:
            _end(before, step)
        for place, item in enumerate(step.items):
            subscription = _subscription(step, item, place, replaces=before, today=today)
            step.started.append(subscription)
            if item.is_plan:
                held[step.account.pk] = subscription
    for wave in (0, 1):  # first those that replace nothing: the others point at them
        rows = [s for step in steps for s in step.started if bool(s.replaces) == bool(wave)]
        Subscription.objects.bulk_create(rows)


def _end(subscription: Subscription, step: Step) -> None:
    subscription.state, subscription.ended_at = Subscription.State.ENDED, step.executed_at
    subscription.end_reason = "superseded" if step.wanted else "cancelled"
    subscription.period_start_on, subscription.period_end_on = periods.running_period(
        subscription.anchor_on, subscription.cycle, on=step.on
    )


def _subscription(step: Step, item: OrderItem, place: int, *, replaces, today: date) -> Subscription:
    start, end = periods.running_period(step.on, item.cycle, on=today)
    number = "SUB-" + step.order.number.split("-", 1)[1] + (f"-{place + 1}" if place else "")
    return Subscription(
        operator_id=step.account.operator_id,
        account=step.account,
        number=number,
        order_item=item,
        product=item.product,
        plan=step.to_plan if item.is_plan else None,
        replaces=replaces,
        cycle=item.cycle,
        quantity=item.quantity,
        currency=step.order.currency,
        unit_price=item.unit_price,
        entitlements=step.to_plan.sold_as() if item.is_plan else {},
        anchor_on=step.on,
        period_start_on=start,
        period_end_on=end,
        started_at=step.executed_at,
    )


def _write_charges(steps: list[Step], *, today: date) -> None:
    """One charge for each period that has begun, as renewals write them; the first belongs to the order."""
    rows = []
    for step in steps:
        rate, text = pricing.tax_of(step.account, step.account.operator)
        for subscription, wanted in zip(step.started, step.wanted, strict=False):
            last = subscription.ended_at.date() if subscription.ended_at else today
            start = step.on
            while start <= last:
                line = _line(wanted, start, step.account, 0, (rate, text))
                end = periods.period_end(step.on, start, wanted.cycle)
                tax = money.round_to(line.net * rate / 100, step.order.currency)
                rows.append(
                    Charge(
                        operator_id=step.account.operator_id,
                        account=step.account,
                        order=step.order if start == step.on else None,
                        subscription=subscription,
                        kind="charge",
                        text=line.text,
                        currency=step.order.currency,
                        net=line.net,
                        tax_text=text,
                        tax_rate=rate,
                        tax=tax,
                        period_start_on=start,
                        period_end_on=end,
                        charged_on=start,
                        created_at=step.executed_at + timedelta(days=(start - step.on).days),
                    )
                )
                start = end
    Charge.objects.bulk_create(sorted(rows, key=lambda row: row.created_at))  # a statement is read by number
