"""A statement as a file, for who pays. Amounts are numbers to every spreadsheet, days are as in 2026-11-15."""

from collections.abc import Iterable, Iterator

from django.http import HttpResponse

from plans.models import Account, Charge
from plans.money import round_to
from plans.statements import oldest_first, statement_of

from . import csv_export

HEADS = [
    "Line", "Date", "Kind", "Description", "Subscription", "Order", "First day", "Last day", "Currency", "Net",
    "Tax rate", "Tax text", "Tax", "Total",
]  # fmt: skip


def cells_of(charge: Charge) -> list[object]:
    """A line, as under HEADS."""
    currency = charge.currency
    return [
        charge.pk,
        charge.charged_on.isoformat(),
        charge.get_kind_display(),
        charge.text,
        charge.subscription.number if charge.subscription else "",
        charge.order.number if charge.order else "",
        charge.period_start_on.isoformat(),
        charge.last_on.isoformat(),
        currency,
        round_to(charge.net, currency),
        charge.tax_rate.normalize(),
        charge.tax_text,
        round_to(charge.tax, currency),
        round_to(charge.gross, currency),
    ]


def download(account: Account) -> HttpResponse:
    """The whole statement, the oldest line first, with the balance of its currency after each."""
    lines = statement_of(account).order_by("pk").iterator(chunk_size=1000)
    return csv_export.download(f"statement-{account.number}", heads=[*HEADS, "Balance"], rows=_rows(lines))


def _rows(lines: Iterable[Charge]) -> Iterator[list[object]]:
    for entry in oldest_first(lines):
        yield [*cells_of(entry.charge), round_to(entry.balance, entry.charge.currency)]
