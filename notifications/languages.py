"""The languages of letters, and saying one thing in each of them.

A value of a letter is a text, or the same thing in each language (`Spoken`): who writes it does not ask who reads it.
The post room takes the reader's language when it writes the letter.
"""

from collections.abc import Mapping
from datetime import date, datetime

from django.conf import settings

ENGLISH = "en"
Spoken = str | Mapping[str, str]
_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni",
    "Juli", "August", "September", "Oktober", "November", "Dezember",
)  # fmt: skip


def languages() -> dict[str, str]:
    """Code and English name of each language that letters are written in; English is always one of them."""
    return dict(settings.LETTER_LANGUAGES)


def chosen(*wishes: str) -> str:
    """The first of the wishes that letters are written in; without one, English. No wish is an empty text."""
    known = languages()
    return next((wish for wish in wishes if wish in known), ENGLISH)


def said(value: Spoken, language: str) -> str:
    """The value in the language; in English where it has no words there."""
    if isinstance(value, Mapping):
        return value[language] if language in value else value[ENGLISH]
    return str(value)


def together(values: list[Spoken]) -> dict[str, str]:
    """Several sentences as one text, in each language."""
    return {language: " ".join(said(value, language) for value in values) for language in languages()}


def day(value: date) -> dict[str, str]:
    """29 Nov 2026, 29. November 2026."""
    return {"en": f"{value:%-d %b %Y}", "de": f"{value.day}. {_MONTHS[value.month - 1]} {value.year}"}


def moment(value: datetime, *, zone: str = "") -> dict[str, str]:
    """29 Nov 2026, 14:05 UTC; 29. November 2026, 14:05 Uhr (UTC). `zone` is its name, where that must be said."""
    on, at = day(value), f"{value:%H:%M}"
    english = f"{on['en']}, {at} {zone}" if zone else f"{on['en']}, {at}"
    german = f"{on['de']}, {at} Uhr ({zone})" if zone else f"{on['de']}, {at} Uhr"
    return {"en": english, "de": german}
