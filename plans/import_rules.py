"""RULE: which rows of a file of resellers may come in, and which have come in before. No query: the books say it."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from .import_books import Books
from .import_file import Row
from .models import Account, Plan
from .models.product import Cycle

LENGTHS = {
    "account": 120, "contact": 120, "email": 254, "vat_id": 20, "street": 160, "postal_code": 20, "city": 80,
    "country": 2, "phone": 40, "alias": 100,
}  # fmt: skip


class RowRefused(Exception):
    """A row cannot be brought in; the message says why. Nothing of it was written."""


class Seen:
    """What stood in the rows before: a reseller, a person and an alias come once in a file."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], int] = {}

    def check(self, row: Row) -> None:
        given = [(name, getattr(row, name)) for name in ("account", "email", "alias") if getattr(row, name)]
        for name, value in given:
            earlier = self.lines.setdefault((name, value.casefold()), row.line)
            if earlier != row.line:
                raise RowRefused(f"The {name} {value} stands in line {earlier} already.")


def is_sound(row: Row) -> bool:
    """Whether its texts can be asked about at all."""
    try:
        _check_shape(row)
    except RowRefused:
        return False
    return True


def check_row(row: Row, *, books: Books) -> Account | None:
    """The account, when this row came in before. Raises RowRefused for what is wrong; the order asks the rest.

    The books must be about this row, if it `is_sound`.
    """
    _check_shape(row)
    plan = plan_of(row, books=books)
    _check_start(row, books=books)
    existing = _existing(row, books=books)
    if existing:
        return existing
    if row.alias and not books.opens_storefront(plan):
        raise RowRefused(f"On {plan.name} there is no storefront: leave the alias empty.")
    return None


def _check_shape(row: Row) -> None:
    if row.trouble:
        raise RowRefused(row.trouble)
    for name in ("account", "contact", "email", "plan"):
        if not getattr(row, name):
            raise RowRefused(f"The {name} is missing.")
    for name, most in LENGTHS.items():
        text = getattr(row, name)
        if len(text) > most:
            raise RowRefused(f"The {name} is longer than {most} characters.")
        if not text.isprintable():
            raise RowRefused(f"The {name} has control characters in it.")
    try:
        validate_email(row.email)
    except ValidationError:
        raise RowRefused(f"{row.email} is not an email address.") from None
    if row.country and not (len(row.country) == 2 and row.country.isascii() and row.country.isalpha()):
        raise RowRefused("The country is a code of two letters, as in DE.")
    if row.cycle and row.cycle.lower() not in Cycle.values:
        raise RowRefused("The cycle is month or year.")
    if row.tax_treatment and row.tax_treatment.lower() not in Account.TaxTreatment.values:
        raise RowRefused("The tax_treatment is normal or reverse_charge.")


def plan_of(row: Row, *, books: Books) -> Plan:
    if plan := books.plan_called(row.plan):
        return plan
    names = ", ".join(plan.name for plan in books.plans)
    raise RowRefused(f"There is no plan {row.plan}. Plans: {names}.")


def _check_start(row: Row, *, books: Books) -> None:
    try:
        on = row.starts_on
    except ValueError:
        raise RowRefused(f"{row.start_date} is not a date. Write it as 2026-11-15.") from None
    if on and on > books.today:
        raise RowRefused(f"The start date {on} is still to come.")
    if on and on.year < 2000:
        raise RowRefused(f"The start date {on} is too long ago.")


def _existing(row: Row, *, books: Books) -> Account | None:
    """The reseller of this name with this primary contact. Half a match is a mistake in the file, or in the books."""
    email, named = row.email.lower(), books.named.get(row.account)
    contacts = books.contacts.get(email, [])
    if named and any(contact.account_id == named.pk and contact.is_primary for contact in contacts):
        return named
    if named:
        raise RowRefused(f"{named.number} has this name, and another primary contact.")
    if contacts:
        account = contacts[0].account
        raise RowRefused(f"{email} is a contact of {account.name} ({account.number}) already.")
    return None
