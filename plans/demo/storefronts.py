"""The demo's reseller storefronts with their aliases: open, suspended, parked."""

from datetime import timedelta

from ..models import Account, AliasClaim, Operator, Storefront
from .past import Step
from .people import Settled


def open_storefronts(operator: Operator, steps: list[Step], *, settled: list[Settled]) -> list[Storefront]:
    """One storefront, branded, for each executed order that opened one."""
    resellers = {one.account.pk: one.reseller for one in settled}
    opening = [step for step in steps if step.opens and step.started]
    claims = AliasClaim.objects.bulk_create(
        AliasClaim(
            operator=operator,
            alias=step.alias,
            account=step.account,
            state=AliasClaim.State.IN_USE,
            claimed_at=step.placed_at,
        )
        for step in opening
    )
    rows = []
    for step, claim in zip(opening, claims, strict=True):
        reseller, account = resellers[step.account.pk], step.account
        rows.append(
            Storefront(
                operator=operator,
                account=account,
                claim=claim,
                name=account.name,
                tagline=reseller.tagline,
                brand_colour=reseller.colour,
                support_email=account.billing_email,
                address=account.billing_address(),
                created_by_order=step.order,
                opened_at=step.executed_at,
            )
        )
    return Storefront.objects.bulk_create(rows)


def suspend(account: Account, *, reason: str) -> None:
    """A deactivated account and its storefront."""
    Account.objects.filter(pk=account.pk).update(state=Account.State.SUSPENDED, suspended_reason=reason)
    Storefront.objects.filter(account=account).update(state=Storefront.State.SUSPENDED)


def park(step: Step) -> None:
    """What the executed cancellation `step` left of its account's storefront: parked, its alias in quarantine."""
    days = timedelta(days=step.account.operator.alias_quarantine_days)
    Storefront.objects.filter(account=step.account).update(state=Storefront.State.PARKED, parked_at=step.executed_at)
    AliasClaim.objects.filter(account=step.account).update(
        state=AliasClaim.State.QUARANTINED, quarantined_until=step.executed_at + days
    )
