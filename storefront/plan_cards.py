"""The Reseller Plans page: a card per plan, and the table that compares them. The ladder decides, no name does."""

from dataclasses import dataclass, field

from django.urls import reverse

from plans.models import Entitlement, Operator, Plan, Price, Product, Subscription
from plans.refusals import SENTENCES
from plans.upgrade_paths import DOWN, Option, upgrade_options

from .membership import Visitor

Code = Entitlement.Code
FOR_RESELLERS = "Reseller Plans are for resellers."
GROUPS: tuple[tuple[str, tuple[Code, ...]], ...] = (
    (
        "Selling",
        (Code.SHOP, Code.CUSTOMERS_ORDER, Code.DIRECT_ORDERS, Code.CUSTOMERS, Code.LISTED_PRODUCTS, Code.OWN_PRICES),
    ),
    ("Storefront", (Code.OWN_STOREFRONT, Code.BRANDING, Code.UNBRANDED, Code.CUSTOM_DOMAIN, Code.OWN_SENDER)),
    ("Platform", (Code.USERS, Code.API_READ, Code.API_WRITE, Code.OWN_BSS)),
)
COUNTED = frozenset({Code.CUSTOMERS, Code.LISTED_PRODUCTS, Code.USERS})


@dataclass(frozen=True)
class Card:
    """One plan. `action` is "buy", "down", "sign_in", "current" or "included"; `reason` says why it cannot be had now.
    `url` leads down to a smaller plan."""

    plan: Plan
    product: Product | None
    monthly: Price | None
    yearly: Price | None
    action: str
    reason: str = ""
    url: str = ""
    entitlements: dict[str, int | None] = field(default_factory=dict)

    @property
    def is_current(self) -> bool:
        return self.action == "current"


def cards(operator: Operator, *, visitor: Visitor) -> tuple[list[Card], Subscription | None]:
    """The plans that are sold here, the one held without a subscription, and the visitor's own; lowest first. And the
    plan subscription that the visitor's account has."""
    held = None
    if visitor.is_reseller:
        options = upgrade_options(visitor.account)
        seen, held = [_card_of(option, visitor=visitor) for option in options], options[0].held
    else:
        plans = Plan.objects.filter(operator=operator).order_by("rank").select_related("product")
        reason = FOR_RESELLERS if visitor.is_member else ""
        seen = [
            _card(plan, _prices(plan, operator.currency), "buy" if reason else "sign_in", reason)
            for plan in plans.prefetch_related("product__prices", "entitlements")
        ]
    return [card for card in seen if _is_shown(card)], held


def _is_shown(card: Card) -> bool:
    sold = card.plan.is_offered and card.product is not None and card.product.is_sold
    return sold or card.plan.is_default or card.is_current


def _card_of(option: Option, *, visitor: Visitor) -> Card:
    if option.is_current:
        return _card(option.plan, option.prices, "current")
    is_down = option.direction == DOWN and option.held is not None
    refusal = option.refusal.sentence if option.refusal else ""
    reason = refusal if visitor.may("change_plan" if is_down else "buy") else SENTENCES["not_permitted"]
    url = _way_down(option) if is_down else ""
    return _card(option.plan, option.prices, "down" if is_down else "buy", reason, url)


def _way_down(option: Option) -> str:
    """Back to the plan that needs no subscription is what cancelling does."""
    number = option.held.number
    if option.plan.is_default:
        return reverse("subscription_cancel", args=[number])
    return f"{reverse('subscription_downgrade', args=[number])}?to={option.plan.code}"


def _card(plan: Plan, prices: dict[str, Price], action: str, reason: str = "", url: str = "") -> Card:
    product = getattr(plan, "product", None)
    if plan.is_default and action in ("buy", "sign_in"):
        action, reason = "included", ""
    return Card(plan, product, prices.get("month"), prices.get("year"), action, reason, url, plan.sold_as())


def _prices(plan: Plan, currency: str) -> dict[str, Price]:
    product = getattr(plan, "product", None)
    return {price.cycle: price for price in product.prices.all() if price.currency == currency} if product else {}


@dataclass(frozen=True)
class Row:
    label: str
    cells: list[tuple[Card, str]]  # what the plan includes, as a word; empty where it does not


def compare(shown: list[Card], *, operator: Operator) -> list[tuple[str, list[Row]]]:
    """The comparison by groups. What none of the shown plans includes is left out."""
    groups = []
    for title, codes in GROUPS:
        rows = [Row(_label(code, operator), [(card, _cell(card, code)) for card in shown]) for code in codes]
        if rows := [row for row in rows if any(word for _, word in row.cells)]:
            groups.append((title, rows))
    return groups


def _label(code: Code, operator: Operator) -> str:
    return f"Order in the {operator.short_name} storefront" if code == Code.SHOP else code.label


def _cell(card: Card, code: Code) -> str:
    if code not in card.entitlements:
        return ""
    limit = card.entitlements[code]
    if limit is not None:
        return f"Up to {limit}"
    return "Unlimited" if code in COUNTED else "Included"
