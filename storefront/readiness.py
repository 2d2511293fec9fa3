"""What a storefront still lacks before its reseller shows it to customers."""

from dataclasses import dataclass

from plans.models import Product, Storefront

from . import theme


@dataclass(frozen=True)
class Check:
    name: str
    is_done: bool
    text: str


def checks(storefront: Storefront) -> list[Check]:
    """The checklist of the Storefront Admin Panel. One query."""
    listed = Product.objects.sold_by(storefront.operator_id).ordinary().exists()
    ratio = theme.contrast(storefront.brand_colour, theme.text_on(storefront.brand_colour))
    contact = " · ".join(part for part in (storefront.support_email, storefront.support_phone) if part)
    return [
        Check("Name", bool(storefront.name), f"{storefront.name}. Its first letter stands in for a logo."),
        Check(
            "Contrast",
            ratio >= theme.READABLE,
            f"Text on your brand colour {storefront.brand_colour} has {ratio:.1f} : 1.",
        ),
        Check("Contact", bool(contact), contact or "Your customers see no email address or phone number yet."),
        Check(
            "Catalogue",
            listed,
            "Your customers see the whole catalogue." if listed else "There is nothing to sell yet.",
        ),
    ]
