"""Which plan may follow which. The ladder is rows (PlanEdge); plans are compared here and nowhere else."""

from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery, prefetch_related_objects

from .models import Account, Order, PendingChange, Plan, PlanEdge, Product, Subscription
from .models.account import Holding
from .prepared import Prepared
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
    held: Subscription | None  # the plan subscription of the account: the same in all of its options

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


@dataclass(frozen=True)
class Step:
    """The step from the plan that an account is on to another one. `sold`: what the other one would be sold with."""

    account: Account
    holding: Holding
    to_plan: Plan
    direction: str | None  # None where there is no edge
    sold: dict[str, int | None]
    open_order: str | None  # the number of the plan order that is under way
    going: str = UP  # the way that is asked for

    @property
    def refusals(self) -> list[Refused]:
        """Every reason why the account cannot take it now, in the order in which a person would mend them."""
        held = self.holding
        found = _standing_refusals(
            self.account, held.subscription, self.to_plan, self.direction, held.plan, going=self.going
        )
        return found + ([Refused("open_order_exists", order=self.open_order)] if self.open_order else [])


def step_to(to_plan: Plan, *, account: Account, going: str = UP, except_order_id: int | None = None) -> Step:
    """Two queries; one where it is known what the account holds. Afterwards it is."""
    subscription = account.held().subscription if account.knows_held else account.plan_subscription()
    here = Q(from_plan=subscription.plan_id) if subscription else FROM_THE_DEFAULT
    plans = _plans_seen(here, account.operator_id, account.pk, except_order_id=except_order_id).select_related(None)
    rows = list(plans.filter(Q(pk=to_plan.pk) | Q(is_default=True)).with_entitlements())
    if subscription:
        holding = Holding.by(subscription)
    else:
        default = next(row for row in rows if row.is_default)
        holding = Holding(default, None, default.entitlements_in(rows))
    there = next(row for row in rows if row.pk == to_plan.pk)
    direction = SAME if to_plan.pk == holding.plan.pk else there.step
    sold = there.entitlements_in(rows)
    return Step(account, account.remember_held(holding), to_plan, direction, sold, there.open_order, going)


def _standing_refusals(
    account, subscription, to_plan: Plan, direction: str | None, from_plan: Plan, *, going: str = UP
) -> list[Refused]:
    """Those that follow from the account, its subscription and the plan alone: no query."""
    found: list[Refused] = []
    if account.kind != Account.Kind.RESELLER or not account.reselling_enabled:
        found.append(Refused("not_a_reseller"))
    if account.is_suspended:
        found.append(Refused("account_suspended", account=account.name))
    if direction == SAME:
        found.append(Refused("already_on_plan", account=account.name, plan=to_plan.name))
    elif direction != going:  # the way down has its own door, its own credit and its own letters
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
    going = UP if order.change == Order.Change.UPGRADE else DOWN
    direction = going if start.id == order.from_plan_id else direction_of(start, order.to_plan)
    for refusal in _standing_refusals(account, subscription, order.to_plan, direction, start, going=going):
        raise refusal
    agreed_until = order.preview.get("replaced_until", "")
    if subscription and agreed_until and subscription.period_end_on.isoformat() != agreed_until:
        # It was renewed while the order was being placed: the agreed credit is not for the period that is paid now.
        raise Refused("preview_stale")


def upgrade_options(account: Account) -> list[Option]:
    """Every plan of the operator, lowest first, as seen from this account, priced in its currency. Four queries."""
    subscription = account.held().subscription if account.knows_held else account.plan_subscription()
    plans = _plans_seen_from(account, subscription)
    prefetch_related_objects(plans, "product__prices", "entitlements")
    options = []
    for plan, direction, refusal in _steps(account, subscription, plans):
        product = getattr(plan, "product", None)
        prices = {p.cycle: p for p in product.prices.all() if p.currency == account.currency} if product else {}
        options.append(Option(plan, product, direction or "none", refusal, prices, subscription))
    return options


