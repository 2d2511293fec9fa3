"""Executing an order: claim it with a lease, carry it out in one transaction, deliver afterwards.

A worker may die at any point, and the same order may be rung for any number of times. The lease keeps two workers
apart, the one transaction makes all of it visible or nothing, and the constraints stand behind both.
"""

import logging
import random
import time
import uuid
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import DatabaseError, connection, transaction
from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Now

from notifications import faults
from notifications.post import post_all

from . import kept, letters, links, upgrading
from .drafts import items_of
from .models import Account, Activity, Order, OrderItem, Subscription
from .moves import move, note
from .refusals import Refused
from .upgrade_paths import refuse_execution

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MOST_ATTEMPTS = 8
PAUSES = [2, 5, 10, 30, 60, 120, 300]  # seconds before attempt 2, 3, ...
AT_ONCE = {"40P01", "40001", "55P03"}  # deadlock, serialization failure, lock timeout: nobody was hurt, go again


class LeaseLost(Exception):
    """Another worker has the order by now, or it is over. Nothing was written; nothing is to be done."""


@dataclass(frozen=True)
class Lease:
    order_id: int
    owner: uuid.UUID
    attempt: int


def in_seconds(seconds: float) -> ExpressionWrapper:
    """A moment from now on the database's clock: workers' clocks may differ."""
    pause = Value(timedelta(seconds=seconds), output_field=DurationField())
    return ExpressionWrapper(Now() + pause, output_field=DateTimeField())


DUE = Q(state="placed", next_attempt_at__lte=Now()) | Q(state="executing", lease_until__lt=Now())


def execute_order(order_id: int) -> None:
    """Execute the order if it is due and nobody else is at it; otherwise do nothing. Never raises a Refused.

    A refusal makes the order `failed` with its reason. Anything else that goes wrong puts it back with a pause, and
    after 8 attempts it is `failed` as attempts_used_up.
    """
    faults.hit("exec.received", order_id)
    lease = claim(order_id)
    if lease is None:
        return
    try:
        if lease.attempt > MOST_ATTEMPTS:
            raise Refused("attempts_used_up", attempts=MOST_ATTEMPTS, order=_number(order_id))
        faults.hit("exec.claimed", order_id)
        _carry_out_patiently(lease)
    except LeaseLost:
        logger.info("lease_lost", extra={"order_id": order_id, "attempt": lease.attempt})
    except Refused as refusal:
        _fail(lease, refusal)
    except Exception:
        logger.exception("execution_fault", extra={"order_id": order_id, "attempt": lease.attempt})
        _try_later(lease)
    else:
        faults.hit("exec.committed", order_id)


def claim(order_id: int) -> Lease | None:
    """Take the order for 30 seconds. None when it is not due, or somebody else has it."""
    owner = uuid.uuid4()
    with transaction.atomic():
        taken = Order.objects.filter(DUE, pk=order_id).update(
            state=Order.State.EXECUTING,
            version=F("version") + 1,
            attempts=F("attempts") + 1,
            lease_owner=owner,
            lease_until=in_seconds(LEASE.total_seconds()),
        )
        if not taken:
            return None
        order = Order.objects.only("operator_id", "account_id", "attempts", "number").get(pk=order_id)
        text = f"Attempt {order.attempts} to execute {order.number}."
        note(order, "order.claim", text, to_state=Order.State.EXECUTING).save(force_insert=True)
    return Lease(order_id, owner, order.attempts)


def _number(order_id: int) -> str:
    return Order.objects.values_list("number", flat=True).get(pk=order_id)


def _carry_out_patiently(lease: Lease) -> None:
    for tries_left in (2, 1, 0):
        try:
            return carry_out(lease)
        except DatabaseError as fault:
            state = getattr(fault.__cause__, "sqlstate", None)
            if state not in AT_ONCE or not tries_left:
                raise
            time.sleep(random.uniform(0.02, 0.2))  # noqa: S311  jitter, not a secret


def carry_out(lease: Lease) -> None:
    """The one transaction: subscription, alias, storefront, charges, letters, activities, `executed`. No network."""
    with transaction.atomic():
        _bound_waiting()
        order, account = _locked(lease)
        items = items_of(order)
        subscription_held = account.plan_subscription() if order.is_plan_order else None
        if order.is_plan_order:
            refuse_execution(order, account=account, subscription=subscription_held)
        activities = _effects(order, items, account=account, held=subscription_held)
        activities.append(
            note(order, "order.execute", f"Order {order.number} executed.", from_state="executing", to_state="executed")
        )
        Activity.objects.bulk_create(activities)
        faults.hit("exec.activities", order.id)
        done = Order.objects.filter(pk=order.pk, state=Order.State.EXECUTING, lease_owner=lease.owner).update(
            state=Order.State.EXECUTED,
            version=F("version") + 1,
            executed_at=Now(),
            lease_owner=None,
            lease_until=None,
            next_attempt_at=None,
            error_code="",
            error_message="",
        )
        if not done:
            raise LeaseLost
        faults.hit("exec.before_commit", order.id)


