"""RULE: a brand colour is made readable (DESIGN.md section 7): which text goes on it, and its variant in the dark."""

import re

COLOUR = re.compile(r"#[0-9a-f]{6}")
INK, BLACK, PAPER = "#10242a", "#000000", "#ffffff"
READABLE = 4.5  # WCAG 2.2, contrast of text


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
