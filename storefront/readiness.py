"""What a storefront still lacks before its reseller shows it to customers."""

from dataclasses import dataclass

from plans.models import Storefront, StorefrontText
from plans.models.brand import DEFAULT_COLOUR
from reselling.catalogue import listed
from reselling.colours import contrast, text_on
from reselling.texts import LABELS

from .panel import rooms

LEGAL = (StorefrontText.Kind.IMPRINT, StorefrontText.Kind.TERMS, StorefrontText.Kind.PRIVACY)


@dataclass(frozen=True)
class Check:
    """One line of the checklist; `room` is the label of the room of the Storefront Admin Panel where it is mended."""

    name: str
    is_done: bool
    text: str
    room: str

    @property
    def url(self) -> str:
        return rooms.address_of(self.room)


def checks(storefront: Storefront, *, customers: int) -> list[Check]:
    """The checklist of the Storefront Admin Panel, from what there is now. Two queries."""
    return [
        _logo(storefront),
        _colour(storefront.brand_colour),
        _contact(storefront),
        _products(storefront),
        _headline(storefront),
        _legal(storefront),
        Check(
            "First customer",
            customers > 0,
            f"{customers:,} so far." if customers else "Nobody can sign in to your Customer Portal yet.",
            "Customers",
        ),
    ]


def first_steps(storefront: Storefront) -> list[Check]:
    """What makes a storefront its reseller's, for as long as one of them is open. No query."""
    steps = [_logo(storefront), _colour(storefront.brand_colour), _contact(storefront)]
    return [] if all(step.is_done for step in steps) else steps


def _logo(storefront: Storefront) -> Check:
    there = storefront.logo_id is not None
    text = "Shown on each page." if there else f"The letter {storefront.name[:1].upper()} stands in for it."
    return Check("Logo", there, text, "Branding")


def _colour(colour: str) -> Check:
    ratio = contrast(colour, text_on(colour))
    readable = f"Text on {colour} has a contrast of {ratio:.1f} : 1."
    is_chosen = colour != DEFAULT_COLOUR
    return Check("Brand colour", is_chosen, readable if is_chosen else f"Still as it came. {readable}", "Branding")


def _contact(storefront: Storefront) -> Check:
    contact = " · ".join(part for part in (storefront.support_email, storefront.support_phone) if part)
    missing = "Your customers see no email address or phone number yet."
    return Check("Support contact", bool(contact), contact or missing, "Branding")


def _products(storefront: Storefront) -> Check:
    is_any = listed(storefront).exists()
    return Check("Products", is_any, "Your catalogue is open." if is_any else "Nothing is listed yet.", "Catalogue")


def _headline(storefront: Storefront) -> Check:
    text = storefront.headline or "Your home page opens with words that came with it."
    return Check("Headline", bool(storefront.headline), text, "Home page")


def _legal(storefront: Storefront) -> Check:
    texts = StorefrontText.objects.filter(storefront=storefront, kind__in=LEGAL).exclude(text="")
    written = set(texts.values_list("kind", flat=True))
    missing = [LABELS[kind] for kind in LEGAL if kind not in written]
    text = f"Missing: {', '.join(missing)}." if missing else "Imprint, terms and privacy are public."
    return Check("Legal texts", not missing, text, "Texts")
