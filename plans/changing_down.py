"""STORY: leaving a plan for a smaller one: at once by an order, or by a change that waits for the end of the period.

A downgrade and a cancel go the same way, from every door (PRODUCT.md section 5). What waits can be withdrawn.
"""

from django.db import IntegrityError, transaction

from notifications.post import post_all

from . import letters
from .drafts import sold_with
from .models import Account, Order, PendingChange, Plan, Subscription
from .placing import Confirmation, draft, keep_plan_still, once, place, refuse_unseen
from .preview import Preview, Timing
from .previewing import SELF_SERVICE, notices
from .previewing_down import preview_down
from .refusals import Refused
from .trail import remember


def change_down(
    account: Account,
    *,
    to_plan: Plan,
    timing: Timing,
    confirmed: Confirmation,
    typed_alias: str = "",
    cycle: str = "",
    channel: str,
    by,
) -> Order | PendingChange:
    """Do what the impact report said: the order that was placed, or the change that waits for its day.

    The same `form_key` again answers with what it made. `typed_alias` must be the alias where a storefront is closed.
    Raises Refused with the first reason, or PreviewStale with the new preview. Then nothing was written.
    """

    def do_it() -> Order | PendingChange:
        keep_plan_still(account)
        preview = preview_down(account, to_plan=to_plan, timing=timing, cycle=cycle, by=by, channel=channel)
        _refuse_unconfirmed(preview, confirmed, typed_alias)
        if preview.timing.is_later:
            change = schedule(account, preview, form_key=confirmed.form_key, channel=channel, by=by)
            _tell(change, "change_scheduled", letters.SCHEDULED, account=account, channel=channel, by=by)
            return change
        order = draft(
            account, preview, channel=channel, by=by, reference=confirmed.reference, form_key=confirmed.form_key
        )
        place(order, preview, account=account, by=by)
        return order

    scheduled = PendingChange.objects.filter(form_key=confirmed.form_key, subscription__account=account)
    return scheduled.first() or once(do_it, account=account, form_key=confirmed.form_key)


def _refuse_unconfirmed(preview: Preview, confirmed: Confirmation, typed_alias: str) -> None:
    refuse_unseen(preview, confirmed.fingerprint)
    if preview.closes_storefront and typed_alias.strip() != preview.alias:
        raise Refused("alias_unconfirmed", alias=preview.alias)


def schedule(account: Account, preview: Preview, *, channel: str, by, form_key: str | None = None) -> PendingChange:
    """Let what the preview says wait for its day. Refused with pending_change_exists. Part of a transaction."""
    held = account.held().subscription
    try:
        with transaction.atomic():
            change = PendingChange.objects.create(
                operator_id=account.operator_id,
                subscription=held,
                to_plan=preview.to_plan,
                due_on=preview.on,
                preview=preview.as_dict() | {"sold": sold_with(preview)},
                channel=channel,
                form_key=form_key,
                created_by=by,
            )
    except IntegrityError:
        raise Refused("pending_change_exists", day=f"{preview.on:%-d %b %Y}") from None
    text = f"Change from {held.plan} to {preview.to_plan} scheduled for {preview.on:%-d %b %Y}."
    _remember(change, "plan.change_scheduled", text, account=account, by=by)
    return change


def withdraw_change(subscription: Subscription, *, channel: str, by) -> None:
    """Keep the plan: the change that waits on the subscription is gone. Refused with change_gone when none waits.

    `subscription.account` should be loaded with its operator and account manager.
    """
    account = subscription.account
    with transaction.atomic():
        waiting = PendingChange.objects.select_related("subscription__plan", "to_plan")
        change = waiting.filter(subscription=subscription).first()
        if change is None or not PendingChange.objects.filter(pk=change.pk).delete()[0]:
            raise Refused("change_gone")
        text = f"Change to {change.to_plan}, scheduled for {change.due_on:%-d %b %Y}, withdrawn."
        _remember(change, "plan.change_withdrawn", text, account=account, by=by)
        _tell(change, "change_withdrawn", letters.WITHDRAWN, account=account, channel=channel, by=by)


def _tell(change: PendingChange, template: str, occasion: str, *, account: Account, channel: str, by) -> None:
    """The reseller, and who looks after it where it acts for itself."""
    codes = [template, *(notice.template for notice in notices(account, channel=channel))]
    own = channel in SELF_SERVICE
    posted = letters.scheduled_letters(change, codes, account=account, by=by, own=own, occasion=occasion)
    post_all(posted, operator_id=account.operator_id)


def _remember(change: PendingChange, verb: str, text: str, *, account: Account, by) -> None:
    remember(change.operator_id, verb, text, by=by, account=account, subscription=change.subscription)
