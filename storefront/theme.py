"""Light or dark by the visitor's choice, and a storefront's colours as the stylesheet that ui.css is dressed with."""

from datetime import UTC, datetime

from django.http import HttpRequest

from reselling import palette
from reselling.colours import COLOUR

COOKIE = "theme"
CHOICES = ("light", "dark")
# The names of ui.css, and which colour of a palette each is.
NAMES = {
    "accent": "accent",
    "on-accent": "on_accent",
    "accent-hover": "hover",
    "accent-soft": "soft",
    "accent-line": "line",
    "accent-text": "text",
    "glow": "glow",
    "glow-2": "glow_2",
}


def chosen(request: HttpRequest) -> str:
    """What the visitor chose, or an empty string: then the page follows the system."""
    choice = request.COOKIES.get(COOKIE, "")
    return choice if choice in CHOICES else ""


def this_year() -> int:
    return datetime.now(UTC).year


def stylesheet(brand: str, *, of: str = ":root") -> str:
    """The colours of a brand for what the selector names. ValueError unless `brand` is a colour like #08758a."""
    if not COLOUR.fullmatch(brand):
        raise ValueError(f"Not a colour: {brand!r}")
    light, dark = palette.light(brand), palette.dark(brand)
    declared = [
        f"  --{name}: light-dark({getattr(light, part)}, {getattr(dark, part)});" for name, part in NAMES.items()
    ]
    return "\n".join([f"{of} {{", *declared, f"  --brand: {brand};", "}", ""])


def swatch(brand: str) -> str:
    """The class that wears a colour beside the page's own: of a preview, or of a colour that can be chosen."""
    return f"brand-{brand.removeprefix('#')}"
