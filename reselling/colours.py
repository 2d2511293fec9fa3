"""RULE: what can be read on a colour, and its variant in the dark (DESIGN.md section 7).

With the arithmetic: WCAG contrast, and OKLCH, in which a colour can be made lighter without becoming another.
"""

import re
from math import atan2, cbrt, cos, hypot, sin

COLOUR = re.compile(r"#[0-9a-f]{6}")
INK, BLACK, PAPER = "#10242a", "#000000", "#ffffff"
READABLE = 4.5  # WCAG 2.2, contrast of text


def text_on(colour: str) -> str:
    """White where it can be read on the colour, else the dark ink; between the two, where neither can, black."""
    return next(text for text in (PAPER, INK, BLACK) if contrast(colour, text) >= READABLE)


def lightened(colour: str) -> str:
    """The colour's variant for the dark theme: 55 % of it, 45 % white."""
    return mixed(colour, PAPER, share=0.55)


def parts(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of a colour like #08758a, each from 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def contrast(one: str, other: str) -> float:
    """The WCAG contrast of two colours, from 1 to 21."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def mixed(one: str, other: str, *, share: float) -> str:
    """`share` of the one and the rest of the other, as screens mix what lies half transparent on something."""
    pairs = zip(parts(one), parts(other), strict=True)
    return "#" + "".join(f"{round(a * share + b * (1 - share)):02x}" for a, b in pairs)


def oklch(colour: str) -> tuple[float, float, float]:
    """Lightness from 0 to 1, chroma, and hue in radians (Björn Ottosson's OKLab, in polar form)."""
    red, green, blue = _linear(colour)
    long = cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short, hypot(a, b), atan2(b, a)


def of_oklch(lightness: float, *, chroma: float, hue: float) -> str:
    """The colour as a screen can show it: one too vivid for its lightness becomes paler, not another."""
    while True:
        found = _rgb(lightness, chroma, hue)
        if chroma < 0.001 or all(-0.0005 <= part <= 1.0005 for part in found):
            return "#" + "".join(f"{round(255 * _gamma(min(max(part, 0), 1))):02x}" for part in found)
        chroma *= 0.95


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """Linear; outside of 0 to 1 where no screen shows it."""
    a, b = chroma * cos(hue), chroma * sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _linear(colour: str) -> tuple[float, ...]:
    return tuple(v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in (p / 255 for p in parts(colour)))


def _gamma(value: float) -> float:
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
