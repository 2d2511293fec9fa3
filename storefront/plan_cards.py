"""The Reseller Plans page: a card per plan, and the table that compares them. The ladder decides, no name does."""

from dataclasses import dataclass, field

from plans.models import Entitlement, Operator, Plan, Price, Product
from plans.refusals import SENTENCES
from plans.upgrade_paths import upgrade_options

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
    """One plan. `action` is "buy", "sign_in", "current", "included" or "refused"; `reason` says why it is refused."""

    plan: Plan
    product: Product | None
    monthly: Price | None
    yearly: Price | None
    action: str
    reason: str = ""
    entitlements: dict[str, int | None] = field(default_factory=dict)

    @property
    def is_current(self) -> bool:
        return self.action == "current"


def cards(operator: Operator, *, visitor: Visitor) -> list[Card]:
    """The plans that are sold here, the one held without a subscription, and the visitor's own; lowest first."""
    if visitor.is_reseller:
        seen = [_card_of(option, visitor=visitor) for option in upgrade_options(visitor.account)]
    else:
        plans = Plan.objects.filter(operator=operator).order_by("rank").select_related("product")
        reason = FOR_RESELLERS if visitor.is_member else ""
        seen = [
            _card(plan, _prices(plan, operator.currency), "refused" if reason else "sign_in", reason)
            for plan in plans.prefetch_related("product__prices", "entitlements")
        ]
    return [card for card in seen if _is_shown(card)]


def _is_shown(card: Card) -> bool:
    sold = card.plan.is_offered and card.product is not None and card.product.is_sold
    return sold or card.plan.is_default or card.is_current


def _card_of(option, *, visitor: Visitor) -> Card:
    if option.is_current:
        action, reason = "current", ""
    elif option.direction == "down":
        action, reason = "included", ""
    elif not visitor.may("buy"):
        action, reason = "refused", SENTENCES["not_permitted"]
    else:
        action, reason = ("refused", option.refusal.sentence) if option.refusal else ("buy", "")
    return _card(option.plan, option.prices, action, reason)


def _card(plan: Plan, prices: dict[str, Price], action: str, reason: str) -> Card:
    product = getattr(plan, "product", None)
    if plan.is_default and action in ("buy", "sign_in", "refused"):
        action, reason = "included", ""
    return Card(plan, product, prices.get("month"), prices.get("year"), action, reason, plan.sold_as())


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
