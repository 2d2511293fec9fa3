"""The statement of an account: its charges and credits, what they come to, and the balance after each of them.

Uplift keeps statements and hands them to the distributor's ERP; it issues no invoices and knows of no payments. A
currency stands for itself: nothing is ever added across two of them. A statement is only ever added to, so that the
balance after a line never changes. Sums are rounded to the currency's digits: SQLite adds in floating point.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from .models import Account, Charge
from .money import round_to

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """What an account's lines in one currency come to."""

    currency: str
    charges: Decimal  # net
    credits: Decimal  # net; never positive
    tax: Decimal

    @property
    def total(self) -> Decimal:
        return self.charges + self.credits + self.tax


@dataclass(frozen=True)
class Entry:
    """A line, and the balance of its currency after it."""

    charge: Charge
    balance: Decimal


def statement_of(account: Account) -> QuerySet[Charge]:
    """The lines of the account, with what the page of a statement names. The newest has the highest id."""
    lines = Charge.objects.of_account(account).select_related("order", "subscription")
    return lines.defer("order__preview", "subscription__entitlements")


def balances_of(account: Account) -> list[Balance]:
    """One for each currency, by its code. One query."""
    lines = Charge.objects.of_account(account).values("currency").order_by("currency")
    sums = lines.annotate(
        charges=_sum("net", Charge.Kind.CHARGE), credits=_sum("net", Charge.Kind.CREDIT), tax_sum=Sum("tax")
    )
    return [
        Balance(row["currency"], *(round_to(row[part], row["currency"]) for part in ("charges", "credits", "tax_sum")))
        for row in sums
    ]


def _sum(column: str, kind: str) -> Coalesce:
    return Coalesce(Sum(column, filter=Q(kind=kind)), NOTHING)


def with_balances(lines: list[Charge], *, account: Account) -> list[Entry]:
    """The lines of a page, newest first and none left out between them. One query, however long the statement is."""
    if not lines:
        return []
    until = Charge.objects.of_account(account).filter(pk__lte=lines[0].pk).values("currency").order_by()
    sums = until.annotate(sum=Sum(F("net") + F("tax"))).values_list("currency", "sum")
    balance = {currency: round_to(total, currency) for currency, total in sums}
    entries = []
    for line in lines:
        entries.append(Entry(line, balance[line.currency]))
        balance[line.currency] -= line.gross
    return entries


def oldest_first(lines: Iterable[Charge]) -> Iterator[Entry]:
    """A whole statement with the balance after each line, while it is read."""
    balance: dict[str, Decimal] = defaultdict(Decimal)
    for line in lines:
        balance[line.currency] += line.gross
        yield Entry(line, balance[line.currency])
