"""STORY: a change whose day has come becomes an order, exactly as it was agreed, and takes the one path.

The sweeper finds what is due. A change waits while another plan order of its account is open. Whoever deletes its row
makes the order: it is made once, however many look at the same moment, and not at all when it is withdrawn first.
"""

import logging

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Now

from . import links, periods
from .doorbells import ring_after_commit
from .models import Account, Order, PendingChange, Storefront
from .moves import move
from .placing import begin_order
from .previewing import SELF_SERVICE
from .previewing_down import LETTER_OF

logger = logging.getLogger(__name__)

BATCH = 100
OF_THE_DAY = frozenset(LETTER_OF.values())  # the letters that its order posts


def due_changes() -> QuerySet[PendingChange]:
    """Those whose day may have come somewhere on Earth, and that wait for no other order; the oldest first."""
    standing = Order.objects.open_plan_orders().filter(account=OuterRef("subscription__account"))
    waiting = PendingChange.objects.filter(due_on__lte=periods.first_today()).exclude(Exists(standing))
    return waiting.select_related("operator").order_by("due_on", "id")


def carry_out_due(limit: int = BATCH) -> int:
    """Make the orders of what is due, at most so many. Gives how many were made."""
    made = 0
    for change in due_changes()[:limit]:
        if change.due_on > periods.today(change.operator):
            continue
        try:
            made += carry_out(change.pk) is not None
        except Exception:  # the others are due all the same; `verify` shows the one that stays
            logger.exception("change_not_carried_out", extra={"change_id": change.pk})
    return made


def carry_out(change_id: int) -> Order | None:
    """The order of a change, placed; None when it is gone by now, or waits for another plan order."""
    found = PendingChange.objects.select_related("to_plan", "subscription__plan", "subscription__account__operator")
    change = found.filter(pk=change_id).first()
    if change is None:
        return None
    account = change.subscription.account
    try:
        with transaction.atomic():
            if PendingChange.objects.filter(pk=change.pk).delete()[0]:
                return _ordered(change, account)
    except IntegrityError:  # another plan order was faster: the change waits for it
        logger.info("change_waits", exc_info=True, extra={"change_id": change_id})
    return None


def _ordered(change: PendingChange, account: Account) -> Order:
    """Frozen is what was agreed. Who asked for it is told of a failure only where it is the reseller's own person."""
    asked_by = change.created_by if change.channel in SELF_SERVICE else None
    agreed = change.preview | _present_address(account)
    letters = [letter for letter in agreed["letters"] if letter["template"] in OF_THE_DAY]
    order = begin_order(
        account,
        _items(change, alias=agreed["alias"]),
        channel=Order.Channel.AUTOMATIC,
        created_by=change.created_by,
        is_plan_order=True,
        change=agreed["change"],
        from_plan=change.subscription.plan,
        to_plan=change.to_plan,
        currency=agreed["currency"],
        preview=agreed | {"letters": letters},
        net=agreed["net"],
        tax=agreed["tax"],
        total=agreed["total"],
    )
    text = f"Order {order.number} placed: the change to {change.to_plan} was due on {change.due_on:%-d %b %Y}."
    move(order, "place", text=text, placed_by=asked_by, placed_at=Now(), next_attempt_at=Now())
    ring_after_commit(order.id)
    return order


def _present_address(account: Account) -> dict[str, str]:
    """Of the open storefront: its alias may have been renamed since."""
    storefronts = Storefront.objects.of_reseller(account).exclude(state=Storefront.State.PARKED)
    alias = storefronts.values_list("claim__alias", flat=True).first() or ""
    return {"alias": alias, "address": links.shown_address(account.operator, alias) if alias else ""}


def _items(change: PendingChange, *, alias: str) -> list[dict[str, object]]:
    return [
        {
            "product": change.to_plan.product,
            "is_plan": True,
            "name": item["name"],
            "cycle": item["cycle"],
            "quantity": item["quantity"],
            "unit_price": item["unit_price"],
            "alias": alias,
        }
        for item in change.preview["items"]
    ]
