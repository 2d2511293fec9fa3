"""STORY: what a plan offers, at which price. Edits reach new orders only: what runs keeps what it was sold."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F

from .models import Entitlement, Plan, Product, User
from .price_list import Prices, differences, prices_of, write_prices
from .trail import remember
from .versions import take_turn

# Entitlements that may have a limit: so many customers, users, listed products.
COUNTED = (Entitlement.Code.CUSTOMERS, Entitlement.Code.USERS, Entitlement.Code.LISTED_PRODUCTS)
CHANGED = "plan.changed"


@dataclass(frozen=True, kw_only=True)
class PlanOffer:
    """All of a plan that its distributor decides. Code, rank and the ladder are not among it."""

    tagline: str
    key_features: list[str]
    entitlements: dict[str, int | None]  # code -> limit, or None
    prices: Prices
    is_sold: bool = False  # on the storefront
    is_recommended: bool = False


def offer_of(plan: Plan) -> PlanOffer:
    """What the plan offers now."""
    product = product_of(plan)
    return PlanOffer(
        tagline=plan.tagline,
        key_features=list(plan.key_features),
        entitlements=plan.sold_as(),
        prices=prices_of(product),
        is_sold=product is not None and product.is_sold,
        is_recommended=plan.is_recommended,
    )


def product_of(plan: Plan) -> Product | None:
    """The product that sells the plan; none for the one that is held without a subscription."""
    return Product.objects.filter(plan=plan).first()


@transaction.atomic
def change_plan(plan: Plan, *, seen: int, offer: PlanOffer, by: User | None) -> list[str]:
    """Make this what the plan offers, and say what changed. Refuses with changed_meanwhile; without change, nothing."""
    before = offer_of(plan)
    changed = list(_changes(before, offer))
    if not changed:
        return []
    about = {"operator_id": plan.operator_id, "verb": CHANGED}
    columns = {"tagline": offer.tagline, "key_features": offer.key_features, "is_recommended": offer.is_recommended}
    take_turn(plan, seen=seen, noun="plan", **about, **columns)
    _write_entitlements(plan, offer.entitlements)
    if product := product_of(plan):
        _write_product(product, offer)
    if offer.is_recommended and not before.is_recommended:
        _recommend_no_other(plan, by=by)
    remember(text=f"{plan} plan changed: {'; '.join(changed)}.", by=by, **about)
    return changed


def _changes(before: PlanOffer, after: PlanOffer) -> Iterator[str]:
    yield from differences(before.prices, after.prices)
    for code in Entitlement.Code:
        old, new = (_words(offer.entitlements, code) for offer in (before, after))
        if old != new:
            yield f"{code.label}: {old} to {new}"
    if before.is_sold != after.is_sold:
        yield "sold on the storefront" if after.is_sold else "not sold on the storefront any more"
    if before.is_recommended != after.is_recommended:
        yield "recommended" if after.is_recommended else "not recommended any more"
    if before.tagline != after.tagline:
        yield "tagline"
    if before.key_features != after.key_features:
        yield "key features"


def _words(entitlements: dict[str, int | None], code: str) -> str:
    if code not in entitlements:
        return "not included"
    limit = entitlements[code]
    if limit is not None:
        return f"up to {limit}"
    return "unlimited" if code in COUNTED else "included"


def _write_entitlements(plan: Plan, wanted: dict[str, int | None]) -> None:
    Entitlement.objects.filter(plan=plan).exclude(code__in=list(wanted)).delete()
    for code, limit in wanted.items():
        Entitlement.objects.update_or_create(plan=plan, code=code, defaults={"limit": limit})


def _write_product(product: Product, offer: PlanOffer) -> None:
    """The product says of itself what the plan says."""
    described = {"summary": offer.tagline, "description": "\n".join(offer.key_features)}
    Product.objects.filter(pk=product.pk).update(is_sold=offer.is_sold, version=F("version") + 1, **described)
    write_prices(product, offer.prices)


def _recommend_no_other(plan: Plan, *, by: User | None) -> None:
    others = Plan.objects.filter(operator_id=plan.operator_id, is_recommended=True).exclude(pk=plan.pk)
    for other in others:
        Plan.objects.filter(pk=other.pk).update(is_recommended=False, version=F("version") + 1)
        remember(plan.operator_id, CHANGED, f"{other} plan changed: {plan} is recommended in its place.", by=by)
