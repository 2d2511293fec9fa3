"""How a storefront signs its letters: a reseller's own name and colour, on the distributor's sender address."""

from dataclasses import replace

from notifications.post import Brand
from plans import links
from plans.letters import brand_of
from plans.models import Storefront

from . import theme


def of_window(storefront: Storefront, *, alias: str = "") -> Brand:
    """The brand of letters from this storefront. A reseller's customers never meet the distributor's name in them."""
    brand = brand_of(storefront.operator)
    colour = storefront.brand_colour
    dark = theme.lightened(colour)
    brand = replace(
        brand,
        colour=colour,
        on_colour=theme.text_on(colour),
        dark_colour=dark,
        on_dark_colour=theme.text_on(dark),
    )
    if storefront.is_own:
        return brand
    return replace(
        brand,
        name=storefront.name,
        initial=storefront.name[:1],
        from_name=storefront.name,
        address=", ".join(part for part in (storefront.name, storefront.address) if part),
        support_email=storefront.support_email or brand.support_email,
        phone=storefront.support_phone,
        home_url=links.storefront_url(storefront.operator, alias),
    )
