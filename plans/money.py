"""Money is a Decimal with an ISO currency, rounded half up to the currency's digits."""

from decimal import ROUND_HALF_UP, Decimal

WITHOUT_DECIMALS = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split())
WITH_THREE = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
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
