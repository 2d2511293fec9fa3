"""Asking for something: drafting, placing, amending, cancelling and retrying orders (PRODUCT.md section 4)."""

from dataclasses import replace

from django.db import IntegrityError, transaction
from django.db.models.functions import Now

from notifications import doorbell

from . import aliases
from .models import Account, Basket, NumberSeries, Order, OrderItem, TermsAcceptance
from .moves import move, note
from .preview import Preview, Wanted, preview_order
from .refusals import PreviewStale, Refused

TASK = "plans.execute_order"


def ring(order_id: int) -> bool:
    """Tell a worker that the order is due; whether the broker took it. The sweeper finds it in any case."""
    return doorbell.ring(TASK, order_id, queue="orders")


def ring_after_commit(order_id: int) -> None:
    transaction.on_commit(lambda: ring(order_id), robust=True)


def order_basket(
    basket: Basket,
    *,
    account: Account,
    alias: str | None,
    fingerprint: str,
    accepted: bool,
    reference: str,
    form_key: str,
    address: str | None,
    by,
) -> Order:
    """Order what is in the basket, as it was shown: draft and place in one transaction, and empty the basket.

    The same `form_key` again answers with the order that it made. Raises Refused with the first reason, or
    PreviewStale with the new preview when what was shown is no longer what would happen. Then nothing was written.
    """
    try:
        with transaction.atomic():
            return _order_basket(basket, account, alias, fingerprint, accepted, reference, form_key, address, by)
    except (IntegrityError, Refused) as problem:
        # The same form, sent twice or twice at once: the other one made the order and took the basket's items.
        if earlier := Order.objects.filter(form_key=form_key, account=account).first():
            return earlier
        if isinstance(problem, Refused):
            raise
        raise _open_order_refusal(account) from None  # another plan order was faster


def _order_basket(basket, account, alias, fingerprint, accepted, reference, form_key, address, by) -> Order:
    wanted = wanted_in(basket)
    if not wanted:
        # Most likely it was ordered in another tab a moment ago: then that order is what there is to say.
        raise _open_order_refusal(account, otherwise=Refused("basket_empty"))
    preview = preview_order(account, wanted=wanted, alias=alias, by=by)
    for refusal in preview.refusals:
        if refusal.code == "open_order_exists":  # the same: there is nothing to look at again
            raise refusal
    if preview.fingerprint != fingerprint:
        raise PreviewStale(preview)
    refuse_any(preview)
    if preview.terms and not accepted:
        raise Refused("terms_not_accepted")
    order = _draft(account, preview, channel=Order.Channel.STOREFRONT, by=by, reference=reference, form_key=form_key)
    if preview.terms:
        TermsAcceptance.objects.create(
            operator_id=account.operator_id, terms=preview.terms, account=account, user=by, order=order, address=address
        )
    _place(order, preview, account=account, by=by)
    basket.items.all().delete()
    return order


def wanted_in(basket: Basket) -> list[Wanted]:
    """What is in the basket, the plan first."""
    items = basket.items.select_related("product__plan").prefetch_related("product__plan__entitlements")
    return [Wanted(i.product, i.cycle, i.quantity) for i in items.order_by("-is_plan", "id")]


def draft_order(
    account: Account, *, wanted: list[Wanted], channel: str, by, alias: str = "", reference: str = "", form_key=None
) -> Order:
    """Save an order that is not placed yet. An alias that is given is held for 48 hours.

    Refused only for what can never be mended on the draft (no price, a bad alias); the rest is asked when it is placed.
    """
    with transaction.atomic():
        preview = preview_order(account, wanted=wanted, alias=alias or None, by=by, channel=channel)
        for refusal in preview.refusals:
            if refusal.code == "no_price" or refusal.field == "alias":
                raise refusal
        order = _draft(account, preview, channel=channel, by=by, reference=reference, form_key=form_key)
        if alias and preview.needs_alias:
            aliases.hold(alias, account=account, until=aliases.DRAFT_HOLD, by=by)
    return order


def order_previewed(account: Account, preview: Preview, *, channel: str, by) -> Order:
    """Draft and place exactly this preview, which nobody confirms on a screen: imports. Raises the first refusal."""
    with transaction.atomic():
        refuse_any(preview)
        order = _draft(account, preview, channel=channel, by=by, reference="", form_key=None)
        _place(order, preview, account=account, by=by)
    return order


def _draft(account: Account, preview: Preview, *, channel: str, by, reference: str, form_key) -> Order:
    number = NumberSeries.take(account.operator_id, "SO")[0]
    order = Order.objects.create(
        operator_id=account.operator_id,
        account=account,
        number=number,
        channel=channel,
        created_by=by,
        reference=reference,
        form_key=form_key,
        **_agreed(preview),
    )
    OrderItem.objects.bulk_create(
        OrderItem(
            operator_id=order.operator_id,
            order=order,
            product=w.product,
            is_plan=w.product.is_plan,
            name=w.product.name,
            cycle=w.cycle,
            quantity=w.quantity,
            unit_price=w.unit_price,
            alias=preview.alias if w.product.is_plan else "",
        )
        for w in preview.wanted
    )
    return order


