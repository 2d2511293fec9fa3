"""What is shown of a brand that is being chosen: its colours, how well they are read, colours that could be taken."""

from dataclasses import dataclass

from plans.models import Operator, Product
from plans.models.brand import Brand
from reselling import palette
from reselling.colours import PAPER, contrast

from . import theme

SUGGESTED = (
    ("#6a35c9", "Violet"),
    ("#0a6573", "Petrol"),
    ("#1d5bab", "Blue"),
    ("#14683a", "Green"),
    ("#b0261c", "Red"),
    ("#8a4b00", "Amber"),
)
IN_PREVIEW = 2  # products


@dataclass(frozen=True)
class Contrast:
    """How well text on the colour is read, and a link in it. `is_light`: white text can't be read on it."""

    on_colour: float
    as_link: float
    is_light: bool
    link_is_darker: bool  # than the colour itself

    @classmethod
    def of(cls, colour: str) -> "Contrast":
        light = palette.light(colour)
        return cls(
            contrast(light.on_accent, light.accent),
            contrast(light.text, PAPER),
            light.on_accent != PAPER,
            light.text != colour,
        )


def of_brand(brand: Brand, *, operator: Operator, address: str) -> dict[str, object]:
    """What templates/storefront/brand_preview.html shows, and the fields around it. One query."""
    return {
        "brand": brand,
        "address": address,
        "products": list(Product.objects.sold_by(operator.pk).ordinary().order_by("name", "pk")[:IN_PREVIEW]),
        "suggested": [{"colour": colour, "name": name, "wears": theme.swatch(colour)} for colour, name in SUGGESTED],
        "wears": theme.swatch(brand.brand_colour),
        "contrast": Contrast.of(brand.brand_colour),
    }
