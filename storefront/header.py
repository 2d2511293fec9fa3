"""What the header of a storefront says about a member, found out beside the membership itself."""

from dataclasses import dataclass
from typing import ClassVar

from django.db.models import Count, Exists, Expression, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from notifications.models import Notification
from plans.models import BasketItem, Order, Plan, Storefront, Subscription


@dataclass(frozen=True)
class Header:
    """What the header of the distributor's storefront says about a member, as of the start of the request."""

    unread: int = 0
    basket_items: int = 0
    plan_name: str = ""
    has_own_storefront: bool = False  # the plan, as it was sold, includes one
    alias: str = ""  # of the account's own storefront
    is_suspended: bool = False  # the account's own storefront, by the distributor
    open_order: str = ""  # the number of the account's open plan order

    PARTS: ClassVar = (
        "unread", "basket_items", "plan_name", "has_own_storefront", "own_alias", "own_is_suspended", "open_order",
    )  # fmt: skip

    @classmethod
    def of_row(cls, row: dict[str, object]) -> "Header":
        return cls(
            unread=row["unread"] or 0,
            basket_items=row["basket_items"] or 0,
            plan_name=row["plan_name"] or "",
            has_own_storefront=bool(row["has_own_storefront"]),
            alias=row["own_alias"] or "",
            is_suspended=bool(row["own_is_suspended"]),
            open_order=row["open_order"] or "",
        )


def header_parts(*, user: int, storefront: int, operator: int, is_own: bool) -> dict[str, Expression]:
    """The header as parts of a query over ContactRole: every signed-in page shows it.

    `is_own`: of the operator's own storefront; the bell of a reseller's counts what was written in its name.
    """
    account = OuterRef("contact__account_id")
    unread = Notification.objects.for_user(user, operator).unread().filter(storefront=None if is_own else storefront)
    basket = BasketItem.objects.filter(basket__user=user, basket__storefront=storefront)
    held = Subscription.objects.active().for_plans().filter(account=account)
    default = Plan.objects.filter(operator=operator, is_default=True)
    own = Storefront.objects.filter(account=account, claim__isnull=False)
    orders = Order.objects.open_plan_orders().filter(account=account)
    return {
        "unread": Subquery(_how_many(unread)),
        "basket_items": Subquery(_how_many(basket)),
        "plan_name": Coalesce(Subquery(held.values("plan__name")[:1]), Subquery(default.values("name")[:1])),
        "has_own_storefront": Exists(held.filter(entitlements__has_key="own_storefront")),
        "own_alias": Subquery(own.values("claim__alias")[:1]),
        "own_is_suspended": Exists(own.filter(state=Storefront.State.SUSPENDED)),
        "open_order": Subquery(orders.values("number")[:1]),
    }


def _how_many(rows: QuerySet) -> QuerySet:
    return rows.order_by().annotate(none=Value(1)).values("none").annotate(many=Count("pk")).values("many")
