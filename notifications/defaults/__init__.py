"""The starter words: one file per letter and language, and what gives an operator its own copy of the English ones."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ..catalogue import CATALOGUE
from ..languages import ENGLISH
from ..models import NotificationTemplate


@dataclass(frozen=True)
class Words:
    """The words of one letter: limited Liquid, plain text."""

    subject: str
    preview_text: str
    body: str
    button_label: str


@cache
def starter(code: str, language: str = ENGLISH) -> Words:
    """The words a letter starts with, and goes back to on reset. Heads (`Subject: ...`), an empty line, the body."""
    head, _, body = (Path(__file__).parent / language / f"{code}.txt").read_text(encoding="utf-8").partition("\n\n")
    heads = dict(line.split(": ", 1) for line in head.splitlines())
    return Words(
        subject=heads["Subject"],
        preview_text=heads.get("Preview", ""),
        body=body.strip("\n"),
        button_label=heads.get("Button", ""),
    )


def install_templates(operator) -> int:
    """Give the operator the templates it lacks; those it has stay as they are. Returns how many it has now.

    Only English is written down: another language says the starter words until staff write their own (variants.py).
    """
    rows = [
        NotificationTemplate(
            operator=operator,
            entity=kind.entity,
            code=kind.code,
            name=kind.name,
            subject=starter(kind.code).subject,
            preview_text=starter(kind.code).preview_text,
            body=starter(kind.code).body,
            button_label=starter(kind.code).button_label,
        )
        for kind in CATALOGUE.values()
    ]
    NotificationTemplate.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)
