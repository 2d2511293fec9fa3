"""Money is a Decimal with an ISO currency, rounded half up to the currency's digits."""

import re
from decimal import ROUND_HALF_UP, Decimal

from .refusals import Refused

WITHOUT_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
WITH_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
AMOUNT = re.compile(r"[0-9]{1,12}(?:\.([0-9]{1,6}))?", re.ASCII)
SYMBOLS = {"EUR": "€", "USD": "$", "GBP": "£"}


def digits(currency: str) -> int:
    return 0 if currency in WITHOUT_DECIMALS else 3 if currency in WITH_THREE else 2


def round_to(amount: Decimal, currency: str) -> Decimal:
    """The amount in whole smallest units, half up (away from zero for credits)."""
    return Decimal(amount).quantize(Decimal(1).scaleb(-digits(currency)), rounding=ROUND_HALF_UP)


def display(amount: Decimal, currency: str, *, short: bool = False) -> str:
    """As people read it: €149.00, -€99.33, JPY 22,000. `short` leaves out the decimals of a whole amount."""
    rounded = round_to(amount, currency)
    places = 0 if short and rounded == rounded.to_integral_value() else digits(currency)
    sign = "-" if rounded < 0 else ""
    mark = SYMBOLS.get(currency, f"{currency} ")
    return f"{sign}{mark}{abs(rounded):,.{places}f}"


def in_languages(amount: Decimal, currency: str) -> dict[str, str]:
    """As people read it in a letter: €1,490.00; 1.490,00 €."""
    rounded = round_to(amount, currency)
    number = f"{rounded:,.{digits(currency)}f}".translate(str.maketrans(",.", ".,"))
    return {"en": display(amount, currency), "de": f"{number} {SYMBOLS.get(currency, currency)}"}


def read_amount(text: str, currency: str) -> Decimal:
    """The amount that somebody typed: never negative, with at most the currency's digits. Refuses with amount_invalid.

    A comma is refused, not guessed at: 1,490 is a price to some and a fraction to others.
    """
    found = AMOUNT.fullmatch(text.strip())
    if found is None or len((found[1] or "").rstrip("0")) > digits(currency):
        raise Refused("amount_invalid", currency=currency, example=plain(Decimal(149), currency))
    return round_to(Decimal(found[0]), currency)


def plain(amount: Decimal, currency: str) -> str:
    """As `read_amount` reads it: 149.00 in EUR, 149 in JPY."""
    return f"{round_to(amount, currency):f}"
