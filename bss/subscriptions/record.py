"""One subscription as its page shows it: what was sold, its storefront, how the plan changed, what happened."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from notifications.catalogue import CATALOGUE
from notifications.models import Notification
from plans import links
from plans.models import Account, Activity, Order, Storefront, Subscription
from plans.upgrade_paths import Option, all_below, next_above, upgrade_options

from ..letters import row

MOST = 30


def readable(subscriptions: QuerySet) -> QuerySet:
    """With all that the page shows of a subscription itself; `customers` counts the active ones of its account."""
    customers = Account.objects.active().filter(parent=OuterRef("account"), kind=Account.Kind.CUSTOMER).order_by()
    counted = customers.values("parent").annotate(many=Count("pk")).values("many")
    return subscriptions.annotate(customers=Coalesce(Subquery(counted), 0)).select_related(
        "account__storefront__claim", "product", "plan", "order_item__order", "pending_change__to_plan", "replaces",
        "replaced_by",
    )  # fmt: skip


def record(subscription: Subscription) -> dict[str, object]:
    """Six queries at the most, whatever hangs on it, for a subscription that was read with `readable`."""
    account, order = subscription.account, subscription.order_item.order
    is_live = subscription.is_active and subscription.plan_id is not None
    storefront = getattr(account, "storefront", None) if "own_storefront" in subscription.entitlements else None
    limit = subscription.entitlements.get("customers")
    options = upgrade_options(account) if is_live else []
    letters = _letters(subscription)
    way, below = next_above(options), next(iter(all_below(options)), None)
    return {
        "subscription": subscription,
        "account": account,
        "order": order,
        "pending": getattr(subscription, "pending_change", None),
        "storefront": storefront,
        "storefront_url": _url(account, storefront),
        "limit": limit,
        "customers": subscription.customers if is_live and limit is not None else None,
        "way": way,
        "no_way": _why_not(subscription, way, nothing="There is no plan above this one.", done="upgraded"),
        "no_way_down": _why_not(subscription, below, nothing="There is no plan below this one.", done="downgraded"),
        "changes": _plan_changes(account) if subscription.plan_id else [],
        "history": _history(subscription),
        "letters": [row(letter) for letter in letters],
        "welcome": _welcome(letters) if is_live else None,
    }


def _why_not(subscription: Subscription, way: Option | None, *, nothing: str, done: str) -> str:
    if subscription.plan_id is None:
        return f"Only a reseller plan can be {done}."
    if not subscription.is_active:
        return "This subscription has ended."
    if way is None:
        return nothing
    return way.refusal.sentence if way.refusal else ""


def _url(account: Account, storefront: Storefront | None) -> str:
    if storefront is None or storefront.claim is None or storefront.state != Storefront.State.OPEN:
        return ""
    return links.storefront_url(account.operator, storefront.claim.alias)


def _plan_changes(account: Account) -> list[Order]:
    done = Order.objects.filter(account=account, is_plan_order=True, state=Order.State.EXECUTED)
    return list(done.select_related("from_plan", "to_plan", "placed_by").order_by("-pk")[:MOST])


def _history(subscription: Subscription) -> list[Activity]:
    here = Activity.objects.filter(operator_id=subscription.operator_id)
    about = here.filter(order_id=subscription.order_item.order_id).exclude(verb="order.claim")
    return list(about.union(here.filter(subscription=subscription)).order_by("-id")[:MOST])


def _letters(subscription: Subscription) -> list[Notification]:
    """What was written about it and about the order that began it, the newest first."""
    about = Q(order=subscription.order_item.order_id) | Q(subscription=subscription.pk)
    return list(Notification.objects.filter(about).defer("text", "html").order_by("-pk")[:MOST])


def _welcome(letters: list[Notification]) -> Notification | None:
    """The letter that opened the storefront, to be sent again."""
    codes = [code for code, kind in CATALOGUE.items() if code.startswith("welcome_") or code == "storefront_restored"]
    return next((one for one in reversed(letters) if one.template_code in codes and one.kind == "to"), None)
