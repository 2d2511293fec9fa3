"""One subscription as its page shows it: what was sold, its storefront, how the plan changed, what happened."""

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404

from notifications.catalogue import CATALOGUE
from notifications.models import Notification
from plans import links
from plans.models import Account, Activity, Operator, Order, Storefront, Subscription
from plans.models.account import Holding
from plans.prepared import Prepared
from plans.upgrade_paths import Option, all_below, next_above, upgrade_options

from ..letters import row

MOST = 30


def subscription_of(operator: Operator, number: str) -> Subscription:
    """With all that the page shows of a subscription itself; `customers` counts its account's active ones. Or 404."""
    subscription = SUBSCRIPTION.first(operator=operator.pk, number=number)
    if subscription is None:
        raise Http404
    subscription.account.operator = operator
    return subscription


def _subscription(operator: int, number: str) -> QuerySet:
    customers = Account.objects.active().filter(parent=OuterRef("account"), kind=Account.Kind.CUSTOMER).order_by()
    counted = customers.values("parent").annotate(many=Count("pk")).values("many")
    found = Subscription.objects.filter(operator=operator, number=number)
    return found.annotate(customers=Coalesce(Subquery(counted), 0)).select_related(
        "account__storefront__claim", "product", "plan", "order_item__order", "pending_change__to_plan", "replaces",
        "replaced_by",
    )  # fmt: skip


SUBSCRIPTION = Prepared(_subscription, operator=int, number=str)


def record(subscription: Subscription) -> dict[str, object]:
    """Six queries at the most, whatever hangs on it, for one of `subscription_of`."""
    account, order = subscription.account, subscription.order_item.order
    is_live = subscription.is_active and subscription.plan_id is not None
    storefront = getattr(account, "storefront", None) if "own_storefront" in subscription.entitlements else None
    limit = subscription.entitlements.get("customers")
    if is_live:
        account.remember_held(Holding.by(subscription))
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
    return PLAN_CHANGES(account=account.pk)


def _executed(account: int) -> QuerySet:
    done = Order.objects.filter(account=account, is_plan_order=True, state=Order.State.EXECUTED)
    return done.select_related("from_plan", "to_plan", "placed_by").order_by("-pk")[:MOST]


PLAN_CHANGES = Prepared(_executed, account=int)


def _history(subscription: Subscription) -> list[Activity]:
    order = subscription.order_item.order_id
    return HISTORY(operator=subscription.operator_id, order=order, subscription=subscription.pk)


def _happened(operator: int, order: int, subscription: int) -> QuerySet:
    here = Activity.objects.filter(operator=operator)
    about = here.filter(order=order).exclude(verb="order.claim")
    return about.union(here.filter(subscription=subscription)).order_by("-id")[:MOST]


HISTORY = Prepared(_happened, operator=int, order=int, subscription=int)


def _letters(subscription: Subscription) -> list[Notification]:
    """What was written about it and about the order that began it, the newest first."""
    return LETTERS(order=subscription.order_item.order_id, subscription=subscription.pk)


def _written(order: int, subscription: int) -> QuerySet:
    about = Notification.objects.filter(Q(order=order) | Q(subscription=subscription))
    return about.defer("text", "html").order_by("-pk")[:MOST]


LETTERS = Prepared(_written, order=int, subscription=int)


def _welcome(letters: list[Notification]) -> Notification | None:
    """The letter that opened the storefront, to be sent again."""
    codes = [code for code, kind in CATALOGUE.items() if code.startswith("welcome_") or code == "storefront_restored"]
    return next((one for one in reversed(letters) if one.template_code in codes and one.kind == "to"), None)
