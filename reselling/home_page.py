"""STORY: a reseller says what the home page of its storefront says, and which products it shows, in which order."""

from django.db import transaction
from django.db.models import Q, QuerySet

from plans.kept import forget_storefront
from plans.models import Listing, Product, Storefront, User
from plans.refusals import Refused
from plans.trail import remember
from plans.versions import take_turn

from .catalogue import Chooser, catalogue_of

CHANGED = "storefront.home_changed"
MOST_FEATURED = 12
STEPS = {"up": -1, "down": 1}


def featured(storefront: Storefront | Chooser) -> QuerySet[Product]:
    """What is on the home page, in order; one that is not listed at the moment keeps its place, unseen."""
    # The second condition says nothing new, but it is what the index is entered by.
    is_there = Q(listings__storefront=storefront.pk, listings__featured__isnull=False)
    return catalogue_of(storefront).filter(is_there, place__isnull=False).order_by("place")


@transaction.atomic
def change_home(storefront: Storefront, *, seen: int, headline: str, intro: str, by: User | None) -> bool:
    """What stands at the top; False where it does already. `seen` is the version of the storefront that was shown.

    As the others here it refuses with changed_meanwhile.
    """
    now = Storefront.objects.select_related("account", "claim").get(pk=storefront.pk)
    if (now.headline, now.intro) == (headline, intro):
        return False
    _take(now, seen, "Home page: headline and introduction changed.", by, headline=headline, intro=intro)
    return True


@transaction.atomic
def feature(storefront: Storefront, *, product: Product, seen: int, by: User | None) -> None:
    """Show it on the home page, last. Refuses with not_listed and featured_full."""
    if not product.is_listed:
        raise Refused("not_listed", product=product)
    order = _order(storefront)
    if product.pk in order:
        return
    if len(order) >= MOST_FEATURED:
        raise Refused("featured_full", most=MOST_FEATURED)
    _arrange(storefront, seen, [*order, product.pk], f"Home page: {product} added.", by)


@transaction.atomic
def unfeature(storefront: Storefront, *, product: Product, seen: int, by: User | None) -> None:
    order = _order(storefront)
    if product.pk in order:
        left = [key for key in order if key != product.pk]
        _arrange(storefront, seen, left, f"Home page: {product} taken away.", by)


@transaction.atomic
def move(storefront: Storefront, *, product: Product, step: str, seen: int, by: User | None) -> None:
    """`up` or `down` by one place; from the end of the list there is no further."""
    order = _order(storefront)
    if product.pk not in order:
        return
    here = order.index(product.pk)
    there = min(max(here + STEPS[step], 0), len(order) - 1)
    if here != there:
        order[here], order[there] = order[there], order[here]
        _arrange(storefront, seen, order, f"Home page: {product} moved {step}.", by)


def _order(storefront: Storefront) -> list[int]:
    return list(featured(storefront).values_list("pk", flat=True))


def _arrange(storefront: Storefront, seen: int, order: list[int], said: str, by: User | None) -> None:
    """Write the places anew, with the storefront's version as the turn: of two who move at once one wins."""
    now = Storefront.objects.select_related("account", "claim").get(pk=storefront.pk)
    _take(now, seen, said, by)
    Listing.objects.filter(storefront=now, featured__isnull=False).update(featured=None)
    Listing.objects.bulk_create(
        [
            Listing(operator_id=now.operator_id, storefront=now, product_id=key, is_listed=True, featured=place)
            for place, key in enumerate(order, start=1)
        ],
        update_conflicts=True,
        unique_fields=["storefront", "product"],
        update_fields=["featured"],
    )


def _take(storefront: Storefront, seen: int, said: str, by: User | None, **changes: str) -> None:
    operator_id = storefront.operator_id
    take_turn(storefront, seen=seen, noun="storefront", verb=CHANGED, operator_id=operator_id, **changes)
    remember(operator_id, CHANGED, said, by=by, account=storefront.account)
    forget_storefront(storefront)
