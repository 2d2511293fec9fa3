"""An order that is not placed yet: what it would do today. Who looks, who amends and who places ask the same here."""

from django.db.models import Exists, OuterRef, Q

from .models import Account, Entitlement, Order, OrderItem, Storefront
from .prepared import Prepared
from .preview import Preview, Wanted
from .previewing import preview_order


def items_of(order: Order) -> list[OrderItem]:
    """The order's items as previews, executions and pages go through them: the plan first. One query."""
    return ITEMS(order=order.pk)


ITEMS = Prepared(
    lambda order: OrderItem.objects.filter(order=order).select_related("product__plan").order_by("-is_plan", "id"),
    order=int,
)


def lacks_alias() -> Q:
    """Of the items of drafts those that Execute refuses without an alias: `Preview.needs_alias`, asked of many rows."""
    opens = Entitlement.objects.filter(plan=OuterRef("product__plan"), code=Entitlement.Code.OWN_STOREFRONT)
    there = "order__account__storefront"
    is_to_come = Q(**{f"{there}__isnull": True}) | Q(**{f"{there}__state": Storefront.State.PARKED})
    return Q(is_plan=True, alias="") & Exists(opens) & (is_to_come | Q(**{f"{there}__is_own": True}))


def preview_draft(
    order: Order, *, account: Account, by, items: list[OrderItem] | None = None, more: tuple[Wanted, ...] = ()
) -> Preview:
    """What placing the draft would do today, with `more` in it. Reads only; `account.operator` should be loaded."""
    items = items_of(order) if items is None else items
    typed = next((item.alias for item in items if item.is_plan), None if more else "")
    return preview_order(
        account,
        wanted=[*(Wanted(item.product, item.cycle, item.quantity) for item in items), *more],
        alias=typed,
        by=by,
        channel=order.channel,
        except_order_id=order.pk,
    )


def agreed(preview: Preview) -> dict[str, object]:
    """The columns of an order that freeze what was shown."""
    return {
        "currency": preview.currency,
        "is_plan_order": preview.is_plan_order,
        "change": preview.change,
        "from_plan": preview.from_plan,
        "to_plan": preview.to_plan,
        "preview": preview.as_dict() | {"sold": sold_with(preview)},
        "fingerprint": preview.fingerprint,
        "net": preview.net,
        "tax": preview.tax,
        "total": preview.total,
    }


def sold_with(preview: Preview) -> dict[str, int | None]:
    """The entitlements that the subscription of the new plan is sold with."""
    return preview.to_plan.sold_as() if preview.to_plan else {}


def freeze_items(items: list[OrderItem], preview: Preview) -> None:
    """Write on the items what the preview says of them. The preview must be of these items, in this order."""
    for item, wanted in zip(items, preview.wanted, strict=True):
        if wanted.unit_price is not None:
            item.unit_price = wanted.unit_price
        item.name = wanted.product.name
        item.alias = preview.alias if item.is_plan else ""
    OrderItem.objects.bulk_update(items, ["unit_price", "name", "alias"])
