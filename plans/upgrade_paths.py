"""Which plan may follow which. The ladder is rows (PlanEdge); plans are compared here and nowhere else."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, Subquery

from .models import Account, Order, Plan, PlanEdge, Product, Subscription
from .models.account import Holding
from .refusals import Refused

UP, DOWN, SAME = "up", "down", "same"


@dataclass(frozen=True)
class Option:
    """One plan as seen from an account: where it stands, what it costs, and why it cannot be had."""

    plan: Plan
    product: Product | None
    direction: str
    refusal: Refused | None
    prices: dict[str, object]

    @property
    def is_current(self) -> bool:
        return self.direction == SAME


def kind_of_change(direction: str, *, to_plan: Plan) -> str:
    """The word for the change on an order: upgrade, downgrade, or cancel when nothing is left to subscribe to."""
    if direction == UP:
        return Order.Change.UPGRADE
    return Order.Change.CANCEL if to_plan.is_default else Order.Change.DOWNGRADE


def direction_of(from_plan: Plan, to_plan: Plan) -> str | None:
    """Up or down as the edge says; None where there is no edge."""
    if from_plan.id == to_plan.id:
        return SAME
    edge = PlanEdge.objects.filter(from_plan=from_plan, to_plan=to_plan).values_list("direction", flat=True)
    return edge.first()


def change_refusals(
    account: Account, *, holding: Holding, to_plan: Plan, direction: str | None, except_order_id: int | None = None
) -> list[Refused]:
    """Every reason why the account cannot take this step now, in the order in which a person would mend them."""
    found = _standing_refusals(account, holding.subscription, to_plan, direction, holding.plan)
    standing = Order.objects.open_plan_orders().filter(account=account).exclude(id=except_order_id)
    if number := standing.values_list("number", flat=True).first():
        found.append(Refused("open_order_exists", order=number))
    return found


def _standing_refusals(account, subscription, to_plan: Plan, direction: str | None, from_plan: Plan) -> list[Refused]:
    """Those that follow from the account, its subscription and the plan alone: no query."""
    found: list[Refused] = []
    if account.kind != Account.Kind.RESELLER or not account.reselling_enabled:
        found.append(Refused("not_a_reseller"))
    if account.is_suspended:
        found.append(Refused("account_suspended", account=account.name))
    if direction == SAME:
        found.append(Refused("already_on_plan", account=account.name, plan=to_plan.name))
    elif direction != UP:  # the way down has its own door, its own credit and its own letters
        found.append(Refused("no_upgrade_path", from_plan=from_plan.name, plan=to_plan.name))
    if not to_plan.is_offered and not to_plan.is_default:
        found.append(Refused("plan_not_offered", plan=to_plan.name))
    if pending := getattr(subscription, "pending_change", None):
        found.append(Refused("pending_change_exists", day=f"{pending.due_on:%-d %b %Y}"))
    return found


def refuse_execution(order: Order, *, account: Account, subscription: Subscription | None) -> None:
    """What may have changed between placing and execution still refuses: the plan, the account, the starting point.

    Lines, prices and the day were agreed to and are not asked again.
    """
    current = subscription.plan if subscription else None
    start = current or order.from_plan
    if current is None and not order.from_plan.is_default:
        left_with, *_ = Plan.objects.default_of(order.operator_id)
        raise Refused("no_upgrade_path", from_plan=left_with.name, plan=order.to_plan.name)
    direction = UP if start.id == order.from_plan_id else direction_of(start, order.to_plan)
    for refusal in _standing_refusals(account, subscription, order.to_plan, direction, start):
        raise refusal


def upgrade_options(account: Account) -> list[Option]:
    """Every plan of the operator, lowest first, as seen from this account, priced in its currency. Four queries."""
    subscription = account.plan_subscription()
    plans = _plans_seen_from(account, subscription)
    default = next(plan for plan in plans if plan.is_default)
    current = subscription.plan if subscription else default
    shared = _refusals_of_any_step(account, subscription, current, open_order=default.open_order)
    options = []
    for plan in plans:
        direction = SAME if plan.id == current.id else plan.step
        product = getattr(plan, "product", None)
        prices = {p.cycle: p for p in product.prices.all() if p.currency == account.currency} if product else {}
        options.append(
            Option(plan, product, direction or "none", _refusal_of(plan, direction, account, current, shared), prices)
        )
    return options


def _plans_seen_from(account: Account, subscription: Subscription | None) -> list[Plan]:
    """The operator's plans; `step` is the way of the edge to each, `open_order` the account's open plan order."""
    here = Q(from_plan=subscription.plan_id) if subscription else Q(from_plan__is_default=True)
    edges = PlanEdge.objects.filter(here, from_plan__operator=account.operator_id, to_plan=OuterRef("pk"))
    standing = Order.objects.open_plan_orders().filter(account=account)
    plans = Plan.objects.filter(operator_id=account.operator_id).order_by("rank").select_related("product")
    return list(
        plans.prefetch_related("product__prices", "entitlements").annotate(
            step=Subquery(edges.values("direction")[:1]), open_order=Subquery(standing.values("number")[:1])
        )
    )


def _refusals_of_any_step(account, subscription, current: Plan, *, open_order: str | None) -> list[Refused]:
    found = _standing_refusals(account, subscription, current, UP, current)
    if open_order:
        found.append(Refused("open_order_exists", order=open_order))
    return [refusal for refusal in found if refusal.code not in ("plan_not_offered", "no_upgrade_path")]


def _refusal_of(plan, direction, account, current, shared) -> Refused | None:
    if direction == SAME:
        return Refused("already_on_plan", account=account.name, plan=plan.name)
    if direction is None:
        return Refused("no_upgrade_path", from_plan=current.name, plan=plan.name)
    if not plan.is_offered and not plan.is_default:
        return Refused("plan_not_offered", plan=plan.name)
    return shared[0] if shared else None
