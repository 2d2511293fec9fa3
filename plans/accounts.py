"""STORY: an account is created, edited, suspended and reactivated by the staff of its operator."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from django.db import transaction
from django.db.models import F

from .kept import forget_storefront
from .models import OPEN_STATES, Account, NumberSeries, Operator, Order, StaffMembership, Storefront, Subscription, User
from .refusals import Refused
from .trail import remember
from .versions import take_turn

CREATED, CHANGED = "account.created", "account.changed"
WORDS = {
    "name": "name",
    "vat_id": "VAT ID",
    "tax_treatment": "tax treatment",
    "currency": "currency",
    "street": "street",
    "postal_code": "postal code",
    "city": "city",
    "country": "country",
    "billing_email": "billing email",
    "language": "language",
    "reselling_enabled": "reselling",
    "account_manager": "account manager",
}


@dataclass(frozen=True, kw_only=True)
class AccountDetails:
    """All of an account that staff type. `country` is an ISO 3166 code; addresses and emails may be empty."""

    name: str
    currency: str
    vat_id: str = ""
    tax_treatment: str = Account.TaxTreatment.NORMAL
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    billing_email: str = ""
    language: str = "en"
    reselling_enabled: bool = True
    account_manager: User | None = None

    def columns(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@transaction.atomic
def create_account(operator: Operator, *, details: AccountDetails, by: User | None) -> Account:
    """A reseller of the operator, on its default plan, with a number of its own and no contact yet."""
    _check_manager(details, operator_id=operator.pk)
    [number] = NumberSeries.take(operator.pk, "AC")
    about = {"operator": operator, "parent_id": operator.account_id, "kind": Account.Kind.RESELLER}
    account = Account.objects.create(number=number, **about, **details.columns())
    remember(operator.pk, CREATED, f"{account.name} created.", by=by, account=account)
    return account


@transaction.atomic
def change_account(account: Account, *, seen: int, details: AccountDetails, by: User | None) -> list[str]:
    """Make these the account's details, and say what changed. Placed orders keep what was agreed to.

    Refuses with changed_meanwhile when its version is not the one that was seen, and with currency_in_use.
    """
    _check_manager(details, operator_id=account.operator_id, before=account)
    if details.currency != account.currency and _has_dealings(account):
        raise Refused("currency_in_use", account=account.name, currency=account.currency)
    changed = list(_changes(account, details))
    if not changed:
        return []
    columns = details.columns()
    take_turn(account, seen=seen, noun="account", verb="account.", operator_id=account.operator_id, **columns)
    for name, value in columns.items():
        setattr(account, name, value)
    remember(account.operator_id, CHANGED, f"{account.name} changed: {'; '.join(changed)}.", by=by, account=account)
    return changed


@transaction.atomic
def suspend_account(account: Account, *, reason: str, by: User | None) -> None:
    """Nothing can be ordered any more, and its storefront answers 503. Twice is as good as once."""
    active = Account.objects.filter(pk=account.pk, state=Account.State.ACTIVE)
    if not active.update(state=Account.State.SUSPENDED, suspended_reason=reason):
        return
    _move_storefront(account, Storefront.State.OPEN, Storefront.State.SUSPENDED)
    remember(account.operator_id, "account.suspended", f"{account.name} suspended: {reason}", by=by, account=account)


@transaction.atomic
def reactivate_account(account: Account, *, by: User | None) -> None:
    """It can order again, and its storefront opens where it stood. Parked, or suspended itself, it stays so."""
    suspended = Account.objects.filter(pk=account.pk, state=Account.State.SUSPENDED)
    if not suspended.update(state=Account.State.ACTIVE, suspended_reason=""):
        return
    _move_storefront(account, Storefront.State.SUSPENDED, Storefront.State.OPEN)
    remember(account.operator_id, "account.reactivated", f"{account.name} active again.", by=by, account=account)


def _move_storefront(account: Account, from_state: str, to_state: str) -> None:
    storefronts = Storefront.objects.of_reseller(account).filter(state=from_state, suspended_at=None)
    for storefront in storefronts.select_related("claim"):
        storefronts.filter(pk=storefront.pk).update(state=to_state, version=F("version") + 1)
        forget_storefront(storefront)


def _check_manager(details: AccountDetails, *, operator_id: int, before: Account | None = None) -> None:
    """An account manager works for the operator. One who has left stays until somebody else is chosen."""
    manager = details.account_manager
    if manager is None or (before is not None and before.account_manager_id == manager.pk):
        return
    if not StaffMembership.objects.filter(operator=operator_id, user=manager, is_active=True).exists():
        raise Refused("not_staff", name=str(manager))


def _has_dealings(account: Account) -> bool:
    """Whether amounts in its currency are still under way: subscriptions that run, orders that are not over."""
    if Subscription.objects.active().filter(account=account).exists():
        return True
    under_way = [Order.State.DRAFT, Order.State.AWAITING_APPROVAL, *OPEN_STATES]
    return Order.objects.filter(account=account, state__in=under_way).exists()


def _changes(account: Account, details: AccountDetails) -> Iterator[str]:
    for name, wanted in details.columns().items():
        before = getattr(account, name)
        if before != wanted:
            yield f"{WORDS[name]}: {_shown(before)} to {_shown(wanted)}"


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "enabled" if value else "not enabled"
    return str(value) if value else "none"
