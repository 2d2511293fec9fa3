"""STORY: a reseller's end customers: invited, edited, suspended, reactivated; as many as its plan allows.

A suspended customer does not count towards the limit: suspending one makes room for another. What is counted is
counted under a lock on the reseller, so that two invitations at once never exceed it.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Q

from plans.accounts import CHANGED, WORDS, reactivate_account, suspend_account
from plans.contacts import ContactDetails, add_contact
from plans.models import Account, Contact, ContactRole, NumberSeries, User
from plans.refusals import Refused
from plans.trail import remember
from plans.versions import take_turn

from .invitations import send_invitation

ADMIN = frozenset({ContactRole.Role.ADMIN.value})


@dataclass(frozen=True, kw_only=True)
class CustomerDetails:
    """What a reseller types about a customer. `country` is an ISO 3166 code; all but the name may be empty."""

    name: str
    vat_id: str = ""
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    billing_email: str = ""


def limit_reached(reseller: Account) -> Refused | None:
    """Why no customer can be added now, and what lifts it; None where one can."""
    limit = reseller.limit("customers")
    if limit is None:
        return None
    count = Account.objects.customers_of(reseller).active().count()
    if count < limit:
        return None
    return Refused("customers_limit", plan=reseller.held().plan.name, limit=limit, count=count)


@transaction.atomic
def invite_customer(
    reseller: Account, *, details: CustomerDetails, name: str, email: str, phone: str = "", by: User
) -> Account:
    """A customer of the reseller, whose first person is its Admin and gets the invitation.

    Refuses with customers_limit, and with person_elsewhere when the email signs in at this storefront already.
    """
    reseller = take_reseller(reseller.pk)
    _check_limit(reseller)
    check_person(email, reseller=reseller)
    [number] = NumberSeries.take(reseller.operator_id, "AC")
    customer = Account.objects.create(
        operator_id=reseller.operator_id,
        parent=reseller,
        kind=Account.Kind.CUSTOMER,
        number=number,
        currency=reseller.currency,
        language="",  # as the storefront's
        **asdict(details),
    )
    remember(
        customer.operator_id, "account.created", f"{customer.name} invited as a customer.", by=by, account=customer
    )
    person = ContactDetails(name=name, email=email, phone=phone, roles=ADMIN)
    send_invitation(add_contact(customer, details=person, by=by), by=by)
    return customer


@transaction.atomic
def change_customer(customer: Account, *, seen: int, details: CustomerDetails, by: User) -> list[str]:
    """Make these the customer's details, and say what changed. Refuses with changed_meanwhile."""
    columns = asdict(details)
    changed = list(_changes(customer, columns))
    if not changed:
        return []
    about = {"noun": "customer", "verb": "account.", "operator_id": customer.operator_id}
    take_turn(customer, seen=seen, **about, **columns)
    for name, value in columns.items():
        setattr(customer, name, value)
    text = f"{customer.name} changed: {'; '.join(changed)}."
    remember(customer.operator_id, CHANGED, text, by=by, account=customer)
    return changed


@transaction.atomic
def suspend_customer(customer: Account, *, reason: str, by: User) -> None:
    """Its people are out at the next click, and it makes room for another one. Twice is as good as once."""
    take_reseller(customer.parent_id)
    suspend_account(customer, reason=reason, by=by)


@transaction.atomic
def reactivate_customer(customer: Account, *, by: User) -> None:
    """Its people can sign in again. Refuses with customers_limit; twice is as good as once."""
    reseller = take_reseller(customer.parent_id)
    if Account.objects.active().filter(pk=customer.pk).exists():
        return
    _check_limit(reseller)
    reactivate_account(customer, by=by)


def take_reseller(pk: int) -> Account:
    """The reseller, locked until the transaction ends: one change of its customers at a time."""
    return Account.objects.select_for_update(no_key=True).get(pk=pk)


def check_person(email: str, *, reseller: Account, customer: Account | None = None) -> None:
    """Refuses with person_elsewhere who signs in at this storefront for the reseller or for another customer."""
    here = Contact.objects.filter(operator_id=reseller.operator_id, email=email.lower(), user__isnull=False)
    others = here.filter(Q(account=reseller) | Q(account__parent=reseller)).exclude(account=customer)
    if others.exists():
        raise Refused("person_elsewhere", email=email)


def _check_limit(reseller: Account) -> None:
    if refusal := limit_reached(reseller):
        raise refusal


def _changes(customer: Account, columns: dict[str, str]) -> Iterator[str]:
    for name, wanted in columns.items():
        before = getattr(customer, name)
        if before != wanted:
            yield f"{WORDS[name]}: {before or 'none'} to {wanted or 'none'}"