@dataclass(frozen=True)
class Standing:
    """The plan an account is on, the subscription for it (none on the default plan), and why it cannot go up now."""

    plan: Plan
    subscription: Subscription | None
    refusal: Refused | None
    no_way_down: str = ""  # the sentence of what stands in the way of every smaller plan

    @property
    def change(self) -> PendingChange | None:
        """The change that waits for its day."""
        return getattr(self.subscription, "pending_change", None)

    @property
    def may_upgrade(self) -> bool:
        return self.refusal is None


def next_way_up(account: Account, *, is_sold: bool = False) -> Option | None:
    """The next plan above that can be ordered, or the first one that says why it cannot; None at the top.

    `is_sold` leaves out what the storefront does not sell. Queries as `upgrade_options`.
    """
    return next_above(upgrade_options(account), is_sold=is_sold)


def next_above(options: list[Option], *, is_sold: bool = False) -> Option | None:
    """The same, among the options at hand."""
    above = [option for option in options if option.direction == UP and option.product]
    ways = [way for way in above if way.product.is_sold or not is_sold]
    return next((way for way in ways if way.refusal is None), next(iter(ways), None))


def all_below(options: list[Option]) -> list[Option]:
    """The smaller plans, the nearest first; those that cannot be had now say why."""
    return [option for option in reversed(options) if option.direction == DOWN]


def standing_of(account: Account) -> Standing:
    """What `upgrade_options` would say, in short: whether there is an upgrade at all. Two queries."""
    subscription = account.plan_subscription()
    if subscription:
        account.remember_held(Holding.by(subscription))
    steps = _steps(account, subscription, _plans_seen_from(account, subscription))
    here, refusal = next((plan, no) for plan, direction, no in steps if direction == SAME)
    ways_up = [no for _, direction, no in steps if direction == UP]
    if ways_up:
        refusal = None if None in ways_up else ways_up[0]
    ways_down = [no for _, direction, no in steps if direction == DOWN]
    stuck = next(iter(ways_down), None) if None not in ways_down else None
    return Standing(here, subscription, refusal, stuck.sentence if stuck else "")


def _steps(account: Account, subscription: Subscription | None, plans: list[Plan]) -> list[tuple]:
    """For each plan its direction as seen from the account (None: no edge), and the refusal of that step."""
    default = next(plan for plan in plans if plan.is_default)
    current = subscription.plan if subscription else default
    shared = _refusals_of_any_step(account, subscription, current, open_order=default.open_order)
    steps = []
    for plan in plans:
        direction = SAME if plan.id == current.id else plan.step
        steps.append((plan, direction, _refusal_of(plan, direction, account, current, shared)))
    return steps


def _plans_seen(here: Q, operator: int, account: int, *, except_order_id: int | None = None) -> QuerySet:
    """The operator's plans; `step` is the way of the edge to each, `open_order` the account's open plan order."""
    edges = PlanEdge.objects.filter(here, from_plan__operator=operator, to_plan=OuterRef("pk"))
    standing = Order.objects.open_plan_orders().filter(account=account).exclude(id=except_order_id)
    plans = Plan.objects.filter(operator_id=operator).order_by("rank").select_related("product")
    return plans.annotate(
        step=Subquery(edges.values("direction")[:1]), open_order=Subquery(standing.values("number")[:1])
    )


FROM_THE_DEFAULT = Q(from_plan__is_default=True)
PLANS_FROM_THE_DEFAULT = Prepared(lambda **who: _plans_seen(FROM_THE_DEFAULT, **who), operator=int, account=int)
PLANS_FROM_ANOTHER = Prepared(
    lambda plan, **who: _plans_seen(Q(from_plan=plan), **who), operator=int, account=int, plan=int
)


def _plans_seen_from(account: Account, subscription: Subscription | None) -> list[Plan]:
    who = {"operator": account.operator_id, "account": account.pk}
    return PLANS_FROM_ANOTHER(**who, plan=subscription.plan_id) if subscription else PLANS_FROM_THE_DEFAULT(**who)


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
