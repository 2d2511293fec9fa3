"""STORY: asking for something. Orders are drafted and placed here, whatever the door (PRODUCT.md section 4)."""

from django.db import IntegrityError, transaction

from . import aliases
from .baskets import lines_in, wanted_in
from .drafts import freeze_items, items_of, preview_draft
from .models import Account, Basket, Order, TermsAcceptance
from .moves import locked, note
from .placing import Confirmation, draft, keep_plan_still, once, open_order_refusal, place, refuse_any, refuse_unseen
from .preview import Preview, Wanted
from .previewing import preview_order
from .refusals import PreviewStale, Refused


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
    confirmed = Confirmation(fingerprint, form_key, accepted, reference, address)

    def order_it() -> Order:
        wanted = wanted_in(lines_in(basket))
        if not wanted:
            # Most likely it was ordered in another tab a moment ago: then that order is what there is to say.
            raise open_order_refusal(account, otherwise=Refused("basket_empty"))
        if any(one.product.is_plan for one in wanted):
            keep_plan_still(account)
        preview = preview_order(account, wanted=wanted, alias=alias, by=by)
        order = _order_confirmed(account, preview, confirmed, channel=Order.Channel.STOREFRONT, by=by)
        basket.items.all().delete()
        return order

    return once(order_it, account=account, form_key=form_key)


def order_change(
    account: Account, *, wanted: Wanted, alias: str | None, confirmed: Confirmation, channel: str, by
) -> Order:
    """Order one plan for the account, as it was shown in a dialog: draft and place in one transaction.

    Raises and answers like `order_basket`. `account.operator` should be loaded.
    """

    def order_it() -> Order:
        keep_plan_still(account)
        preview = preview_order(account, wanted=[wanted], alias=alias, by=by, channel=channel)
        return _order_confirmed(account, preview, confirmed, channel=channel, by=by)

    return once(order_it, account=account, form_key=confirmed.form_key)


def _order_confirmed(account: Account, preview: Preview, confirmed: Confirmation, *, channel: str, by) -> Order:
    refuse_unseen(preview, confirmed.fingerprint)
    if preview.terms and not confirmed.accepted:
        raise Refused("terms_not_accepted")
    order = draft(account, preview, channel=channel, by=by, reference=confirmed.reference, form_key=confirmed.form_key)
    if preview.terms:
        TermsAcceptance.objects.create(
            operator_id=account.operator_id,
            terms=preview.terms,
            account=account,
            user=by,
            order=order,
            address=confirmed.address,
        )
    place(order, preview, account=account, by=by)
    return order


def draft_order(
    account: Account, *, wanted: list[Wanted], channel: str, by, alias: str = "", reference: str = "", form_key=None
) -> Order:
    """Save an order that is not placed yet. An alias that is given is held for 48 hours.

    Refused only for what can never be mended on the draft (no price, a bad alias); the rest is asked when it is placed.
    The same `form_key` again answers with the order that it made.
    """

    def draft_it() -> Order:
        preview = preview_order(account, wanted=wanted, alias=alias or None, by=by, channel=channel)
        for refusal in preview.refusals:
            if refusal.code == "no_price" or refusal.field == "alias":
                raise refusal
        order = draft(account, preview, channel=channel, by=by, reference=reference, form_key=form_key)
        if alias and preview.needs_alias:
            aliases.hold(alias, account=account, until=aliases.DRAFT_HOLD, by=by)
        text = f"Order {order.number} saved."
        note(order, "order.drafted", text, by=by, to_state=order.state).save(force_insert=True)
        return order

    if form_key:
        return once(draft_it, account=account, form_key=form_key)
    with transaction.atomic():
        return draft_it()


def order_previewed(account: Account, preview: Preview, *, channel: str, by) -> Order:
    """Draft and place exactly this preview, which nobody confirms on a screen: imports. Raises the first refusal."""
    with transaction.atomic():
        refuse_any(preview)
        order = draft(account, preview, channel=channel, by=by, reference="", form_key=None)
        place(order, preview, account=account, by=by)
    return order


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
                raise locked(found)
            items = items_of(order)
            if any(item.is_plan for item in items):
                keep_plan_still(account)
            preview = preview_draft(order, account=account, by=by, items=items)
            if fingerprint is not None and preview.fingerprint != fingerprint:
                raise PreviewStale(preview)
            refuse_any(preview)
            freeze_items(items, preview)
            place(order, preview, account=account, by=by)
    except IntegrityError:
        raise open_order_refusal(account) from None
    return order
