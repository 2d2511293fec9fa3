"""STORY: mending an order before it is executed, or after it failed: amend it, place it again, or cancel it."""

import contextlib

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from . import aliases, drafts
from .baskets import MOST_OF_ONE
from .doorbells import ring_after_commit
from .models import Operator, Order, OrderItem, Product
from .moves import locked, move, note
from .preview import Wanted
from .refusals import Refused
from .versions import changed_meanwhile

AMENDABLE = (Order.State.DRAFT, Order.State.FAILED)


def amend_item(
    item: OrderItem,
    *,
    by,
    alias: str | None = None,
    cycle: str | None = None,
    quantity: int | None = None,
    seen: int | None = None,
) -> OrderItem:
    """Change the alias, billing cycle or quantity of an item while its order is a draft or failed.

    A new alias is held (48 hours on a draft, without end on a failed order), the one before is let go. The figures of
    a draft are those of today then. A failed order keeps its agreed lines: only its alias can be amended.
    `seen`: the version of the order that the change was made from. Refused with changed_meanwhile where it is older.
    """
    with transaction.atomic():
        order = _to_amend(item.order_id, seen=seen)
        if not order.items.filter(pk=item.pk).exists():
            raise Refused("item_removed", product=item.name, order=order.number)
        item.refresh_from_db(fields=["alias", "cycle", "quantity"])
        before = (item.alias, item.cycle, item.quantity)
        is_draft = order.state == Order.State.DRAFT
        if alias is not None and item.is_plan:
            until = aliases.DRAFT_HOLD if is_draft else None
            item.alias = aliases.hold(alias, account=order.account, until=until, by=by)
        if is_draft:
            item.cycle = cycle or item.cycle
            item.quantity = 1 if item.is_plan else quantity or item.quantity
        if before == (item.alias, item.cycle, item.quantity):
            return item
        item.save(update_fields=["alias", "cycle", "quantity"])
        if before[0] and before[0] != item.alias:
            aliases.release(before[0], account=order.account)
        new_alias = item.alias != before[0]
        text = f"Storefront Alias set to {item.alias}." if new_alias else _terms(item)
        _amended(order, text, by=by, asked=None if new_alias else item.product_id)
    return item


def add_item(order: Order, *, product: Product, cycle: str, quantity: int = 1, by) -> OrderItem:
    """Put a product into a draft. One that is there with the same cycle grows; an order holds one plan at the most."""
    with transaction.atomic():
        order = _to_amend(order.pk, states=(Order.State.DRAFT,))
        items = drafts.items_of(order)
        if product.is_plan and (held := next((item for item in items if item.is_plan), None)):
            raise Refused("one_plan_per_order", plan=held.name)
        same = next((item for item in items if (item.product_id, item.cycle) == (product.pk, cycle)), None)
        if same is not None:
            quantity = min(same.quantity + quantity, MOST_OF_ONE)
            return amend_item(same, by=by, quantity=quantity)
        wanted = Wanted(product, cycle, 1 if product.is_plan else quantity)
        preview = drafts.preview_draft(order, account=order.account, by=by, items=items, more=(wanted,))
        if preview.wanted[-1].unit_price is None:
            raise Refused("no_price", product=product.name, currency=order.account.currency)
        item = OrderItem.objects.create(
            operator_id=order.operator_id,
            order=order,
            product=product,
            is_plan=product.is_plan,
            name=product.name,
            cycle=wanted.cycle,
            quantity=wanted.quantity,
            unit_price=preview.wanted[-1].unit_price,
            alias=preview.alias if product.is_plan else "",
        )
        _amended(order, f"{product.name} added.", by=by, asked=product.pk)
    return item


def remove_item(item: OrderItem, *, by) -> None:
    """Take a product out of a draft, and let the alias go that it carried. The last one stays."""
    with transaction.atomic():
        order = _to_amend(item.order_id, states=(Order.State.DRAFT,))
        standing = {one.pk: one for one in drafts.items_of(order)}
        found = standing.pop(item.pk, None)
        if found is None:
            raise Refused("item_removed", product=item.name, order=order.number)
        if not standing:
            raise Refused("last_item")
        found.delete()
        if found.alias:
            aliases.release(found.alias, account=order.account)
        _amended(order, f"{found.name} removed.", by=by)


