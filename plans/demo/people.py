"""The demo's accounts, contacts and logins."""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db.models import Q
from django.utils import timezone

from ..models import Account, Contact, ContactRole, NumberSeries, Operator, StaffMembership, User
from . import cast

FIRST_NUMBER = 10430  # of the resellers that have no number of their own
NEXT_NUMBER = 10483


@dataclass(frozen=True)
class Settled:
    """A reseller of the cast with its rows. `user` is its first person."""

    reseller: cast.Reseller
    account: Account
    user: User


def give_passwords(operator: Operator) -> None:
    """One password for all people of the operator, hashed once: a slow hasher is slow for each of them."""
    known = Q(contacts__operator=operator) | Q(staff_memberships__operator=operator)
    people = User.objects.filter(known).values("pk")
    User.objects.filter(pk__in=people).update(password=make_password(cast.PASSWORD))


def hire(operator: Operator, staff: tuple[tuple[str, str, str], ...]) -> list[StaffMembership]:
    users = User.objects.bulk_create(User(email=email, name=name) for email, name, _ in staff)
    return StaffMembership.objects.bulk_create(
        StaffMembership(operator=operator, user=user, role=row[2]) for user, row in zip(users, staff, strict=True)
    )


def settle(operator: Operator, resellers: tuple[cast.Reseller, ...], *, manager: User | None) -> list[Settled]:
    """Create the resellers with their people, all on Basic; those with us longest get the lowest numbers."""
    resellers = tuple(sorted(resellers, key=lambda reseller: -reseller.months))
    _number_from(operator, FIRST_NUMBER)
    numbers = iter(NumberSeries.take(operator.pk, "AC", count=len(resellers)))
    accounts = Account.objects.bulk_create(
        _account(operator, reseller, number=reseller.number or next(numbers), manager=manager) for reseller in resellers
    )
    users = _create_people(operator, [(a, r.people) for a, r in zip(accounts, resellers, strict=True)])
    return [Settled(r, a, users[r.people[0].email]) for r, a in zip(resellers, accounts, strict=True)]


def _number_from(operator: Operator, number: int) -> None:
    NumberSeries.objects.filter(operator=operator, prefix="AC").update(next_number=number)


def _account(operator: Operator, reseller: cast.Reseller, *, number: str, manager: User | None) -> Account:
    postal_code, city, country = reseller.town
    return Account(
        operator=operator,
        parent=operator.account,
        number=number,
        kind=Account.Kind.RESELLER,
        name=reseller.name,
        currency=operator.currency,
        vat_id=reseller.vat_id,
        tax_treatment=Account.TaxTreatment.NORMAL,
        street=reseller.street,
        postal_code=postal_code,
        city=city,
        country=country,
        billing_email=reseller.people[0].email,
        has_primary_contact=True,
        language="de" if city in cast.READ_GERMAN else operator.language,
        account_manager=manager,
        created_at=timezone.now() - timedelta(days=30 * reseller.months + 5),
    )


def settle_customers(
    operator: Operator, customers: tuple[cast.Customer, ...], *, resellers: list[Settled]
) -> list[Account]:
    """Create end customers below their resellers; later numbers go on after the last of the cast."""
    parents = {settled.reseller.alias: settled.account for settled in resellers}
    numbers = NumberSeries.take(operator.pk, "AC", count=len(customers))
    rows = []
    for customer, number in zip(customers, numbers, strict=True):
        postal_code, city, country = customer.town
        rows.append(
            Account(
                operator=operator,
                parent=parents[customer.alias],
                number=number,
                kind=Account.Kind.CUSTOMER,
                name=customer.name,
                currency=operator.currency,
                street=customer.street,
                postal_code=postal_code,
                city=city,
                country=country,
                billing_email=customer.people[0].email,
                language="",  # as the storefront's
                state=Account.State.SUSPENDED if customer.suspended_reason else Account.State.ACTIVE,
                suspended_reason=customer.suspended_reason,
                has_primary_contact=True,
                created_at=timezone.now() - timedelta(days=120),
            )
        )
    accounts = Account.objects.bulk_create(rows)
    _create_people(operator, [(a, c.people) for a, c in zip(accounts, customers, strict=True)])
    _join(accounts)
    _number_from(operator, NEXT_NUMBER)
    return accounts


def _join(customers: list[Account]) -> None:
    """Everybody has signed in a day after the invitation, but the last who was invited of several."""
    for customer in customers:
        people = list(customer.contacts.order_by("pk"))
        joined = [person.pk for person in people[: max(1, len(people) - 1)]]
        Contact.objects.filter(pk__in=joined).update(joined_at=customer.created_at + timedelta(days=1))


def _create_people(operator: Operator, households: list[tuple[Account, tuple[cast.Person, ...]]]) -> dict[str, User]:
    """A user, a contact and a role for each person. The first of an account is its primary contact."""
    everybody = [person for _, people in households for person in people]
    users = User.objects.bulk_create(User(email=person.email, name=person.name) for person in everybody)
    by_email = {user.email: user for user in users}
    contacts = Contact.objects.bulk_create(
        Contact(
            operator=operator,
            account=account,
            user=by_email[person.email],
            name=person.name,
            email=person.email,
            is_primary=place == 0,
            created_at=account.created_at,
        )
        for account, people in households
        for place, person in enumerate(people)
    )
    roles = {person.email: person.role for person in everybody}
    ContactRole.objects.bulk_create(ContactRole(contact=contact, role=roles[contact.email]) for contact in contacts)
    return by_email
