"""Light or dark by the visitor's choice, and a storefront's colours made readable (DESIGN.md section 7)."""

import re
from datetime import UTC, datetime

from django.http import HttpRequest

COOKIE = "theme"
CHOICES = ("light", "dark")
COLOUR = re.compile(r"#[0-9a-f]{6}")
INK, BLACK, PAPER = "#10242a", "#000000", "#ffffff"
READABLE = 4.5  # WCAG 2.2, contrast of text


def chosen(request: HttpRequest) -> str:
    """What the visitor chose, or an empty string: then the page follows the system."""
    choice = request.COOKIES.get(COOKIE, "")
    return choice if choice in CHOICES else ""


def this_year() -> int:
    return datetime.now(UTC).year


def stylesheet(brand: str) -> str:
    """The four inputs from which ui.css derives the rest. `brand` must be a colour like #08758a; ValueError if not."""
    if not COLOUR.fullmatch(brand):
        raise ValueError(f"Not a colour: {brand!r}")
    dark = lightened(brand)
    return (
        f":root {{ --brand: {brand}; --on-brand: {text_on(brand)}; "
        f"--brand-dark: {dark}; --on-brand-dark: {text_on(dark)}; }}\n"
    )


def text_on(colour: str) -> str:
    """White where it can be read on the colour, else the dark ink; between the two, where neither can, black."""
    return next(text for text in (PAPER, INK, BLACK) if contrast(colour, text) >= READABLE)


def lightened(colour: str) -> str:
    """The colour's variant for the dark theme: 55 % of it, 45 % white."""
    return "#" + "".join(f"{round(part * 0.55 + 255 * 0.45):02x}" for part in _parts(colour))


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    linear = [v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (p / 255 for p in _parts(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
