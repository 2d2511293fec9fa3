"""STORY: an ordinary product comes into the catalogue, or changes. What was sold stays as it was sold."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import IntegrityError, transaction
from django.utils.text import slugify

from .kept import forget_categories
from .models import Operator, Product, User
from .price_list import Prices, differences, prices_of, recommended_for, write_prices
from .trail import remember
from .versions import take_turn

CREATED, CHANGED = "product.created", "product.changed"
RESERVED_SLUGS = frozenset({"new"})  # would hide a page of the back office
WORDS = {
    "name": "name", "category": "category", "icon": "icon", "summary": "summary", "description": "description",
    "unit": "unit",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Offer:
    """All that staff decide about a product."""

    name: str
    category: str = ""
    icon: str = "box"
    summary: str = ""
    description: str = ""
    unit: str = ""
    is_sold: bool = True  # on the storefront
    prices: Prices
    recommended: Prices = field(default_factory=dict)  # to end customers; only beside a price

    def columns(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in (*WORDS, "is_sold")}


@transaction.atomic
def create_product(operator: Operator, *, offer: Offer, by: User | None) -> Product:
    """A new product. Its slug is made from its name and stays, whatever it is called later: addresses last."""
    product = _insert(operator, offer)
    write_prices(product, offer.prices, recommended=offer.recommended)
    remember(operator.pk, CREATED, f"{product} is a product now.", by=by)
    forget_categories(operator.pk)
    return product


def _insert(operator: Operator, offer: Offer) -> Product:
    """The row under the first slug that is free. Two who take the same one at once: the later looks again."""
    for _ in range(5):
        try:
            with transaction.atomic():
                return Product.objects.create(
                    operator=operator, slug=free_slug(offer.name, operator=operator), **offer.columns()
                )
        except IntegrityError:
            continue
    raise RuntimeError("no free slug was found")


def free_slug(name: str, *, operator: Operator) -> str:
    """Of "Mail Archive" mail-archive, or mail-archive-2; of a name without Latin letters product."""
    stem = slugify(name)[:70].strip("-") or "product"
    taken = set(Product.objects.filter(operator=operator, slug__startswith=stem).values_list("slug", flat=True))
    taken |= RESERVED_SLUGS
    slug, number = stem, 2
    while slug in taken:
        slug, number = f"{stem}-{number}", number + 1
    return slug


@transaction.atomic
def change_product(product: Product, *, seen: int, offer: Offer, by: User | None) -> list[str]:
    """Make this the product, and say what changed. Refuses with changed_meanwhile; without change, nothing."""
    changed = list(_changes(product, offer))
    if not changed:
        return []
    take_turn(product, seen=seen, noun="product", verb=CHANGED, operator_id=product.operator_id, **offer.columns())
    write_prices(product, offer.prices, recommended=offer.recommended)
    remember(product.operator_id, CHANGED, f"{offer.name} changed: {'; '.join(changed)}.", by=by)
    forget_categories(product.operator_id)
    return changed


def _changes(product: Product, offer: Offer) -> Iterator[str]:
    yield from differences(prices_of(product), offer.prices)
    yield from differences(recommended_for(product), offer.recommended, what="recommended ")
    if product.is_sold != offer.is_sold:
        yield "sold on the storefront" if offer.is_sold else "not sold on the storefront any more"
    if product.name != offer.name:
        yield f"name {product.name} to {offer.name}"
    yield from (
        word for name, word in WORDS.items() if name != "name" and getattr(product, name) != getattr(offer, name)
    )