def amend_order(order: Order, *, reference: str, by, seen: int | None = None) -> None:
    """Change the customer's own reference while the order is a draft. `seen` as for an item."""
    with transaction.atomic():
        order = _to_amend(order.pk, states=(Order.State.DRAFT,), seen=seen)
        if order.reference == reference:
            return
        Order.objects.filter(pk=order.pk).update(reference=reference, version=F("version") + 1)
        text = f"Reference set to {reference}." if reference else "Reference removed."
        note(order, "order.amended", text, by=by).save(force_insert=True)


def _to_amend(order_id: int, *, states: tuple[str, ...] = AMENDABLE, seen: int | None = None) -> Order:
    """The order, locked: who places it at this moment has done so before, or waits. Refused with order_locked."""
    orders = Order.objects.select_for_update(of=("self",), no_key=True)
    order = orders.select_related("account__operator", "account__account_manager").get(pk=order_id)
    if order.state not in states:
        raise locked(order)
    if seen is not None and order.version != seen:
        raise changed_meanwhile(order, noun="order", verb="order.", operator_id=order.operator_id)
    return order


def _amended(order: Order, text: str, *, by, asked: int | None = None) -> None:
    """Record the change; the figures of a draft are computed anew. `asked`: the product that must have a price."""
    changes: dict[str, object] = {"preview": order.preview}
    items = drafts.items_of(order)
    if order.state == Order.State.DRAFT:
        preview = drafts.preview_draft(order, account=order.account, by=by, items=items)
        for wanted in preview.wanted:
            if wanted.product.pk == asked and wanted.unit_price is None:
                raise Refused("no_price", product=wanted.product.name, currency=order.account.currency)
        drafts.freeze_items(items, preview)
        changes = drafts.agreed(preview)
    alias = next((item.alias for item in items if item.is_plan), "")
    changes["preview"] = {**changes["preview"], "alias": alias}
    Order.objects.filter(pk=order.pk).update(version=F("version") + 1, **changes)
    note(order, "order.amended", text, by=by).save(force_insert=True)


def _terms(item: OrderItem) -> str:
    many = f", {item.quantity} ×" if not item.is_plan else ""
    return f"{item.name} changed: {item.get_cycle_display().lower()}{many}."


def cancel_order(order: Order, *, by) -> Order:
    """Cancel a draft, placed or failed order and let its alias go. Refused with order_locked otherwise."""
    with transaction.atomic():
        move(order, "cancel", text=f"Order {order.number} cancelled.", by=by, cancelled_at=Now(), next_attempt_at=None)
        for item in order.items.filter(is_plan=True).exclude(alias="").select_related("order__account"):
            aliases.release(item.alias, account=item.order.account)
    return order


def retry_order(order: Order, *, by, alias: str | None = None) -> Order:
    """Place a failed order again, under another alias where one is given; its attempts start again.

    Refused as the alias is, or with order_locked when the order has not failed. Then nothing was written.
    """
    with transaction.atomic():
        if alias is not None:
            amend_item(order.items.get(is_plan=True), by=by, alias=alias)
        move(
            order,
            "retry",
            text=f"Order {order.number} placed again.",
            by=by,
            attempts=0,
            error_code="",
            error_message="",
            failed_at=None,
            next_attempt_at=Now(),
        )
        ring_after_commit(order.id)
    return order


def retry_failed(operator: Operator, *, by, limit: int = 100) -> int:
    """Place the operator's failed orders again, the oldest first, at most so many at a time. Returns how many were.

    Each is a move of its own: one that somebody else mended or cancelled meanwhile is left to them.
    """
    failed = Order.objects.filter(operator=operator, state=Order.State.FAILED).order_by("pk")
    placed = 0
    for order in failed[:limit]:
        with contextlib.suppress(Refused):
            retry_order(order, by=by)
            placed += 1
    return placed
