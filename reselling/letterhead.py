"""How a storefront signs its letters: a reseller's own name and colour, on the distributor's sender address."""

from dataclasses import replace

from notifications.post import Brand
from plans import links
from plans.letters import brand_of
from plans.models import Contact, Operator, Storefront

from .colours import lightened, text_on


def brand_of_storefront(storefront: Storefront, *, alias: str = "") -> Brand:
    """The brand of letters from this storefront. A reseller's customers never meet the distributor's name in them.

    Who answers is the reseller: its support address, else its primary contact, never the distributor's support.
    """
    operator, colour = storefront.operator, storefront.brand_colour
    dark = lightened(colour)
    brand = replace(
        brand_of(operator),
        colour=colour,
        on_colour=text_on(colour),
        dark_colour=dark,
        on_dark_colour=text_on(dark),
    )
    if storefront.is_own:
        return brand
    return replace(
        brand,
        name=storefront.name,
        initial=storefront.name[:1],
        from_name=storefront.name,
        address=", ".join(part for part in (storefront.name, storefront.address) if part),
        support_email=storefront.support_email or _primary_email(storefront),
        phone=storefront.support_phone,
        home_url=links.storefront_url(operator, alias),
        unnamed=_of_the_distributor(operator),
        storefront_id=storefront.pk,
    )


def _of_the_distributor(operator: Operator) -> tuple[str, ...]:
    """By what words of a letter would give it away. Merged addresses are the reseller's own, below the same host."""
    names = (operator.name, operator.short_name, operator.address)
    return (*names, operator.store_host, operator.support_email, operator.support_phone, operator.operations_email)


def _primary_email(storefront: Storefront) -> str:
    primary = Contact.objects.primary().filter(account=storefront.account_id)
    return primary.values_list("email", flat=True).first() or ""
