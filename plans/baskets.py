"""STORY: the basket, what a user has not yet asked for. It belongs to one user on one storefront.

One plan at a time: the database holds that promise, and putting another plan in replaces the first.
"""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Q, QuerySet, Value, When
from django.utils import timezone

from .models import Basket, BasketItem, Product, Storefront, User
from .preview import Wanted
from .refusals import Refused

MOST_OF_ONE = 10_000


@dataclass(frozen=True)
class Added:
    """What putting something in did. `replaced` names the plan that made room for another one, else it is empty."""

    item: BasketItem
    replaced: str = ""


def basket_of(user: User, storefront: Storefront) -> Basket | None:
    """The user's basket on this storefront, or None where nothing was ever put in. One query."""
    return Basket.objects.filter(user=user, storefront=storefront).first()


def lines_of(user: User, storefront: Storefront) -> list[BasketItem]:
    """What is in the user's basket here, with products and plans, the plan first. Two queries."""
    return _lines(BasketItem.objects.filter(basket__user=user, basket__storefront=storefront))


def lines_in(basket: Basket) -> list[BasketItem]:
    """The same of a basket at hand."""
    return _lines(basket.items.all())


def _lines(items: QuerySet[BasketItem]) -> list[BasketItem]:
    items = items.select_related("product__plan").prefetch_related("product__plan__entitlements")
    return list(items.order_by("-is_plan", "id"))


def wanted_in(lines: list[BasketItem]) -> list[Wanted]:
    """The lines as the preview takes them, in the same order."""
    return [Wanted(line.product, line.cycle, line.quantity) for line in lines]


def put_in_basket(
    user: User, storefront: Storefront, product: Product, *, cycle: str = "month", quantity: int = 1
) -> Added:
    """Put a product in. A plan replaces the plan that is there; an ordinary product adds up to `MOST_OF_ONE`.

    Raises Refused product_not_sold.
    """
    if not product.is_sold or product.operator_id != storefront.operator_id:
        raise Refused("product_not_sold", product=product.name)
    with transaction.atomic():
        return _put(user, storefront, product, cycle=cycle, quantity=quantity)


def _put(user: User, storefront: Storefront, product: Product, *, cycle: str, quantity: int) -> Added:
    # Another tab of the same user waits here: past it, what one writes and what one only wants to can lock each other.
    basket, _ = Basket.objects.select_for_update(no_key=True).get_or_create(
        user=user, storefront=storefront, defaults={"operator_id": storefront.operator_id}
    )
    place = Q(is_plan=True) if product.is_plan else Q(product=product)
    item = basket.items.filter(place).select_related("product").first()
    if item is None:
        return Added(_lay(basket, product, cycle=cycle, quantity=quantity))
    replaced = item.product.name if item.product_id != product.pk else ""
    total = 1 if product.is_plan else min(item.quantity + quantity, MOST_OF_ONE)
    changed = basket.items.filter(pk=item.pk).update(
        product=product, cycle=cycle, quantity=total, added_at=timezone.now()
    )
    if not changed:  # taken out in another tab since we looked
        return Added(_lay(basket, product, cycle=cycle, quantity=quantity))
    item.product, item.cycle, item.quantity = product, cycle, total
    return Added(item, replaced)


def _lay(basket: Basket, product: Product, *, cycle: str, quantity: int) -> BasketItem:
    return basket.items.create(
        product=product, is_plan=product.is_plan, cycle=cycle, quantity=1 if product.is_plan else quantity
    )


def change_item(user: User, storefront: Storefront, item_id: int, *, cycle: str, quantity: int) -> None:
    """Set an item's billing cycle and, for ordinary products, its quantity. An item that has gone is left alone."""
    item = BasketItem.objects.filter(pk=item_id, basket__user=user, basket__storefront=storefront)
    wanted = Case(When(is_plan=True, then=Value(1)), default=Value(max(1, min(quantity, MOST_OF_ONE))))
    item.update(cycle=cycle, quantity=wanted)


def take_out(user: User, storefront: Storefront, item_id: int) -> str:
    """Take an item out; the name of its product, or an empty string when it was not there any more."""
    items = BasketItem.objects.filter(pk=item_id, basket__user=user, basket__storefront=storefront)
    item = items.select_related("product").first()
    if item is None:
        return ""
    item.delete()
    return item.product.name
