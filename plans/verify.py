"""The invariants: each query finds rows that must not exist (RELIABILITY 3.7). No row: it holds."""

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

from notifications.models import Notification, TemplateRecipient

from . import verify_money
from .execution import in_seconds
from .models import (
    Account,
    Activity,
    AliasClaim,
    ApiToken,
    Basket,
    BasketItem,
    Charge,
    Contact,
    Listing,
    Operator,
    Order,
    OrderItem,
    PendingChange,
    Picture,
    PlanEdge,
    Product,
    Storefront,
    StorefrontDraft,
    StorefrontText,
    Subscription,
    TenantRequest,
    TermsAcceptance,
)

Rows = list[dict]


def executed_upgrades_without_their_subscription() -> Rows:
    orders = Order.objects.filter(state="executed", is_plan_order=True).exclude(change="cancel")
    return list(orders.annotate(n=Count("items__subscription")).exclude(n=1).values("id", "number", "n"))


def items_of_executed_orders_without_subscription() -> Rows:
    items = OrderItem.objects.filter(order__state="executed", subscription__isnull=True)
    return list(items.exclude(order__change="cancel").values("id", "order__number"))


def subscriptions_without_an_executed_order() -> Rows:
    return list(Subscription.objects.exclude(order_item__order__state="executed").values("id", "number"))


def accounts_with_two_active_plans() -> Rows:
    active = Subscription.objects.active().for_plans().values("account_id").annotate(n=Count("id"))
    return list(active.filter(n__gt=1))


def aliases_claimed_twice() -> Rows:
    claims = AliasClaim.objects.annotate(plain=Lower("alias")).values("operator_id", "plain")
    return list(claims.annotate(n=Count("id")).filter(n__gt=1))


def storefront_plans_without_an_open_storefront() -> Rows:
    shown = Storefront.objects.filter(account=OuterRef("account"), state__in=["open", "suspended"], is_own=False)
    active = Subscription.objects.active().for_plans().filter(entitlements__has_key="own_storefront")  # as it was sold
    return list(active.exclude(Exists(shown)).values("id", "number", "account__number"))


def open_storefronts_without_a_plan() -> Rows:
    active = Subscription.objects.active().for_plans().filter(account=OuterRef("account"))
    shown = Storefront.objects.filter(is_own=False).exclude(state="parked")
    return list(shown.exclude(Exists(active)).values("id", "account__number"))


def open_storefronts_without_their_alias() -> Rows:
    shown = Storefront.objects.filter(is_own=False).exclude(state="parked")
    return list(shown.exclude(claim__state="in_use", claim__account=F("account")).values("id", "account__number"))


def parked_storefronts_whose_alias_is_free() -> Rows:
    """Its alias waits in quarantine, or is held by the account's next order, until somebody else has taken it."""
    parked = Storefront.objects.filter(state="parked", claim__isnull=False)
    return list(parked.exclude(claim__state__in=["quarantined", "held"], claim__account=F("account")).values("id"))


def changes_that_cannot_happen() -> Rows:
    """What waits on a subscription that has ended, or stood due for a day while nothing else was under way."""
    over = PendingChange.objects.exclude(subscription__state="active")
    standing = Order.objects.open_plan_orders().filter(account=OuterRef("subscription__account"))
    yesterday = (timezone.now() - timedelta(hours=36)).date()
    late = PendingChange.objects.filter(due_on__lt=yesterday).exclude(Exists(standing))
    return list((over | late).values("id", "subscription__number", "due_on"))


def aliases_in_use_by_nobody() -> Rows:
    return list(AliasClaim.objects.filter(state="in_use", storefront__isnull=True).values("id", "alias"))


def openings_without_their_welcome() -> Rows:
    """Each upgrade has its letter, to one recipient at least, and none twice. An import posts none unless asked."""
    opened = Order.objects.filter(state="executed", change="upgrade").exclude(channel="import")
    first = Q(notifications__template_code=F("to_plan__welcome_letter"), notifications__resend_number=0)
    first |= Q(notifications__template_code="storefront_restored", notifications__resend_number=0)
    counted = opened.exclude(to_plan__welcome_letter="").annotate(
        letters=Count("notifications", filter=first),
        readers=Count(Lower("notifications__recipient_email"), filter=first, distinct=True),
    )
    return list(counted.filter(Q(letters=0) | ~Q(letters=F("readers"))).values("id", "number", "letters", "readers"))


def orders_stuck() -> Rows:
    late = Q(state="placed", next_attempt_at__lt=in_seconds(-60)) | Q(state="placed", next_attempt_at__isnull=True)
    late |= Q(state="executing", lease_until__lt=in_seconds(-60))
    return list(Order.objects.filter(late).values("id", "number", "state"))


def letters_stuck() -> Rows:
    return list(Notification.objects.stuck().values("id", "key", "state"))