def _bound_waiting() -> None:
    """Half a lease at the most for one statement, so that a worker that hangs is told before its lease is over."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = '10s'")


def _locked(lease: Lease) -> tuple[Order, Account]:
    """The account, then the order, both locked: always in this order. Raises LeaseLost when the lease is not mine."""
    mine = Order.objects.filter(
        pk=lease.order_id, state=Order.State.EXECUTING, lease_owner=lease.owner, lease_until__gt=Now()
    )
    # no_key: rows that merely point at the account, another order's say, are written without waiting for this one
    accounts = Account.objects.select_for_update(of=("self",), no_key=True)
    accounts = accounts.select_related("operator", "account_manager", "storefront_draft")
    account = accounts.filter(pk__in=mine.values("account_id")).first()
    order = mine.select_for_update(of=("self",), no_key=True)
    order = order.select_related("to_plan", "from_plan", "placed_by").first()
    if account is None or order is None:
        raise LeaseLost
    return order, account


def _effects(order: Order, items: list[OrderItem], *, account: Account, held: Subscription | None) -> list[Activity]:
    on = date.fromisoformat(order.preview["on"])
    replaced = held if order.is_plan_order else None
    if replaced:
        upgrading.end_subscription(replaced, reason="cancelled" if order.change == "cancel" else "superseded")
    started = [
        upgrading.start_subscription(
            order, item, account=account, on=on, position=position, replaces=replaced if item.is_plan else None
        )
        for position, item in enumerate(items)
    ]
    faults.hit("exec.subscription", order.id)
    if not order.is_plan_order:
        upgrading.charge(order, started, replaced=None, on=on)
        post_all(letters.order_received(order, account=account), operator_id=order.operator_id)
        return [
            note(order, "subscription.started", f"Subscription {s.number} started.", subscription=s) for s in started
        ]
    outcome, alias = _what_becomes_of_the_storefront(order, items)
    kept_until = None
    if outcome in ("open", "restore"):
        upgrading.open_storefront(order, account=account, alias=alias)
    elif outcome == "park":
        kept_until = upgrading.park_storefront(account, kept_until=date.fromisoformat(order.preview["kept_until"]))
    if alias:
        kept.forget_alias(order.operator_id, alias)
    faults.hit("exec.storefront", order.id)
    upgrading.charge(order, started, replaced=replaced, on=on)
    faults.hit("exec.charges", order.id)
    subscription = started[0] if started else None
    if order.channel != Order.Channel.IMPORT:
        posted = letters.plan_change_letters(
            order,
            account=account,
            alias=alias,
            subscription=subscription or replaced,
            kept_until=kept_until,
        )
        post_all(posted, operator_id=order.operator_id)
    faults.hit("exec.letters", order.id)
    address = links.shown_address(account.operator, alias) if alias else ""
    return upgrading.what_happened(
        order, subscription=subscription, replaced=replaced, address=address, outcome=outcome
    )


def _what_becomes_of_the_storefront(order: Order, items: list[OrderItem]) -> tuple[str, str]:
    """The outcome that was agreed, and under which alias: one that is opened may have been amended since."""
    outcome = order.preview["storefront"]
    if outcome in ("open", "restore", "keep"):
        return outcome, next(item.alias for item in items if item.is_plan)
    return outcome, order.preview["alias"]


def _fail(lease: Lease, refusal: Refused) -> None:
    """Nothing was changed and nothing is billed: the order waits, with the reason, for a person."""
    with transaction.atomic():
        order = Order.objects.select_related("placed_by", "account__operator").get(pk=lease.order_id)
        try:
            move(
                order,
                "fail",
                text=refusal.sentence,
                when=Q(lease_owner=lease.owner),
                failed_at=Now(),
                lease_owner=None,
                lease_until=None,
                next_attempt_at=None,
                error_code=refusal.code,
                error_message=refusal.sentence[:500],
            )
        except Refused:
            return  # The lease was lost in between: whoever has it now says what happens.
        posted = letters.order_failed(order, account=order.account, reason=refusal.in_languages())
        post_all(posted, operator_id=order.operator_id)


def _try_later(lease: Lease) -> None:
    """Put it back with a pause; the sweeper rings when it is due. After the last attempt it is failed instead."""
    if lease.attempt >= MOST_ATTEMPTS:
        return _fail(lease, Refused("attempts_used_up", attempts=MOST_ATTEMPTS, order=_number(lease.order_id)))
    pause = PAUSES[min(lease.attempt, len(PAUSES)) - 1]
    order = Order.objects.get(pk=lease.order_id)
    try:
        move(
            order,
            "try_later",
            text=f"Attempt {lease.attempt} did not succeed. Trying again in {pause} seconds.",
            when=Q(lease_owner=lease.owner),
            lease_owner=None,
            lease_until=None,
            next_attempt_at=in_seconds(pause),
        )
    except Refused:
        return None
    return None
