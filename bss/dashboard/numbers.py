"""The plan business in numbers. Each question is one query that an index answers, whatever the house has grown to."""

import statistics
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncWeek

from plans.models import Account, Operator, Order, Plan, Storefront, Subscription
from plans.models.product import Cycle
from plans.periods import today

MOST = 100_000  # counted no further: a figure says "100,000+"
WEEKS = 12
MOST_TIMED = 1_000  # the newest upgrades are enough for a median


def counted(rows: QuerySet, *, most: int = MOST) -> int:
    """How many rows, up to one more than `most`."""
    return rows.order_by()[: most + 1].count()


def shown(count: int, *, most: int = MOST) -> str:
    return f"{most:,}+" if count > most else f"{count:,}"


def resellers(operator: Operator) -> int:
    return counted(Account.objects.filter(operator=operator, kind=Account.Kind.RESELLER))


def with_storefront(operator: Operator) -> int:
    return counted(Storefront.objects.filter(operator=operator, state=Storefront.State.OPEN, is_own=False))


@dataclass
class Held:
    """Who holds which plan, and what the plans bring in a month, in the operator's currency."""

    plans: list[Plan]  # by rank; the first is held without a subscription
    counts: dict[int, int] = field(default_factory=dict)
    per_month: Decimal = Decimal(0)
    other_currencies: bool = False


def held(operator: Operator) -> Held:
    """Two queries: the plans, and their active subscriptions by plan, cycle and currency."""
    found = Held(list(Plan.objects.filter(operator=operator).order_by("rank")))
    active = Subscription.objects.active().for_plans().filter(operator=operator)
    groups = active.values("plan_id", "cycle", "currency").order_by()
    counts: dict[int, int] = defaultdict(int)
    for row in groups.annotate(many=Count("pk"), money=Sum(F("unit_price") * F("quantity"))):
        counts[row["plan_id"]] += row["many"]
        if row["currency"] != operator.currency:
            found.other_currencies = found.other_currencies or bool(row["money"])
        else:
            found.per_month += row["money"] / (12 if row["cycle"] == Cycle.YEAR else 1)
    found.counts = dict(counts)
    return found


@dataclass(frozen=True)
class Week:
    starts_on: date
    by_plan: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.by_plan.values())


def upgrades_per_week(operator: Operator) -> list[Week]:
    """The last twelve weeks, this one last, by the operator's clock. What was imported is no upgrade of ours."""
    monday = today(operator) - timedelta(days=today(operator).weekday())
    days = [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]
    week = TruncWeek("executed_at", tzinfo=ZoneInfo(operator.time_zone))
    found: dict[date, dict[int, int]] = defaultdict(dict)
    groups = _upgrades(operator, since=days[0]).annotate(week=week).values("week", "to_plan_id").order_by()
    for row in groups.annotate(many=Count("pk")):
        found[row["week"].date()][row["to_plan_id"]] = row["many"]
    return [Week(day, found[day]) for day in days]


@dataclass(frozen=True)
class Waited:
    """Seconds from placing an upgrade to its end, of the newest ones of the last twelve weeks."""

    median: float
    p95: float


def time_to_storefront(operator: Operator) -> Waited | None:
    """None while there was no upgrade in that time."""
    since = today(operator) - timedelta(weeks=WEEKS)
    newest = _upgrades(operator, since=since).filter(placed_at__isnull=False).order_by("-executed_at")
    pairs = newest.values_list("placed_at", "executed_at")[:MOST_TIMED]
    seconds = sorted((end - start).total_seconds() for start, end in pairs)
    if not seconds:
        return None
    return Waited(statistics.median(seconds), seconds[min(len(seconds) - 1, int(len(seconds) * 0.95))])


def _upgrades(operator: Operator, *, since: date) -> QuerySet:
    start = datetime.combine(since, time(), tzinfo=ZoneInfo(operator.time_zone))
    upgrades = Order.objects.filter(operator=operator, change=Order.Change.UPGRADE, executed_at__gte=start)
    return upgrades.exclude(channel=Order.Channel.IMPORT)
