"""How an order comes to be, whatever asks for it: once for each form, drafted and placed in one transaction."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from notifications import faults

from . import aliases
from .doorbells import ring_after_commit
from .drafts import agreed
from .models import Account, NumberSeries, Order, OrderItem, Subscription
from .moves import move
from .preview import Preview
from .refusals import PreviewStale, Refused


@dataclass(frozen=True)
class Confirmation:
    """What a person sends back with the form that had shown the preview. The same `form_key` makes one order."""

    fingerprint: str
    form_key: str
    accepted: bool = False  # the terms, where the preview has any
    reference: str = ""  # the customer's own
    address: str | None = None  # from where


def keep_plan_still(account: Account) -> None:
    """Until the transaction ends nobody renews the account's plan, schedules its end or orders another one.

    What is looked at afterwards is what an order finds. It waits for whoever does one of these, never for a worker
    that carries out an order for other products.
    """
    held = Subscription.objects.active().for_plans().filter(account=account)
    # Locked first, read afterwards: what is read by the statement that waited is from before it waited.
    if held.select_for_update(of=("self",), no_key=True).values_list("pk").first():
        account.forget_held()


def once(order_it: Callable[[], Order], *, account: Account, form_key: str) -> Order:
    """What `order_it` makes, in one transaction; the same `form_key` again answers with the order that it made."""
    try:
        with transaction.atomic():
            return order_it()
    except (IntegrityError, Refused) as problem:
        # The same form, sent twice or twice at once: the other one made the order.
        if earlier := Order.objects.filter(form_key=form_key, account=account).first():
            return earlier
        if isinstance(problem, Refused):
            raise
        raise open_order_refusal(account) from None  # another plan order was faster


def draft(account: Account, preview: Preview, *, channel: str, by, reference: str, form_key) -> Order:
    """An order with what was agreed to, not placed yet. Part of a transaction."""
    items = [
        {
            "product": w.product,
            "is_plan": w.product.is_plan,
            "name": w.product.name,
            "cycle": w.cycle,
            "quantity": w.quantity,
            "unit_price": w.unit_price,
            "alias": preview.alias if w.product.is_plan else "",
        }
        for w in preview.wanted
    ]
    about = {"channel": channel, "created_by": by, "reference": reference, "form_key": form_key}
    return begin_order(account, items, **about, **agreed(preview))


def begin_order(account: Account, items: list[dict[str, object]], **columns) -> Order:
    """The draft of an order with these columns, and items with theirs. Part of a transaction."""
    number = NumberSeries.take(account.operator_id, "SO")[0]
    order = Order.objects.create(operator_id=account.operator_id, account=account, number=number, **columns)
    OrderItem.objects.bulk_create(OrderItem(operator_id=order.operator_id, order=order, **item) for item in items)
    return order


def place(order: Order, preview: Preview, *, account: Account, by) -> None:
    """Hand a draft of exactly this preview to a worker, once the transaction is through."""
    if preview.needs_alias:
        aliases.hold(preview.alias, account=account, until=None, by=by)
    move(
        order,
        "place",
        text=f"Order {order.number} placed.",
        by=by,
        placed_by=by,
        placed_at=Now(),
        next_attempt_at=Now(),
        **agreed(preview),
    )
    _refuse_a_plan_that_came_meanwhile(preview, account=account)
    ring_after_commit(order.id)
    faults.hit("place.placed", order.id)


def _refuse_a_plan_that_came_meanwhile(preview: Preview, *, account: Account) -> None:
    """An account without a plan subscription has nothing to be kept still while it is looked at: another order may be
    placed and carried out in between. Now that this one stands no other can, and what an earlier one did is to be seen.
    """
    held = Subscription.objects.active().for_plans().filter(account=account)
    if preview.from_plan and preview.from_plan.is_default and held.exists():
        raise Refused("preview_stale")


NOTHING_TO_LOOK_AT = ("open_order_exists", "pending_change_exists")  # whatever is asked for, it is these first


def refuse_unseen(preview: Preview, fingerprint: str) -> None:
    """Raise PreviewStale where this is not what was confirmed, and the first refusal where it cannot be done."""
    for refusal in preview.refusals:
        if refusal.code in NOTHING_TO_LOOK_AT:
            raise refusal
    if preview.fingerprint != fingerprint:
        raise PreviewStale(preview)
    refuse_any(preview)


def refuse_any(preview: Preview) -> None:
    """Raise the first thing that stands in the way of the preview; those that need no typing come first."""
    for refusal in sorted(preview.refusals, key=lambda r: bool(r.field)):
        raise refusal
    if preview.needs_alias and not preview.alias:
        raise Refused("alias_required")


def open_order_refusal(account: Account, *, otherwise: Refused | None = None) -> Refused:
    """That a plan order of the account is open already; `otherwise` where there is none."""
    number = Order.objects.open_plan_orders().filter(account=account).values_list("number", flat=True).first()
    if number is None and otherwise:
        return otherwise
    return Refused("open_order_exists", order=number or "another order")
