"""STORY: who signs in for an end customer: invited, given a role, removed, by its reseller or by its own Admin."""

from django.db import transaction
from django.utils import timezone

from plans.contacts import ContactDetails, add_contact, change_contact, is_last_admin, remove_sign_in
from plans.models import Account, Contact, ContactRole, User
from plans.refusals import Refused
from plans.trail import remember
from plans.versions import take_turn

from .customers import check_person, take_reseller
from .invitations import send_invitation

Role = ContactRole.Role
CHANGED = "user.changed"
# A customer has no storefront of its own to manage.
ROLES = (Role.ADMIN, Role.BUYER, Role.SUBSCRIPTIONS_MANAGER, Role.VIEWER)


@transaction.atomic
def invite_user(customer: Account, *, name: str, email: str, phone: str = "", role: str, by: User) -> Contact:
    """A person who signs in for the customer, with one role, and the invitation. Who was removed can come back.

    Refuses with customer_suspended, contact_exists, and person_elsewhere.
    """
    _check_role(role)
    _take(customer)
    check_person(email, reseller=customer.parent, customer=customer)
    person = ContactDetails(name=name, email=email, phone=phone, roles=frozenset({role}))
    gone = customer.contacts.filter(email=email.lower(), user__isnull=True).first()
    if gone:
        contact = change_contact(gone, details=person, by=by)
        Contact.objects.filter(pk=contact.pk).update(joined_at=None)
    else:
        contact = add_contact(customer, details=person, by=by)
    send_invitation(contact, by=by)
    return contact


@transaction.atomic
def invite_user_again(contact: Contact, *, by: User) -> None:
    """The invitation once more, with a new link. Refuses with customer_suspended, and no_sign_in who was removed."""
    _take(contact.account)
    if not Contact.objects.filter(pk=contact.pk, user__isnull=False).exists():
        raise Refused("no_sign_in", name=contact.name)
    send_invitation(contact, by=by)
    _tell(contact, "user.invited", f"{contact.name} invited again.", by=by)


@transaction.atomic
def change_user(contact: Contact, *, seen: int, name: str, phone: str, role: str, by: User) -> list[str]:
    """Make these the user's details, and say what changed. Refuses with changed_meanwhile and last_admin."""
    _check_role(role)
    take_reseller(contact.account.parent_id)
    before = frozenset(contact.roles.values_list("role", flat=True))
    if role != Role.ADMIN:
        _check_last_admin(contact)
    changed = _changes(contact, name=name, phone=phone)
    if before != {role}:
        changed.append(f"role: {_labels(before)} to {Role(role).label}")
    _save(contact, changed, seen=seen, name=name, phone=phone, by=by)
    if before != {role}:
        contact.roles.exclude(role=role).delete()
        ContactRole.objects.get_or_create(contact=contact, role=role)
    return changed


@transaction.atomic
def change_profile(contact: Contact, *, seen: int, name: str, phone: str, by: User) -> list[str]:
    """What a person says of itself. Refuses with changed_meanwhile."""
    changed = _changes(contact, name=name, phone=phone)
    _save(contact, changed, seen=seen, name=name, phone=phone, by=by)
    return changed


@transaction.atomic
def remove_user(contact: Contact, *, by: User) -> None:
    """Out at the next click; what the person did stays told. Refuses with last_admin. Twice is as good as once."""
    take_reseller(contact.account.parent_id)
    _check_last_admin(contact)
    remove_sign_in(contact, by=by)


@transaction.atomic
def note_first_sign_in(contact: Contact, *, by: User) -> None:
    """The invitation was accepted: the person signed in. Only the first time is noted."""
    if Contact.objects.filter(pk=contact.pk, joined_at__isnull=True).update(joined_at=timezone.now()):
        _tell(contact, "user.joined", f"{contact.name} signed in for the first time.", by=by)


def _take(customer: Account) -> None:
    """The customer's people are ours to change until the transaction ends. Refuses with customer_suspended."""
    take_reseller(customer.parent_id)
    if not Account.objects.active().filter(pk=customer.pk).exists():
        raise Refused("customer_suspended", customer=customer.name)


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise Refused("not_permitted")


def _check_last_admin(contact: Contact) -> None:
    if is_last_admin(contact):
        raise Refused("last_admin", name=contact.name, account=contact.account.name)


def _changes(contact: Contact, **wanted: str) -> list[str]:
    pairs = ((word, getattr(contact, word), value) for word, value in wanted.items())
    return [f"{word}: {before or 'none'} to {value or 'none'}" for word, before, value in pairs if before != value]


def _save(contact: Contact, changed: list[str], *, seen: int, name: str, phone: str, by: User) -> None:
    if not changed:
        return
    about = {"noun": "user", "verb": CHANGED, "operator_id": contact.operator_id}
    take_turn(contact, seen=seen, **about, name=name, phone=phone)
    contact.name, contact.phone = name, phone
    _tell(contact, CHANGED, f"{contact.name} changed: {'; '.join(changed)}.", by=by)


def _labels(roles: frozenset[str]) -> str:
    return ", ".join(role.label for role in Role if role in roles) or "none"


def _tell(contact: Contact, verb: str, text: str, *, by: User) -> None:
    remember(contact.operator_id, verb, text, by=by, account=contact.account)
