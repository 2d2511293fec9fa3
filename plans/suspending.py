"""STORY: the distributor takes a reseller's storefront away for a while, with a reason, and opens it again.

Its account goes on: plan, subscriptions and orders stay as they are. A suspension outlives the plan: a storefront that
was parked meanwhile comes back suspended. The account's own suspension (`accounts`) is another matter, and a storefront
is open only when neither is in force.
"""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .kept import forget_storefront
from .models import Account, Storefront, User
from .refusals import Refused
from .trail import remember

SUSPENDED, REOPENED = "storefront.suspended", "storefront.reopened"
State = Storefront.State


@transaction.atomic
def suspend_storefront(account: Account, *, reason: str, by: User | None) -> None:
    """Visitors and customers get 503 at once, and the reseller is told the reason in its panel.

    Refuses with no_storefront, storefront_parked and storefront_suspended: a reason that was given is not replaced.
    """
    storefront, _ = _locked(account)
    if storefront.state == State.PARKED:
        raise Refused("storefront_parked", account=account.name)
    changes = {"state": State.SUSPENDED, "suspended_at": timezone.now(), "suspended_reason": reason}
    if not _rows(storefront).filter(suspended_at=None).update(**changes, version=F("version") + 1):
        raise Refused("storefront_suspended", account=account.name)
    remember(account.operator_id, SUSPENDED, f"Storefront suspended: {reason}", by=by, account=account)
    forget_storefront(storefront)


@transaction.atomic
def reopen_storefront(account: Account, *, by: User | None) -> str:
    """Its state from now on: open, or what else keeps it closed. Twice is as good as once; refuses with no_storefront.

    A parked one stays parked, and comes back open with the next plan.
    """
    storefront, owner = _locked(account)
    state = storefront.state
    if state == State.SUSPENDED and storefront.suspended_at and not owner.is_suspended:
        state = State.OPEN
    changes = {"state": state, "suspended_at": None, "suspended_reason": ""}
    if _rows(storefront).exclude(suspended_at=None).update(**changes, version=F("version") + 1):
        remember(account.operator_id, REOPENED, "Storefront no longer suspended.", by=by, account=account)
        forget_storefront(storefront)
    return state


def _locked(account: Account) -> tuple[Storefront, Account]:
    """The storefront, and its account as it is: locked, for the account's suspension and plan decide its state, too."""
    owner = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    storefront = Storefront.objects.of_reseller(account).select_related("claim").first()
    if storefront is None:
        raise Refused("no_storefront", account=account.name)
    return storefront, owner


def _rows(storefront: Storefront):
    return Storefront.objects.filter(pk=storefront.pk)
