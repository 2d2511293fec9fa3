"""What a plan change does to subscription, storefront and statement. Called inside the one execution transaction.

Nothing here decides whether the change is allowed (`upgrade_paths`) or when it runs (`execution`).
"""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import F
from django.utils import timezone

from notifications import faults

from . import aliases, pricing
from .models import Account, Activity, AliasClaim, Charge, Order, OrderItem, Storefront, Subscription
from .models.brand import first_brand
from .moves import note
from .periods import end_of, period_end, today


def start_subscription(
    order: Order, item: OrderItem, *, account: Account, on: date, position: int, replaces: Subscription | None = None
) -> Subscription:
    """Start what the item asks for, as it was sold: price, cycle and entitlements are those that were agreed."""
    return Subscription.objects.create(
        operator_id=order.operator_id,
        account=account,
        number=_number(order, position),
        order_item=item,
        product_id=item.product_id,
        plan_id=order.to_plan_id if item.is_plan else None,
        replaces=replaces,
        cycle=item.cycle,
        quantity=item.quantity,
        currency=order.currency,
        unit_price=item.unit_price,
        entitlements=order.preview.get("sold", {}) if item.is_plan else {},
        anchor_on=on,
        period_start_on=on,
        period_end_on=period_end(on, on, item.cycle),
    )


def _number(order: Order, position: int) -> str:
    """SO-01874 starts SUB-01874, and SUB-01874-2 for its second item: no series row to wait for."""
    number = "SUB-" + order.number.split("-", 1)[1]
    return number if position == 0 else f"{number}-{position + 1}"


def end_subscription(subscription: Subscription, *, reason: str) -> None:
    """End an active subscription. Raises when somebody else ended it first: the transaction is then tried again."""
    ended = Subscription.objects.filter(pk=subscription.pk, state=Subscription.State.ACTIVE).update(
        state=Subscription.State.ENDED, ended_at=timezone.now(), end_reason=reason
    )
    if not ended:
        raise RuntimeError(f"{subscription.number} was ended by somebody else")


def charge(order: Order, subscriptions: list[Subscription], *, replaced: Subscription | None, on: date) -> None:
    """Write the agreed lines on the account's statement."""
    lines = [_line(raw) for raw in order.preview["lines"]]
    taxes = [pricing.TaxLine(raw["text"], Decimal(raw["rate"]), Decimal(raw["tax"])) for raw in order.preview["taxes"]]
    shares = pricing.tax_shares(lines, taxes, currency=order.currency)
    Charge.objects.bulk_create(
        Charge(
            operator_id=order.operator_id,
            account_id=order.account_id,
            order=order,
            subscription=replaced if line.kind == "credit" else subscriptions[line.item],
            kind=line.kind,
            text=line.text,
            currency=order.currency,
            net=line.net,
            tax_text=line.tax_text,
            tax_rate=line.tax_rate,
            tax=tax,
            period_start_on=line.period_start_on,
            period_end_on=line.period_end_on,
            charged_on=on,
        )
        for line, tax in zip(lines, shares, strict=True)
    )


def _line(raw: dict) -> pricing.Line:
    return pricing.Line(
        raw["kind"],
        raw["text"],
        Decimal(raw["net"]),
        Decimal(raw["tax_rate"]),
        raw["tax_text"],
        date.fromisoformat(raw["period_start_on"]),
        date.fromisoformat(raw["period_end_on"]),
        raw["item"],
    )


def open_storefront(order: Order, *, account: Account, alias: str) -> Storefront:
    """Put the held alias to use and open the account's storefront under it; a parked one is brought back as it was:
    suspended, if the distributor had done so."""
    claim = _use_alias(alias, account=account)
    faults.hit("exec.alias", order.id)
    storefront = Storefront.objects.of_reseller(account).first() if order.preview["storefront"] != "open" else None
    if storefront is None:
        storefront = storefront_to_open(account, brand=_prepared_brand(account))
        storefront.claim, storefront.created_by_order = claim, order
        storefront.save(force_insert=True)
        return storefront
    state = Storefront.State.OPEN if storefront.suspended_at is None else Storefront.State.SUSPENDED
    Storefront.objects.filter(pk=storefront.pk).update(
        claim=claim, state=state, parked_at=None, version=F("version") + 1
    )
    return storefront


def park_storefront(account: Account, *, kept_until: date) -> date:
    """Close the account's storefront, as it is, and keep its alias for the account; gives the last day of that.

    It is the day that was agreed; where a worker comes late, the alias waits its days from today on.
    """
    days = timedelta(days=account.operator.alias_quarantine_days)
    last = max(kept_until, today(account.operator) + days)
    storefront = Storefront.objects.of_reseller(account).select_related("claim").exclude(state="parked").get()
    AliasClaim.objects.filter(pk=storefront.claim_id).update(
        state=AliasClaim.State.QUARANTINED, held_until=None, quarantined_until=end_of(last, operator=account.operator)
    )
    Storefront.objects.filter(pk=storefront.pk).update(
        state=Storefront.State.PARKED, parked_at=timezone.now(), version=F("version") + 1
    )
    return last


def storefront_to_open(account: Account, *, brand: dict[str, object]) -> Storefront:
    """A reseller's storefront as it begins, not saved: what is previewed before buying, and what then stands."""
    return Storefront(operator_id=account.operator_id, account=account, **{**first_brand(account), **brand})


def _prepared_brand(account: Account) -> dict[str, object]:
    """The brand that the reseller saw in the preview before it bought, which ends as a draft; {} without one."""
    draft = getattr(account, "storefront_draft", None)
    if draft is None:
        return {}
    draft.delete()
    return draft.brand()


def _use_alias(alias: str, *, account: Account) -> AliasClaim:
    """The claim, now in use. A hold that ran out is tried again; alias_taken when somebody else has it by now."""
    claims = AliasClaim.objects.filter(operator_id=account.operator_id, alias=alias, account=account)
    for _ in range(2):
        if claims.update(state=AliasClaim.State.IN_USE, held_until=None, quarantined_until=None):
            return claims.get()
        aliases.hold(alias, account=account, until=None)
    raise RuntimeError(f"the alias {alias} could not be held")


# What becomes of the storefront -> the verb and the words of the activity.
OUTCOMES = {
    "open": ("storefront.opened", "Storefront opened at {}."),
    "restore": ("storefront.restored", "Storefront restored at {}."),
    "keep": ("storefront.kept", "Storefront kept at {}."),
    "park": ("storefront.parked", "Storefront at {} closed. Everything in it is kept."),
}


def what_happened(
    order: Order, *, subscription: Subscription | None, replaced: Subscription | None, address: str, outcome: str
) -> list[Activity]:
    """The activities of a plan change, in the order in which they are read."""
    done = []
    if replaced:
        text = f"Subscription {replaced.number} ended: {order.to_plan.name} follows."
        done.append(note(order, "subscription.ended", text, subscription=replaced))
    if subscription:
        text = f"Subscription {subscription.number} started: {order.to_plan.name} plan."
        done.append(note(order, "subscription.started", text, subscription=subscription))
    if outcome in OUTCOMES:
        verb, words = OUTCOMES[outcome]
        done.append(note(order, verb, words.format(address)))
    return done
