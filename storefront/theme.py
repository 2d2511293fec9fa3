"""Light or dark by the visitor's choice, and a storefront's colour as a stylesheet (DESIGN.md section 7)."""

from datetime import UTC, datetime

from django.http import HttpRequest

from reselling.colours import COLOUR, lightened, text_on

COOKIE = "theme"
CHOICES = ("light", "dark")


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
