"""What a reseller without a plan is told of the storefront that it had: kept, and back with the next upgrade."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from plans import aliases, links
from plans.models import Account, Storefront


@dataclass(frozen=True)
class Kept:
    """A closed storefront. Without an address another account has taken its alias; without a day it may at any time."""

    address: str
    until: date | None


def own_storefront(account: Account) -> Storefront | None:
    """What the account has, open or not, with its alias. One query."""
    return Storefront.objects.of_reseller(account).select_related("claim").first()


def kept(storefront: Storefront | None, *, account: Account) -> Kept | None:
    """None unless it is closed and waits for its reseller."""
    if storefront is None or storefront.state != Storefront.State.PARKED:
        return None
    if storefront.claim is None:
        return Kept("", None)
    over = storefront.claim.quarantined_until
    waits = over is not None and over > timezone.now()
    address = links.shown_address(account.operator, storefront.claim.alias)
    return Kept(address, aliases.last_day_of(storefront.claim, operator=account.operator) if waits else None)
