"""STORY: a reseller chooses what of the distributor's catalogue stands on its storefront, and at which markup."""

from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import F, FilteredRelation, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from plans.kept import forget_listed, forget_storefront
from plans.models import Listing, Product, Storefront, User
from plans.refusals import Refused
from plans.trail import remember
from plans.versions import changed_meanwhile, take_turn

from .prices import plain_markup

LISTED, UNLISTED = "storefront.listed", "storefront.unlisted"
CHANGED, ALL_CHANGED = "storefront.product_changed", "storefront.catalogue_changed"
AT_A_TIME = 1_000
NAMED = 3  # products that an activity names


@dataclass(frozen=True)
class Choice:
    """What a reseller chose about one product. `is_listed` is None where it chose nothing: the storefront's counts."""

    is_listed: bool | None = None
    markup: Decimal | None = None


class Chooser(NamedTuple):
    """As much of a storefront as its catalogue is read by."""

    pk: int
    operator_id: int
    lists_everything: bool


def catalogue_of(storefront: Storefront | Chooser) -> QuerySet[Product]:
    """What the distributor allows a storefront to list, each product with what the reseller chose about it.

    `is_listed`: it stands in the catalogue; `choice`: the listing's word, None without one; `own_markup`; `place` on
    the home page.
    """
    mine = FilteredRelation("listings", condition=Q(listings__storefront=storefront.pk))
    return Product.objects.sold_by(storefront.operator_id).ordinary().annotate(
        mine=mine,
        choice=F("mine__is_listed"),
        is_listed=Coalesce(F("mine__is_listed"), Value(storefront.lists_everything)),
        own_markup=F("mine__markup"),
        place=F("mine__featured"),
    )  # fmt: skip


def listed(storefront: Storefront | Chooser) -> QuerySet[Product]:
    """What its visitors see."""
    if storefront.lists_everything:
        return catalogue_of(storefront).filter(is_listed=True)
    return catalogue_of(storefront).filter(choice=True)


def choice_of(product: Product) -> Choice:
    """Of a product as `catalogue_of` reads it."""
    return Choice(product.choice, product.own_markup)


def not_chosen(products: QuerySet[Product], *, is_listed: bool) -> QuerySet[Product]:
    """Those among products of `catalogue_of` that the reseller did not list (or unlist) itself so far."""
    return products.filter(Q(choice__isnull=True) | Q(choice=not is_listed))


@transaction.atomic
def list_products(storefront: Storefront, *, products: QuerySet[Product], by: User | None) -> int:
    """List these, whatever the storefront's own choice is later. How many were not chosen before; twice does nothing.

    `products` is narrowed down from `catalogue_of`. Refuses with listed_full where the plan has a limit.
    """
    return _choose(storefront, products, is_listed=True, by=by)


@transaction.atomic
def unlist_products(storefront: Storefront, *, products: QuerySet[Product], by: User | None) -> int:
    """Take these out of the catalogue: their pages are gone. Markup and place on the home page are kept."""
    return _choose(storefront, products, is_listed=False, by=by)


def _choose(storefront: Storefront, products: QuerySet[Product], *, is_listed: bool, by: User | None) -> int:
    _lock(storefront)
    chosen = list(not_chosen(products, is_listed=is_listed).order_by("pk").values_list("pk", "name"))
    if not chosen:
        return 0
    rows = [
        Listing(operator_id=storefront.operator_id, storefront=storefront, product_id=key, is_listed=is_listed)
        for key, _ in chosen
    ]
    Listing.objects.bulk_create(
        rows,
        batch_size=AT_A_TIME,
        update_conflicts=True,
        unique_fields=["storefront", "product"],
        update_fields=["is_listed"],
    )
    if is_listed:
        _check_limit(storefront)
    text = f"{_names([name for _, name in chosen])} {'listed' if is_listed else 'not listed any more'}."
    _remember(storefront, LISTED if is_listed else UNLISTED, text, by=by)
    forget_listed(storefront)
    return len(chosen)


def _lock(storefront: Storefront) -> None:
    """Who else chooses for this storefront waits. On SQLite all writers do."""
    Storefront.objects.select_for_update().values_list("pk").get(pk=storefront.pk)


