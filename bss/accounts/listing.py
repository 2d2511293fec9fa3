"""The rows of the list of accounts, put into words before the template sees them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django_countries import countries

from plans.models import Account, Operator, Order, Plan, Storefront, Subscription

COLUMNS = (
    "pk", "name", "number", "city", "country", "state", "created_at", "plan_id", "alias", "storefront_state",
)  # fmt: skip
HEADS = ["Account", "Account ID", "City", "Country", "Plan", "Storefront Alias", "Status", "Since"]
CHUNK = 500
A_WHILE = 600  # seconds


@dataclass(frozen=True, slots=True)
class AccountRow:
    name: str
    number: str
    city: str
    country: str
    plan: Plan
    alias: str
    is_open: bool
    kind: str
    status: str
    since: str


def rows_to_list(operator: Operator) -> QuerySet:
    """The operator's resellers, with what the list shows of plan and storefront."""
    plan = Subscription.objects.active().for_plans().filter(account=OuterRef("pk")).values("plan_id")[:1]
    # No joins: whatever is asked, they are looked up for the rows of the page alone.
    shop = Storefront.objects.filter(account=OuterRef("pk"))
    columns = {"alias": Subquery(shop.values("claim__alias")), "storefront_state": Subquery(shop.values("state"))}
    return Account.objects.resellers().filter(operator=operator).annotate(plan_id=Subquery(plan), **columns)


def rows_of(found: list, *, plans: list[Plan], operator: Operator) -> list[AccountRow]:
    """The rows for accounts that were read with COLUMNS; one query for the failed orders of all."""
    failed = Order.objects.filter(operator=operator, state=Order.State.FAILED, account__in=[row.pk for row in found])
    troubled = set(failed.values_list("account", flat=True)) if found else set()
    known = {plan.pk: plan for plan in plans}
    default = next(plan for plan in plans if plan.is_default)
    return [_row(row, known.get(row.plan_id, default), row.pk in troubled) for row in found]


def cells_of(accounts: QuerySet, *, plans: list[Plan], operator: Operator) -> Iterator[tuple]:
    """The same rows for a file: a chunk at a time, one query more for each."""
    chunk = []
    for account in accounts.iterator(chunk_size=CHUNK):
        chunk.append(account)
        if len(chunk) == CHUNK:
            yield from _cells(rows_of(chunk, plans=plans, operator=operator))
            chunk = []
    yield from _cells(rows_of(chunk, plans=plans, operator=operator))


def _cells(rows: Iterable[AccountRow]) -> Iterator[tuple]:
    for row in rows:
        yield row.name, row.number, row.city, row.country, row.plan.name, row.alias, row.status, row.since


def _row(account, plan: Plan, is_troubled: bool) -> AccountRow:
    kind, word = "ok", "Active"
    if account.state == Account.State.SUSPENDED:
        kind, word = "warn", "Suspended"
    elif is_troubled:
        kind, word = "bad", "Execution failed"
    return AccountRow(
        account.name,
        account.number,
        account.city,
        account.country,
        plan,
        account.alias or "",
        account.storefront_state == Storefront.State.OPEN,
        kind,
        word,
        f"{timezone.localtime(account.created_at):%-d %b %Y}",
    )


def countries_of(operator: Operator) -> list[tuple[str, str]]:
    """The countries that resellers are in, by name. Kept a while: finding them means looking at every account."""
    key = f"account-countries:1:{operator.pk}"
    codes = cache.get(key)
    if codes is None:
        found = Account.objects.resellers().filter(operator=operator).exclude(country="")
        codes = list(found.order_by("country").values_list("country", flat=True).distinct())
        cache.set(key, codes, A_WHILE)
    return sorted(((code, countries.name(code) or code) for code in codes), key=lambda pair: pair[1])
