"""The examples of examples/charges.txt, which a bookkeeper can read, worked through by the stories, and by hand."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from plans.models import Account, Charge, Subscription
from plans.money import round_to
from plans.preview import Timing
from plans.verify import broken
from tests import cast

from .ledger import Ledger
from .trading import at, buy, buy_plan, leave, look, noon, offer_all, priced

TABLE = Path(__file__).parent / "examples" / "charges.txt"
TIMINGS = {
    "with credit": Timing("now", with_credit=True),
    "without credit": Timing("now"),
    "later": Timing("period_end"),
}
Money = tuple[Decimal, Decimal]  # net, tax


@dataclass(frozen=True)
class Example:
    number: int
    currency: str
    tax: str
    zone: str
    steps: tuple[tuple[str, ...], ...]
    lines: tuple[Money, ...]
    renews_on: date | None

    def moment(self, when: str) -> datetime:
        if "T" in when:
            return datetime.strptime(when, "%Y-%m-%dT%H:%MZ").replace(tzinfo=UTC)
        return noon(date.fromisoformat(when), self.zone)

    def day(self, when: str) -> date:
        return self.moment(when).astimezone(ZoneInfo(self.zone)).date()


def read() -> list[Example]:
    rows = [row for row in TABLE.read_text().splitlines() if "|" in row and not row.startswith(("#", " "))]
    return [_example(number, row) for number, row in enumerate(rows, start=1)]


def _example(number: int, row: str) -> Example:
    money, story, lines, total, renews = (cell.strip() for cell in row.split("|"))
    currency, tax, *zone = money.split()
    each = lines.split(", ") if lines != "-" else []
    found = tuple(tuple(Decimal(part) for part in line.split(" tax ")) for line in each)
    assert sum(net + tax for net, tax in found) == Decimal(total), f"row {number} does not add up"
    steps = tuple(tuple(step.split()) for step in story.split(", "))
    return Example(
        number,
        currency,
        tax,
        (zone or ["Europe/Berlin"])[0],
        steps,
        found,
        date.fromisoformat(renews) if renews != "-" else None,
    )


EXAMPLES = read()


def test_there_are_the_nine_of_the_product_page_and_forty_more():
    assert len(EXAMPLES) >= 9 + 40
    assert len({(each.currency, each.tax, each.zone, each.steps) for each in EXAMPLES}) == len(EXAMPLES)


@pytest.mark.shared
@pytest.mark.django_db
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: f"{each.number}: {' '.join(each.steps[-1])}")
def test_what_is_charged(example):
    operator = cast.distributor(time_zone=example.zone, tax_rate="0" if example.tax == "reverse" else example.tax)
    treatment = "reverse_charge" if example.tax == "reverse" else "normal"
    account = cast.reseller(operator, currency=example.currency, tax_treatment=treatment)
    offer_all(operator)
    for when, *act in example.steps:
        seen = Charge.objects.count()
        with at(example.moment(when)):
            _act(account, act)
            assert broken() == {}
    written = list(Charge.objects.order_by("pk"))
    assert tuple((line.net, line.tax) for line in written[seen:]) == example.lines
    for line in written:
        assert (round_to(line.net, line.currency), round_to(line.tax, line.currency)) == (line.net, line.tax)
        assert line.tax_text == ("Reverse charge" if example.tax == "reverse" else f"VAT {example.tax} %")
    held = Subscription.objects.active().order_by("pk").last()
    assert example.renews_on == (held.period_end_on if held else None)


def _act(account: Account, act: list[str]) -> None:
    match act:
        case ["passes"]:
            look()
        case ["ends", *how]:
            leave(account, "basic", timing=TIMINGS[" ".join(how)])
        case ["down", plan, cycle, price, *how]:
            leave(account, plan, timing=TIMINGS[" ".join(how)], cycle=cycle, price=price)
        case [plan, cycle, price]:
            buy_plan(account, plan, cycle=cycle, price=price)
        case [many, "seats", cycle, price]:
            seats = cast.product(account.operator, f"Seats {account.subscriptions.count()}")
            priced(seats, cycle=cycle, currency=account.currency, amount=price)
            buy(account, seats, cycle=cycle, quantity=int(many))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: str(each.number))
def test_the_same_by_hand(example):
    ledger = Ledger(example.currency, Fraction(0 if example.tax == "reverse" else example.tax))
    for when, *act in example.steps:
        seen, day = len(ledger.lines), example.day(when)
        match act:
            case ["passes"]:
                ledger.look(on=day)
            case ["ends", *how] if TIMINGS[" ".join(how)].is_later:
                ledger.leave_later(None, cycle="")
            case ["ends", *how]:
                ledger.leave(None, cycle="", on=day, with_credit=TIMINGS[" ".join(how)].with_credit)
            case ["down", _, cycle, price, *how] if TIMINGS[" ".join(how)].is_later:
                ledger.leave_later(price, cycle=cycle)
            case ["down", _, cycle, price, *how]:
                ledger.leave(price, cycle=cycle, on=day, with_credit=TIMINGS[" ".join(how)].with_credit)
            case [_, cycle, price]:
                ledger.upgrade(price, cycle=cycle, on=day)
            case [many, "seats", cycle, price]:
                ledger.buy(price, cycle=cycle, on=day, quantity=int(many))
    assert [(line.net, line.tax) for line in ledger.lines[seen:]] == list(example.lines)
