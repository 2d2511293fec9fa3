"""An account's statement kept by hand: one day after the other, in fractions, from the words of PRODUCT.md section 4.

It shares nothing with plans/: no rounding, no calendar, no credit. Where it and the charges differ, one is wrong.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

DAY = timedelta(days=1)
DIGITS = {"EUR": 2, "JPY": 0, "KWD": 3}


@dataclass(frozen=True)
class Line:
    kind: str
    net: Decimal
    tax: Decimal
    first_day: date
    next_period: date


@dataclass
class Held:
    """Something that is held: what it costs for a period, and what each day that is still to come was paid."""

    price: Fraction
    cycle: str
    anchor: date
    ends: date
    paid: dict[date, Fraction] = field(default_factory=dict)

    def is_renewal_day(self, day: date) -> bool:
        """The anchor's day; in a month that is too short for it, its last day."""
        month_ends = (day + DAY).month != day.month
        is_its_day = day.day == self.anchor.day or (month_ends and day.day < self.anchor.day)
        return is_its_day and (self.cycle == "month" or day.month == self.anchor.month)

    def pay_from(self, day: date) -> None:
        """The period that begins on the day, up to the next renewal day. Each day costs its part of the price."""
        days = [day]
        while not self.is_renewal_day(days[-1] + DAY):
            days.append(days[-1] + DAY)
        self.paid = dict.fromkeys(days, self.price / len(days))
        self.ends = days[-1] + DAY

    def unspent(self, day: date) -> Fraction:
        return sum((share for paid_day, share in self.paid.items() if paid_day >= day), Fraction(0))


@dataclass
class Ledger:
    currency: str
    rate: Fraction  # percent
    lines: list[Line] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    plan: Held | None = None
    leaving: tuple[str | None, str] | None = None

    def buy(self, price: str, *, cycle: str, on: date, quantity: int = 1) -> Held:
        """Something beside the plan."""
        bought = self._begin(price, cycle, on, quantity)
        self.held.append(bought)
        net = self._rounded(bought.price)
        self._write("charge", net, self._tax(net), on, bought.ends)
        return bought

    def upgrade(self, price: str, *, cycle: str, on: date) -> None:
        """A plan for another one, or for none: the new price in full; what was paid for days to come is credited."""
        before, self.plan = self.plan, self._begin(price, cycle, on, 1)
        net = self._rounded(self.plan.price)
        if before is None:
            return self._write("charge", net, self._tax(net), on, self.plan.ends)
        credit = self._rounded(-before.unspent(on))
        tax, credit_tax = self._tax(net + credit), self._tax(credit)
        self._write("charge", net, tax - credit_tax, on, self.plan.ends)
        self._write("credit", credit, credit_tax, min(on, before.ends), before.ends)
        return None

    def leave(self, price: str | None, *, cycle: str, on: date, with_credit: bool) -> None:
        """The plan gives way to a smaller one, or to none; staff say whether what was paid for days to come is
        credited."""
        ended, self.plan = self.plan, None
        credit = self._rounded(-ended.unspent(on)) if with_credit else Fraction(0)
        tax = credit_tax = self._tax(credit)
        if price is not None:
            self.plan = self._begin(price, cycle, on, 1)
            net = self._rounded(self.plan.price)
            tax = self._tax(net + credit)
            self._write("charge", net, tax - credit_tax, on, self.plan.ends)
        if with_credit:
            self._write("credit", credit, credit_tax, min(on, ended.ends), ended.ends)

    def leave_later(self, price: str | None, *, cycle: str) -> None:
        """The same at the end of what is paid for, instead of a renewal."""
        self.leaving = (price, cycle)

    def look(self, *, on: date) -> None:
        """Whoever renews looks at the day: every period that has come to its end by then begins anew, or does not."""
        if self.leaving and self.plan.ends <= on:
            (price, cycle), self.leaving = self.leaving, None
            self.leave(price, cycle=cycle, on=self.plan.ends, with_credit=False)
        for held in [*([self.plan] if self.plan else []), *self.held]:
            while held.ends <= on:
                start = held.ends
                held.pay_from(start)
                net = self._rounded(held.price)
                self._write("charge", net, self._tax(net), start, held.ends)

    def _begin(self, price: str, cycle: str, on: date, quantity: int) -> Held:
        begun = Held(Fraction(price) * quantity, cycle, on, on)
        begun.pay_from(on)
        return begun

    def _write(self, kind: str, net: Fraction, tax: Fraction, first_day: date, next_period: date) -> None:
        self.lines.append(Line(kind, self._decimal(net), self._decimal(tax), first_day, next_period))

    def _tax(self, net: Fraction) -> Fraction:
        return self._rounded(net * self.rate / 100)

    def _rounded(self, amount: Fraction) -> Fraction:
        """Half up, and the same for credits."""
        unit = 10 ** DIGITS[self.currency]
        whole = (abs(amount) * unit + Fraction(1, 2)).__floor__()
        return Fraction(whole if amount > 0 else -whole, unit)

    def _decimal(self, amount: Fraction) -> Decimal:
        return Decimal(amount.numerator) / Decimal(amount.denominator)
