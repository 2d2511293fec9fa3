"""RULE: what may be said about a distributor, when it is founded and whenever it changes: texts, money, time, tax."""

import re
from collections.abc import Collection
from decimal import Decimal
from functools import cache
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

# Every currency in use (ISO 4217); funds and precious metals left out.
_CURRENCIES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY
COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR
IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR
MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD
SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF
XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CURRENCIES.split())
LENGTHS = {
    "name": 120, "short_name": 60, "address": 300, "admin_name": 120, "sender_name": 120, "tax_name": 40,
    "support_phone": 40,
}  # fmt: skip
EMAILS = ("sender_email", "admin_email", "support_email", "operations_email")
EMPTY = "Say what it is; it may not be empty."


def problems_of(details: object, *, required: Collection[str]) -> dict[str, str]:
    """What is wrong with the details, all texts as typed: name -> a sentence. What it lacks is fine."""
    given = vars(details)
    problems = {name: EMPTY for name in required if name in given and name not in EMAILS and not given[name].strip()}
    for name, most in LENGTHS.items():
        text = given.get(name, "")
        if len(text) > most:
            problems[name] = f"Use at most {most} characters."
        elif not text.isprintable():
            problems[name] = "Use one line of text without control characters."
    for name in EMAILS:
        text = given.get(name, "")
        if (text or name in required) and name in given and not is_email(text):
            problems[name] = "Enter an email address, as in orders@disti.com."
    if given["currency"] not in CURRENCIES:
        problems["currency"] = "Enter the ISO 4217 code of a currency, as in EUR."
    if given["time_zone"] not in time_zones():
        problems["time_zone"] = "Enter a time zone of the IANA list, as in Europe/Berlin."
    rate = decimal_of(given["tax_rate"])
    if rate is None or not 0 <= rate <= 100 or rate != round(rate, 3):
        problems["tax_rate"] = "Enter per cent from 0 to 100 with up to three decimals, as in 19."
    return problems


@cache
def time_zones() -> frozenset[str]:
    """The IANA list as this machine has it. Read once: it is six hundred files."""
    return frozenset(available_timezones())


def is_email(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


def decimal_of(text: str) -> Decimal | None:
    """The number that was typed with plain digits, none below 0; None for anything else."""
    if not re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", text):
        return None
    return Decimal(text)
