"""Lines, credit and tax. Prices are net; tax is a line of its own; a credit is taxed like its charge."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from .models import Account, Charge, Operator, Subscription
from .money import round_to

CYCLE_WORDS = {"month": "1 month", "year": "1 year"}


@dataclass(frozen=True)
class Line:
    """One line of an order: a charge, or a credit (negative). Amounts are net, in the order's currency."""

    kind: str
    text: str
    net: Decimal
    tax_rate: Decimal
    tax_text: str
    period_start_on: date
    period_end_on: date
    item: int = 0  # position of the wanted product that the line belongs to

    def as_dict(self) -> dict[str, object]:
        return {
            "kind": self.kind,
            "text": self.text,
            "net": str(self.net),
            "tax_rate": str(self.tax_rate),
            "tax_text": self.tax_text,
            "period_start_on": self.period_start_on.isoformat(),
            "period_end_on": self.period_end_on.isoformat(),
            "item": self.item,
        }


@dataclass(frozen=True)
class TaxLine:
    text: str
    rate: Decimal
    tax: Decimal

    def as_dict(self) -> dict[str, str]:
        return {"text": self.text, "rate": str(self.rate), "tax": str(self.tax)}


def label_of(name: str, *, cycle: str, quantity: int = 1) -> str:
    """As a charge is called on orders and statements: "12 × Office Suite, 1 month"."""
    many = f"{quantity} × " if quantity > 1 else ""
    return f"{many}{name}, {CYCLE_WORDS[cycle]}"


def tax_on(line: Line, *, currency: str) -> Decimal:
    """The tax of a line that stands alone."""
    return round_to(line.net * line.tax_rate / 100, currency)


def tax_of(account: Account, operator: Operator) -> tuple[Decimal, str]:
    """The rate in percent for this account, and the words beside it ("VAT 19 %", "Reverse charge")."""
    if account.tax_treatment == Account.TaxTreatment.REVERSE_CHARGE:
        return Decimal(0), "Reverse charge"
    rate = operator.tax_rate
    shown = f"{rate.normalize():f}"
    return rate, f"{operator.tax_name} {shown} %"


def credit_line(subscription: Subscription, *, on: date, currency: str, item: int = 0) -> Line | None:
    """The credit for the unused whole days of what was paid for the running period; None when nothing was charged."""
    paid = Charge.objects.filter(
        subscription=subscription, kind="charge", period_start_on=subscription.period_start_on
    ).first()
    if paid is None:
        return None
    days = (subscription.period_end_on - subscription.period_start_on).days
    unused = min(max((subscription.period_end_on - on).days, 0), days)
    net = -round_to(paid.net * unused / days, currency)
    text = f"Credit: {unused} of {days} days not used"
    first = subscription.period_end_on - timedelta(days=unused)
    return Line("credit", text, net + 0, paid.tax_rate, paid.tax_text, first, subscription.period_end_on, item)


def tax_lines(lines: list[Line], *, currency: str) -> list[TaxLine]:
    """One line of tax for each rate that occurs, in the order of the lines."""
    rates = dict.fromkeys((line.tax_text, line.tax_rate) for line in lines)
    return [
        TaxLine(
            text,
            rate,
            round_to(sum(ln.net for ln in lines if (ln.tax_text, ln.tax_rate) == (text, rate)) * rate / 100, currency),
        )
        for text, rate in rates
    ]


def tax_shares(lines: list[Line], taxes: list[TaxLine], *, currency: str) -> list[Decimal]:
    """The tax of each line such that they add up to the tax lines exactly: rounding goes to the first charge."""
    shares = [tax_on(line, currency=currency) for line in lines]
    for tax in taxes:
        mine = [i for i, line in enumerate(lines) if (line.tax_text, line.tax_rate) == (tax.text, tax.rate)]
        shares[mine[0]] += tax.tax - sum(shares[i] for i in mine)
    return shares
