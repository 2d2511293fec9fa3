"""STORY: the people of an account: who they are, who is the primary one, and what they may do on storefronts.

A person is one user by email wherever they appear. Whether an email was known before is never told.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import F

from notifications.languages import languages

from .inviting import invite_contact
from .models import Account, Contact, ContactRole, User
from .refusals import Refused
from .trail import remember

Role = ContactRole.Role


@dataclass(frozen=True, kw_only=True)
class ContactDetails:
    """What staff type about a person. Who has a role can sign in; without one there is no sign-in."""

    name: str
    email: str
    phone: str = ""
    language: str = ""
    roles: frozenset[str] = frozenset()

    def columns(self) -> dict[str, str]:
        return {"name": self.name, "email": self.email.lower(), "phone": self.phone, "language": self.language}


@transaction.atomic
def add_contact(account: Account, *, details: ContactDetails, invite: bool = False, by: User | None) -> Contact:
    """A person of the account; the first one is its primary contact. Refuses with contact_exists."""
    _take_account(account)
    columns = details.columns()
    columns["user"] = _user_of(details) if details.roles else None
    is_first = not account.contacts.primary().exists()
    if is_first:
        _keep_that_it_has_one(account)
    with _once_per_account(account):
        contact = Contact.objects.create(
            operator_id=account.operator_id, account=account, is_primary=is_first, **columns
        )
    _write_roles(contact, details.roles)
    _tell(contact, "contact.added", f"{contact.name} added as a contact{_as(details.roles)}.", by=by)
    if invite and contact.user:
        invite_again(contact, by=by)
    return contact


@transaction.atomic
def change_contact(contact: Contact, *, details: ContactDetails, by: User | None) -> Contact:
    """Make these the contact's details. Another email is another person's sign-in. Refuses with contact_exists."""
    account = contact.account
    _take_account(account)
    columns = details.columns()
    keeps = contact.user is not None and contact.email == columns["email"]
    columns["user"] = (contact.user if keeps else _user_of(details)) if details.roles else None
    before = _roles_of(contact)
    with _once_per_account(account):
        Contact.objects.filter(pk=contact.pk).update(version=F("version") + 1, **columns)
    for name, value in columns.items():
        setattr(contact, name, value)
    _write_roles(contact, details.roles)
    said = f" Storefront roles{_as(details.roles) or ' removed'}." if before != details.roles else ""
    _tell(contact, "contact.changed", f"Contact {contact.name} changed.{said}", by=by)
    return contact


@transaction.atomic
def make_primary(contact: Contact, *, by: User | None) -> None:
    """The one who gets the account's letters from now on."""
    _take_account(contact.account)
    Contact.objects.filter(account=contact.account_id, is_primary=True).exclude(pk=contact.pk).update(is_primary=False)
    _keep_that_it_has_one(contact.account)
    if Contact.objects.filter(pk=contact.pk, is_primary=False).update(is_primary=True):
        _tell(contact, "contact.primary", f"{contact.name} made the primary contact.", by=by)


@transaction.atomic
def choose_language(contact: Contact, *, language: str, by: User | None) -> bool:
    """In which language the person wants letters about the account; empty: in the account's. Whether that is news.

    ValueError for a language that no letter has words in.
    """
    if language and language not in languages():
        raise ValueError(f"No such language: {language!r}")
    mine = Contact.objects.filter(pk=contact.pk).exclude(language=language)
    if not mine.update(language=language, version=F("version") + 1):
        return False
    said = languages()[language] if language else "the account’s language"
    _tell(contact, "contact.changed", f"Contact {contact.name} gets letters in {said}.", by=by)
    return True


@transaction.atomic
def remove_sign_in(contact: Contact, *, by: User | None) -> None:
    """The person stays a contact and is signed out of the account's storefronts at the next click."""
    if Contact.objects.filter(pk=contact.pk, user__isnull=False).update(user=None):
        contact.roles.all().delete()
        contact.user = None
        _tell(contact, "contact.sign_in_removed", f"Sign-in of {contact.name} removed.", by=by)


@transaction.atomic
def invite_again(contact: Contact, *, by: User | None) -> None:
    """Send the invitation, once more if there was one. Refuses with no_sign_in a contact without a role."""
    if contact.user is None:
        raise Refused("no_sign_in", name=contact.name)
    invite_contact(contact, by=by, is_again=True)
    _tell(contact, "contact.invited", f"{contact.name} invited to the storefront.", by=by)


def is_last_admin(contact: Contact) -> bool:
    """Whether nobody else can invite users for the account."""
    admins = ContactRole.objects.filter(contact__account=contact.account_id, role=Role.ADMIN)
    return set(admins.values_list("contact_id", flat=True)) == {contact.pk}


def _take_account(account: Account) -> None:
    """One change of an account's people at a time."""
    Account.objects.select_for_update(no_key=True).values_list("pk").get(pk=account.pk)


def _keep_that_it_has_one(account: Account) -> None:
    Account.objects.filter(pk=account.pk, has_primary_contact=False).update(has_primary_contact=True)


@contextmanager
def _once_per_account(account: Account) -> Iterator[None]:
    """A second contact with the same email, or the same user, is a refusal."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Refused("contact_exists", account=account.name) from None


def _user_of(details: ContactDetails) -> User:
    """The user with the email; a new one cannot sign in before choosing a password."""
    email = details.email.lower()
    known = User.objects.filter(email=email)
    try:
        with transaction.atomic():
            return known.first() or User.objects.create_user(email, name=details.name)
    except IntegrityError:  # somebody else made the user in this very moment
        return known.get()


def _roles_of(contact: Contact) -> frozenset[str]:
    return frozenset(contact.roles.values_list("role", flat=True))


def _write_roles(contact: Contact, wanted: Iterable[str]) -> None:
    contact.roles.exclude(role__in=wanted).delete()
    missing = set(wanted) - _roles_of(contact)
    ContactRole.objects.bulk_create(ContactRole(contact=contact, role=role) for role in sorted(missing))


def _as(roles: frozenset[str]) -> str:
    return f" as {', '.join(role.label for role in Role if role in roles)}" if roles else ""


def _tell(contact: Contact, verb: str, text: str, *, by: User | None) -> None:
    remember(contact.operator_id, verb, text, by=by, account=contact.account)
