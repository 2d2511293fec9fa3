"""STORY: the staff give a reseller's storefront another Storefront Alias; the old one leads there for a while.

What was printed or linked under the old alias goes on working: it stays the account's own, in quarantine, and answers
301 path by path (storefront/tenancy.py) for as long as that lasts. Renamed again, both lead to the newest at once.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from . import aliases, links, periods
from .kept import forget_alias
from .models import Account, AliasClaim, Order, Storefront, User
from .placing import keep_plan_still
from .refusals import Refused
from .trail import remember
from .versions import take_turn

RENAMED = "storefront.renamed"
State = AliasClaim.State


@dataclass(frozen=True)
class Renaming:
    """What renaming would do now. `account.operator` is loaded; `typed` is None while nothing was typed yet."""

    account: Account
    storefront: Storefront
    typed: str | None
    leads_until: date  # the old address, that day included
    refusals: list[Refused] = field(default_factory=list)

    @property
    def old_address(self) -> str:
        return links.storefront_url(self.account.operator, self.storefront.claim.alias) if self.storefront.claim else ""


def preview_renaming(account: Account, *, typed: str | None) -> Renaming:
    """Reads only. Refuses with no_storefront; all else that stands in the way is among its refusals."""
    storefront = Storefront.objects.of_reseller(account).select_related("claim").first()
    if storefront is None:
        raise Refused("no_storefront", account=account.name)
    refusals = [*_standing_refusals(account, storefront)]
    if typed is not None:
        refused = aliases.availability(typed, operator=account.operator, account=account).refusal
        refusals += [refused] if refused else _same(aliases.normalise(typed), storefront)
    return Renaming(account, storefront, typed, _last_day(account), refusals)


@transaction.atomic
def rename_storefront(account: Account, *, alias: str, seen: int, by: User | None) -> str:
    """Give the storefront this alias, and return it as it is kept. `account.operator` should be loaded.

    `seen` is the version of the storefront that was shown. Refuses with no_storefront, storefront_parked,
    open_order_exists (the order shows the alias that it was agreed with), alias_* and changed_meanwhile.
    """
    keep_plan_still(account)  # nobody orders one, and no order ends it: what parks the storefront waits, or was first
    storefront = Storefront.objects.of_reseller(account).select_related("claim", "account").first()
    if storefront is None:
        raise Refused("no_storefront", account=account.name)
    for refusal in (*_standing_refusals(account, storefront), *_same(aliases.normalise(alias), storefront)):
        raise refusal
    old, taken = storefront.claim, aliases.hold(alias, account=account, until=None, by=by)
    claims = AliasClaim.objects.filter(operator_id=account.operator_id, account=account)
    claims.filter(alias=taken).update(state=State.IN_USE, held_until=None, quarantined_until=None)
    about = {"noun": "storefront", "verb": "storefront.", "operator_id": account.operator_id}
    take_turn(storefront, seen=seen, **about, claim=claims.get(alias=taken))
    last = _last_day(account)
    end = periods.end_of(last, operator=account.operator)
    claims.filter(pk=old.pk).update(state=State.QUARANTINED, held_until=None, quarantined_until=end)
    text = f"Storefront Alias changed from {old.alias} to {taken}. The old address leads to the new one until"
    text = f"{text} {last:%-d %b %Y}."
    remember(account.operator_id, RENAMED, text, by=by, account=account)
    for each in (old.alias, taken):
        forget_alias(account.operator_id, each)
    return taken


def former_aliases(account: Account) -> list[tuple[str, date]]:
    """Those that still lead to its storefront, each with its last day; the one that does so longest first."""
    kept = AliasClaim.objects.filter(account=account, quarantined_until__gt=timezone.now(), storefront=None)
    found = kept.order_by("-quarantined_until", "alias")
    return [(claim.alias, aliases.last_day_of(claim, operator=account.operator)) for claim in found]


def alias_now(alias: str, *, operator_id: int) -> str:
    """Under which alias the storefront stands that had this one before; empty where it leads nowhere. One query.

    The claim of a former alias stays its account's while it is in quarantine, also while the account holds it anew.
    """
    claims = AliasClaim.objects.filter(operator_id=operator_id, alias=alias, quarantined_until__gt=timezone.now())
    shown = claims.filter(account__storefront__state__in=[Storefront.State.OPEN, Storefront.State.SUSPENDED])
    return shown.values_list("account__storefront__claim__alias", flat=True).first() or ""


def _standing_refusals(account: Account, storefront: Storefront) -> list[Refused]:
    """Those that follow from what there is, whatever was typed."""
    found = []
    if storefront.state == Storefront.State.PARKED:
        found.append(Refused("storefront_parked", account=account.name))
    orders = Order.objects.open_plan_orders().filter(account=account)
    if number := orders.values_list("number", flat=True).first():
        found.append(Refused("open_order_exists", order=number))
    return found


def _same(alias: str, storefront: Storefront) -> list[Refused]:
    is_same = storefront.claim is not None and storefront.claim.alias == alias
    return [Refused("alias_unchanged", alias=alias)] if is_same else []


def _last_day(account: Account) -> date:
    return periods.today(account.operator) + timedelta(days=account.operator.alias_quarantine_days)
