"""The rows of the list of charges, put into words before the template sees them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from plans.models import Charge
from plans.money import display, round_to

COLUMNS = (
    "pk", "kind", "text", "currency", "net", "tax_text", "tax_rate", "tax", "period_start_on", "period_end_on",
    "charged_on", "created_at", "account__number", "account__name", "subscription__number", "order__number",
)  # fmt: skip
HEADS = [
    "Line", "Date", "Account ID", "Account", "Kind", "Description", "Subscription", "Order", "Period start",
    "Next period", "Currency", "Net", "Tax rate", "Tax text", "Tax", "Total", "Written",
]  # fmt: skip
LABELS = {code: str(label) for code, label in Charge.Kind.choices}


@dataclass(frozen=True, slots=True)
class ChargeRow:
    text: str
    account_name: str
    account_number: str
    subscription: str
    order: str
    date: str
    net: str
    tax: str
    tax_text: str
    total: str
    is_credit: bool


def row_of(found) -> ChargeRow:
    """The row for a charge that was read with COLUMNS."""
    currency = found.currency
    return ChargeRow(
        found.text,
        found.account__name,
        found.account__number,
        found.subscription__number or "",
        found.order__number or "",
        f"{found.charged_on:%-d %b %Y}",
        display(found.net, currency),
        display(found.tax, currency),
        found.tax_text,
        display(found.net + found.tax, currency),
        found.kind == Charge.Kind.CREDIT,
    )


def cells_of(found: Iterable) -> Iterator[list[object]]:
    """The same rows for a file: amounts are numbers, days are as in 2026-11-15."""
    for row in found:
        net, tax = (round_to(amount, row.currency) for amount in (row.net, row.tax))
        yield [
            row.pk, row.charged_on.isoformat(), row.account__number, row.account__name, LABELS[row.kind], row.text,
            row.subscription__number, row.order__number, row.period_start_on.isoformat(), row.period_end_on.isoformat(),
            row.currency, net, row.tax_rate.normalize(), row.tax_text, tax, net + tax, row.created_at.isoformat(),
        ]  # fmt: skip