def _check_limit(storefront: Storefront) -> None:
    """Of those that were listed before, all stay: only adding to too many is refused."""
    most = storefront.account.limit("listed_products")
    if most is not None and listed(storefront).count() > most:
        raise Refused("listed_full", most=most)


def _names(names: list[str]) -> str:
    """Backup Vault, Mail Archive, Web Filter and 9 more products"""
    shown, more = names[:NAMED], len(names) - NAMED
    return ", ".join(shown) + (f" and {more:,} more products" if more > 0 else "")


def _remember(storefront: Storefront, verb: str, text: str, *, by: User | None) -> None:
    remember(storefront.operator_id, verb, text, by=by, account=storefront.account)


@transaction.atomic
def change_listing(storefront: Storefront, *, product: Product, seen: Choice, wanted: Choice, by: User | None) -> bool:
    """Make `wanted` the choice about one product; False where it is that already.

    Refuses with changed_meanwhile where the choice is not the one that was `seen`, with prices_frozen where a markup
    is set without own prices in the plan.
    """
    if wanted == seen:
        return False
    if wanted.markup != seen.markup and not storefront.account.can("own_prices"):
        raise Refused("prices_frozen")
    _lock(storefront)
    _write(storefront, product, seen, wanted)
    if wanted.is_listed and not product.is_listed:
        _check_limit(storefront)
    _remember(storefront, CHANGED, f"{product.name}: {'; '.join(_differences(seen, wanted))}.", by=by)
    forget_listed(storefront)
    return True


def _write(storefront: Storefront, product: Product, seen: Choice, wanted: Choice) -> None:
    """One conditional statement: of two who save at once one wins."""
    values = {"is_listed": bool(wanted.is_listed), "markup": wanted.markup}
    if seen.is_listed is not None:
        rows = Listing.objects.filter(storefront=storefront, product=product, is_listed=seen.is_listed)
        if not rows.filter(markup=seen.markup).update(**values):
            raise _meanwhile(storefront)
        return
    try:
        with transaction.atomic():
            Listing.objects.create(operator_id=storefront.operator_id, storefront=storefront, product=product, **values)
    except IntegrityError:
        raise _meanwhile(storefront) from None


def _meanwhile(storefront: Storefront) -> Refused:
    return changed_meanwhile(storefront, noun="product", verb=CHANGED, operator_id=storefront.operator_id)


def _differences(seen: Choice, wanted: Choice) -> list[str]:
    said = []
    if seen.is_listed is not wanted.is_listed:
        said.append("listed" if wanted.is_listed else "not listed")
    if seen.markup != wanted.markup:
        said.append(f"markup {_percent(seen.markup)} to {_percent(wanted.markup)}")
    return said


def _percent(markup: Decimal | None) -> str:
    return "none" if markup is None else f"{plain_markup(markup)} %"


@transaction.atomic
def change_catalogue(
    storefront: Storefront, *, seen: int, lists_everything: bool, markup: Decimal | None, by: User | None
) -> bool:
    """What counts for every product without a choice of its own; False where nothing changes.

    `seen` is the storefront's version. Refuses with changed_meanwhile, prices_frozen and listed_full.
    """
    said = []
    if storefront.lists_everything is not lists_everything:
        said.append("lists everything" if lists_everything else "lists only what is chosen")
    if storefront.markup != markup:
        said.append(f"markup {_percent(storefront.markup)} to {_percent(markup)}")
        if not storefront.account.can("own_prices"):
            raise Refused("prices_frozen")
    if not said:
        return False
    take_turn(
        storefront,
        seen=seen,
        noun="storefront",
        verb=ALL_CHANGED,
        operator_id=storefront.operator_id,
        lists_everything=lists_everything,
        markup=markup,
    )
    was_everything, storefront.lists_everything = storefront.lists_everything, lists_everything
    if lists_everything and not was_everything:
        _check_limit(storefront)
    _remember(storefront, ALL_CHANGED, f"{storefront.name}: {'; '.join(said)}.", by=by)
    forget_storefront(storefront)
    forget_listed(storefront)
    return True


def without_choice(storefront: Storefront) -> int:
    """How many products follow the storefront's own choice."""
    return catalogue_of(storefront).filter(choice__isnull=True).count()