# Every foreign key of business data to another row that names an operator: (model, field).
CROSSING: list[tuple[type, str]] = [
    (Account, "parent"), (Contact, "account"), (Product, "plan"), (Order, "account"), (Order, "from_plan"),
    (Order, "to_plan"), (OrderItem, "order"), (OrderItem, "product"), (Subscription, "account"),
    (Subscription, "product"), (Subscription, "plan"), (Subscription, "order_item"), (Subscription, "replaces"),
    (PendingChange, "subscription"), (PendingChange, "to_plan"), (Charge, "account"), (Charge, "order"),
    (Charge, "subscription"), (AliasClaim, "account"), (ApiToken, "account"), (Storefront, "account"),
    (Storefront, "claim"), (Storefront, "logo"), (Picture, "account"), (StorefrontDraft, "account"),
    (StorefrontDraft, "logo"), (Listing, "storefront"), (Listing, "product"), (StorefrontText, "storefront"),
    (TenantRequest, "account"), (TermsAcceptance, "account"), (TermsAcceptance, "order"), (TermsAcceptance, "terms"),
    (Activity, "account"), (Activity, "order"), (Activity, "subscription"), (Storefront, "created_by_order"),
    (Basket, "storefront"), (Notification, "account"), (Notification, "order"), (Notification, "subscription"),
    (Notification, "storefront"), (Notification, "resend_of"),
]  # fmt: skip
# The same for rows that name no operator and stand between two that do: (model, one side, the other).
BETWEEN: list[tuple[type, str, str]] = [
    (BasketItem, "basket", "product"),
    (PlanEdge, "from_plan", "to_plan"),
    (TemplateRecipient, "template", "contact"),
]


def rows_across_operators() -> Rows:
    found: Rows = []
    for model, field in CROSSING:
        strange = model.objects.filter(**{f"{field}__isnull": False}).exclude(**{f"{field}__operator": F("operator")})
        found += [
            {"model": model.__name__, "field": field, "id": pk} for pk in strange.values_list("pk", flat=True)[:50]
        ]
    for model, one, other in BETWEEN:
        strange = model.objects.filter(**{f"{other}__isnull": False}).exclude(
            **{f"{one}__operator": F(f"{other}__operator")}
        )
        found += [
            {"model": model.__name__, "field": other, "id": pk} for pk in strange.values_list("pk", flat=True)[:50]
        ]
    return found


def failed_orders_without_a_reason() -> Rows:
    return list(
        Order.objects.filter(state="failed").filter(Q(error_message="") | Q(error_code="")).values("id", "number")
    )


def executed_orders_without_one_activity() -> Rows:
    executed = Order.objects.filter(state="executed")
    counted = executed.annotate(n=Count("activities", filter=Q(activities__to_state="executed")))
    return list(counted.exclude(n=1).values("id", "number", "n"))


def holds_of_nobody() -> Rows:
    """A hold without end belongs to an order that is open; one with an end may only lie about until the end."""
    waiting = OrderItem.objects.filter(
        order__account=OuterRef("account"), alias=OuterRef("alias"), order__state__in=["placed", "executing", "failed"]
    )
    endless = AliasClaim.objects.filter(state="held", held_until__isnull=True)
    return list(endless.exclude(Exists(waiting)).values("id", "alias"))


def operators_without_their_account() -> Rows:
    return list(Operator.objects.filter(account__isnull=True).values("id", "name"))


def accounts_wrong_about_their_primary_contact() -> Rows:
    has_one = Exists(Contact.objects.primary().filter(account=OuterRef("pk")))
    wrong = Account.objects.filter(has_one, has_primary_contact=False)
    wrong |= Account.objects.filter(~has_one, has_primary_contact=True)
    return list(wrong.values("id", "number", "has_primary_contact"))


INVARIANTS: dict[str, Callable[[], Rows]] = {
    "I1 executed upgrades have exactly one subscription": executed_upgrades_without_their_subscription,
    "I1 each item of an executed order has its subscription": items_of_executed_orders_without_subscription,
    "I2 no subscription without an executed order": subscriptions_without_an_executed_order,
    "I3 no account with two active plan subscriptions": accounts_with_two_active_plans,
    "I4 an alias is claimed once, whatever its case": aliases_claimed_twice,
    "I5 a plan with a storefront has one that is open": storefront_plans_without_an_open_storefront,
    "I6 no open storefront without an active plan": open_storefronts_without_a_plan,
    "I6 an open storefront has its alias in use": open_storefronts_without_their_alias,
    "I6 no alias in use without a storefront": aliases_in_use_by_nobody,
    "I6 a parked storefront's alias waits for it": parked_storefronts_whose_alias_is_free,
    "I7 each upgrade has its welcome, none twice": openings_without_their_welcome,
    "I8 no order is stuck": orders_stuck,
    "I9 no letter is stuck": letters_stuck,
    "I10 no row crosses operators": rows_across_operators,
    "I12 each failed order has a reason": failed_orders_without_a_reason,
    "I13 each executed order has one activity that says so": executed_orders_without_one_activity,
    "I14 endless holds belong to open orders": holds_of_nobody,
    "I15 each operator has its account": operators_without_their_account,
    "I16 charges add up to what was agreed": verify_money.charges_that_do_not_add_up,
    "I17 an account knows whether it has a primary contact": accounts_wrong_about_their_primary_contact,
    "I18 what is due has been renewed": verify_money.subscriptions_that_were_not_renewed,
    "I19 charged periods follow each other": verify_money.periods_with_a_gap_between,
    "I19 a subscription is charged from its first day to its last": verify_money.subscriptions_charged_for_other_days,
    "I20 a credit is for the last charged period": verify_money.credits_of_another_period,
    "I21 a scheduled change can and does happen": changes_that_cannot_happen,
}


def broken() -> dict[str, Rows]:
    """The invariants that do not hold, each with the rows that show it. Empty when all is well."""
    return {name: rows for name, find in INVARIANTS.items() if (rows := find())}
