"""All colours that one brand colour makes, for light and for dark: each text readable on each of its grounds.

They are worked out here and not in the browser, so that what is tested is what is shown (DESIGN.md section 7).
"""

from dataclasses import dataclass
from functools import lru_cache

from .colours import BLACK, PAPER, READABLE, contrast, lightened, mixed, of_oklch, oklch, text_on

A_SHADE = 0.01  # of lightness
# As in ui.css: what lies under text, and the texts that a brand does not change.
LIGHT_GROUNDS = ("#ffffff", "#f5f8f8", "#edf2f2", "#f0f5f5")
DARK_GROUNDS = ("#0c1417", "#131d21", "#1a272c", "#0f181b", "#1a262b")
LIGHT_TEXTS = ("#10242a", "#42555b", "#586a70")
DARK_TEXTS = ("#e7eff1", "#b0c1c6", "#92a6ac")


@dataclass(frozen=True)
class Palette:
    """`accent` and `hover` lie under `on_accent`; `text` is a link's; `soft` and the two glows lie under any text."""

    accent: str
    on_accent: str
    hover: str
    soft: str
    line: str
    glow: str
    glow_2: str
    text: str

    def pairs(self, *, texts: tuple[str, ...], grounds: tuple[str, ...]) -> list[tuple[str, str]]:
        """Every text with every ground that it may lie on, given those that no brand changes."""
        own = (self.soft, self.glow, self.glow_2, *(mixed(self.soft, each, share=0.55) for each in grounds))
        found = [(text, ground) for text in (*texts, self.text) for ground in own]
        found += [(self.text, ground) for ground in grounds]
        return [*found, (self.on_accent, self.accent), (self.on_accent, self.hover)]


@lru_cache(maxsize=512)
def light(brand: str) -> Palette:
    """`brand` is a colour like #08758a."""
    lightness, chroma, hue = oklch(brand)
    soft = _under(LIGHT_TEXTS, 0.955, min(chroma, 0.018), hue, step=A_SHADE)
    glow = _under(LIGHT_TEXTS, 0.9, min(chroma, 0.058), hue, step=A_SHADE)
    glow_2 = _under(LIGHT_TEXTS, 0.965, min(chroma, 0.032), hue - 1.22, step=A_SHADE)
    text = _over((*LIGHT_GROUNDS, soft, glow, glow_2), min(lightness, 0.46), chroma, hue, step=-A_SHADE)
    on_accent = text_on(brand)
    line = of_oklch(0.84, chroma=min(chroma, 0.05), hue=hue)
    return Palette(brand, on_accent, _pressed(brand, on_accent), soft, line, glow, glow_2, text)


@lru_cache(maxsize=512)
def dark(brand: str) -> Palette:
    """Of the same brand colour; its accent is a lighter variant."""
    accent = lightened(brand)
    lightness, chroma, hue = oklch(accent)
    soft = _under(DARK_TEXTS, 0.29, min(chroma, 0.045), hue, step=-A_SHADE)
    glow = _under(DARK_TEXTS, 0.36, min(chroma, 0.07), hue, step=-A_SHADE)
    glow_2 = _under(DARK_TEXTS, 0.26, min(chroma, 0.04), hue - 1.22, step=-A_SHADE)
    text = _over((*DARK_GROUNDS, soft, glow, glow_2), max(lightness, 0.8), chroma, hue, step=A_SHADE)
    on_accent = text_on(accent)
    line = of_oklch(0.46, chroma=min(chroma, 0.07), hue=hue)
    return Palette(accent, on_accent, _pressed(accent, on_accent), soft, line, glow, glow_2, text)


def _pressed(accent: str, on_accent: str) -> str:
    """A button under the pointer: away from its text, so that it is read as well as before."""
    return mixed(accent, BLACK if on_accent == PAPER else PAPER, share=0.85)


def _under(texts: tuple[str, ...], lightness: float, chroma: float, hue: float, *, step: float) -> str:
    """A ground for all these texts, as near to what is wanted as they allow."""
    while True:
        found = of_oklch(lightness, chroma=chroma, hue=hue)
        if all(contrast(text, found) >= READABLE for text in texts):
            return found
        lightness += step


def _over(grounds: tuple[str, ...], lightness: float, chroma: float, hue: float, *, step: float) -> str:
    """A text for all these grounds, likewise."""
    while True:
        found = of_oklch(lightness, chroma=chroma, hue=hue)
        if all(contrast(found, ground) >= READABLE for ground in grounds):
            return found
        lightness += step
