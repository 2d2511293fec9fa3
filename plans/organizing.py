"""STORY: a distributor changes what it says of itself: names, money, tax, sender; and how its numbers go on."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import F

from notifications.languages import languages

from .kept import forget_operator
from .models import Account, NumberSeries, Operator, Storefront, User
from .organization_rules import problems_of
from .refusals import Refused
from .trail import remember
from .versions import take_turn

CHANGED = "organization.changed"
LONGEST_QUARANTINE = 3650  # days
SHORTEST_WORDS, LONGEST_WORDS = 3, 240  # months: nobody mistypes away what was written a moment ago
HIGHEST_NUMBER = 999_999_999
REQUIRED = ("name", "short_name", "address", "tax_name", "sender_name", "sender_email", "support_email")
# Changes of these are told with what they were and are; of the rest by name only.
TOLD = {"currency": "currency", "time_zone": "time zone", "tax_name": "tax name", "tax_rate": "tax rate",
        "alias_quarantine_days": "alias quarantine",
        "letter_words_months": "months that words of letters are kept", "language": "language of letters"}  # fmt: skip


class CannotChange(Exception):
    """What was typed about the organization is not right. `problems`: name of the field -> a sentence."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Organization:
    """What a distributor says of itself, as typed."""

    name: str
    short_name: str
    address: str
    currency: str  # of new accounts; an account keeps its own
    time_zone: str
    tax_name: str
    tax_rate: str
    support_email: str
    support_phone: str
    operations_email: str
    sender_name: str
    sender_email: str
    alias_quarantine_days: str
    letter_words_months: str  # 0: for ever
    language: str  # of letters to whoever has no wish of their own; new accounts begin with it


def organization_of(operator: Operator) -> Organization:
    """As it is now."""
    values = {name: str(getattr(operator, name)) for name in Organization.__dataclass_fields__}
    return Organization(**values | {"tax_rate": f"{operator.tax_rate.normalize():f}"})


def check_organization(wanted: Organization) -> dict[str, str]:
    """What is wrong with it: name of the field -> a sentence. Reads only."""
    problems = problems_of(wanted, required=REQUIRED)
    days = wanted.alias_quarantine_days
    if not (days.isascii() and days.isdigit() and len(days) < 6 and int(days) <= LONGEST_QUARANTINE):
        problems["alias_quarantine_days"] = f"Enter a number of days from 0 to {LONGEST_QUARANTINE:,}."
    months = wanted.letter_words_months
    if not (months.isascii() and months.isdigit() and len(months) < 4) or not (
        int(months) == 0 or SHORTEST_WORDS <= int(months) <= LONGEST_WORDS
    ):
        problems["letter_words_months"] = f"Enter 0, or a number of months from {SHORTEST_WORDS} to {LONGEST_WORDS}."
    if wanted.language not in languages():
        problems["language"] = "Choose a language of the list."
    return problems


@transaction.atomic
def change_organization(operator: Operator, *, seen: int, wanted: Organization, by: User | None) -> list[str]:
    """Make this the organization, and say what changed. Raises CannotChange; refuses with changed_meanwhile.

    Names, tax and sender count from the next preview, page and letter on. What was agreed before stays as it was.
    """
    problems = check_organization(wanted)
    if problems:
        raise CannotChange(problems)
    before = Operator.objects.get(pk=operator.pk)
    columns = _columns(wanted)
    changed = list(_changes(before, columns))
    if not changed:
        return []
    take_turn(operator, seen=seen, noun="organization", verb=CHANGED, operator_id=operator.pk, **columns)
    _tell_own_storefront(operator, columns)
    remember(operator.pk, CHANGED, f"{wanted.name} changed: {'; '.join(changed)}.", by=by)
    forget_operator(operator)
    return changed


def _columns(wanted: Organization) -> dict[str, object]:
    emails = {name: getattr(wanted, name).lower() for name in ("support_email", "operations_email", "sender_email")}
    numbers = {name: int(getattr(wanted, name)) for name in ("alias_quarantine_days", "letter_words_months")}
    numbers["tax_rate"] = Decimal(wanted.tax_rate)
    return asdict(wanted) | emails | numbers


def _changes(before: Operator, columns: dict[str, object]) -> Iterator[str]:
    for name, value in columns.items():
        old = getattr(before, name)
        if old == value:
            continue
        told = [f"{each.normalize():f}" if isinstance(each, Decimal) else str(each) for each in (old, value)]
        yield f"{TOLD[name]} {told[0]} to {told[1]}" if name in TOLD else name.replace("_", " ")


def _tell_own_storefront(operator: Operator, columns: dict[str, object]) -> None:
    """The distributor's own storefront and account go by its names."""
    shown = {name: columns[name] for name in ("support_email", "support_phone", "address")}
    own = Storefront.objects.filter(operator=operator, is_own=True)
    own.update(name=columns["short_name"], version=F("version") + 1, **shown)
    Account.objects.filter(pk=operator.account_id).update(name=columns["name"])


@transaction.atomic
def set_next_number(operator: Operator, prefix: str, *, number: int, by: User | None) -> None:
    """Let a series go on with this number. Refuses with number_given what was given, or left out, before."""
    series, _ = NumberSeries.objects.get_or_create(operator=operator, prefix=prefix)
    if not NumberSeries.objects.filter(pk=series.pk, next_number__lte=number).update(next_number=number):
        series.refresh_from_db()
        raise Refused(
            "number_given", given=shown_number(prefix, number), least=shown_number(prefix, series.next_number)
        )
    remember(operator.pk, "numbers.changed", f"The next number is {shown_number(prefix, number)}.", by=by)


def shown_number(prefix: str, number: int) -> str:
    """As an order or an account carries it: SO-01042."""
    return f"{prefix}-{number:05d}"