def _agreed(preview: Preview) -> dict:
    """The columns that freeze what was shown."""
    sold = preview.to_plan.sold_as() if preview.to_plan else {}
    return {
        "currency": preview.currency,
        "is_plan_order": preview.is_plan_order,
        "change": preview.change,
        "from_plan": preview.from_plan,
        "to_plan": preview.to_plan,
        "preview": preview.as_dict() | {"sold": sold},
        "fingerprint": preview.fingerprint,
        "net": preview.net,
        "tax": preview.tax,
        "total": preview.total,
    }


def place_order(order: Order, *, by, fingerprint: str | None = None) -> Order:
    """Place a draft: what it would do today is computed again, frozen, and handed to a worker.

    Raises Refused with the first reason, or PreviewStale when a `fingerprint` is given that no longer holds.
    """
    account = Account.objects.select_related("operator", "account_manager").get(pk=order.account_id)
    try:
        with transaction.atomic():
            # Whoever amends the draft at this moment has done so before, or is told that it is placed.
            found = Order.objects.select_for_update(of=("self",), no_key=True).only("number", "state").get(pk=order.pk)
            if not found.may("place"):
                raise _locked(found)
            items = list(order.items.select_related("product__plan").order_by("-is_plan", "id"))
            preview = preview_order(
                account,
                wanted=[Wanted(i.product, i.cycle, i.quantity) for i in items],
                alias=next((i.alias for i in items if i.is_plan), ""),
                by=by,
                channel=order.channel,
                except_order_id=order.pk,
            )
            if fingerprint is not None and preview.fingerprint != fingerprint:
                raise PreviewStale(preview)
            refuse_any(preview)
            _freeze_items(items, preview)
            _place(order, preview, account=account, by=by)
    except IntegrityError:
        raise _open_order_refusal(account) from None
    return order


def _freeze_items(items: list[OrderItem], preview: Preview) -> None:
    for item, w in zip(items, preview.wanted, strict=True):
        item.unit_price, item.name = w.unit_price, w.product.name
        item.alias = preview.alias if item.is_plan else ""
    OrderItem.objects.bulk_update(items, ["unit_price", "name", "alias"])


def _place(order: Order, preview: Preview, *, account: Account, by) -> None:
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
        **_agreed(preview),
    )
    ring_after_commit(order.id)


def refuse_any(preview: Preview) -> None:
    """Raise the first thing that stands in the way of the preview; those that need no typing come first."""
    for refusal in sorted(preview.refusals, key=lambda r: bool(r.field)):
        raise refusal
    if preview.needs_alias and not preview.alias:
        raise Refused("alias_required")


def _locked(order: Order) -> Refused:
    return Refused("order_locked", order=order.number, state=order.get_state_display().lower())


def _open_order_refusal(account: Account, *, otherwise: Refused | None = None) -> Refused:
    number = Order.objects.open_plan_orders().filter(account=account).values_list("number", flat=True).first()
    if number is None and otherwise:
        return otherwise
    return Refused("open_order_exists", order=number or "another order")


def amend_item(item: OrderItem, *, by, alias: str | None = None, cycle: str | None = None) -> OrderItem:
    """Change the alias or billing cycle of an item while its order is a draft or failed.

    A new alias is held (48 hours on a draft, without end on a failed order), the one before is let go.
    A failed order keeps its agreed lines: only its alias can be amended.
    """
    with transaction.atomic():
        orders = Order.objects.select_for_update(of=("self",), no_key=True).select_related("account__operator")
        order = orders.get(pk=item.order_id)
        if order.state not in (Order.State.DRAFT, Order.State.FAILED):
            raise _locked(order)
        before = item.alias
        if alias is not None and item.is_plan:
            until = aliases.DRAFT_HOLD if order.state == Order.State.DRAFT else None
            item.alias = aliases.hold(alias, account=order.account, until=until, by=by).alias
        if cycle is not None and order.state == Order.State.DRAFT:
            item.cycle = cycle
        item.save(update_fields=["alias", "cycle"])
        if before and before != item.alias:
            aliases.release(before, account=order.account)
        Order.objects.filter(pk=order.pk).update(
            version=order.version + 1, preview=order.preview | {"alias": item.alias}
        )
        text = f"Storefront Alias set to {item.alias}." if item.alias != before else f"{item.name} changed."
        note(order, "order.amended", text, by=by).save(force_insert=True)
    return item


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


def without_alias_refusals(preview: Preview) -> Preview:
    """The preview as it is shown before anything was typed."""
    return replace(preview, refusals=[r for r in preview.refusals if r.field != "alias"])
