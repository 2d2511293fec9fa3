"""A template's words in a language: those that staff wrote, else the starter words, else the English ones."""

from typing import Protocol

from .defaults import Words, starter
from .languages import ENGLISH

TEXTS = ("subject", "preview_text", "body", "button_label")


class HasWords(Protocol):
    """A template's row, or what was read of it."""

    code: str
    subject: str
    preview_text: str
    body: str
    button_label: str
    variants: dict[str, dict[str, str]]


def words_in(template: HasWords, language: str) -> tuple[Words, str]:
    """The words, and the language that they are in: English where there are none in the language that is asked for."""
    if language != ENGLISH:
        if own := template.variants.get(language):
            return Words(**{name: own.get(name, "") for name in TEXTS}), language
        if words := _starter_or_none(template.code, language):
            return words, language
    return Words(**{name: getattr(template, name) for name in TEXTS}), ENGLISH


def _starter_or_none(code: str, language: str) -> Words | None:
    try:
        return starter(code, language)
    except FileNotFoundError:
        return None
