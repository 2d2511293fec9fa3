"""What PostgreSQL does for lists, filters, searches and records with 20,000 resellers: an index leads to few rows.

Each question is explained as it ran. Of a new filter all choices are tried; if it has none, TYPED must tell of it.
"""

import base64
import json
from collections.abc import Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import django_filters
import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import resolve
from django.utils.http import urlencode

import api.urls
import bss.urls  # noqa: F401 - whoever has an address is one of the subclasses
from api.endpoints import Rows
from bss import paging
from bss.lists import ListExport, ListPage
from bss.orders.views import OrderList
from bss.setup.terms import acceptances
from bss.subscriptions.views import SubscriptionList
from notifications.models import Notification
from plans.announcing import NOTICE, announce_renewals
from plans.letter_retention import TOGETHER, remove_old_words
from plans.models import Order, Subscription, User, account
from plans.periods import today
from plans.renewing import renew_due
from tests.api.calling import BSS, Program, token_of
from tests.bss import big_world
from tests.bss.conftest import sign_in
from tests.bss.test_sql_counts import API_LISTS, LISTS, RECORDS, subclasses
from ui.filters import owners

pytestmark = [
    pytest.mark.pg,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="asks PostgreSQL's planner"),
]
GROWN = 1_000  # a table of more rows is never read from end to end
TOUCHED = 2_500  # rows that one step of a plan may read, or sort, of 20,000

DAYS = [f"{date.today() - timedelta(days=back)}" for back in (2000, 200, 3, -2000)]

# What is typed where there are no choices, and of long lists of choices some: frequent, rare, and found nowhere.
TYPED = {
    ("AccountList", "plan"): ["basic", "free", "standard", "tenant"],
    ("AccountList", "parent"): ["AC-10050", "nonsense"],
    ("AccountList", "country"): ["DE", "SE", "IT"],
    ("AccountList", "q"): ["amber", "am", "a", "zirbel", "AC-10050", "owner@scale-1005", "ac-10050-1"],
    ("OrderList", "q"): ["SO-01050", "amber", "a", "zirbel", "AC-10050"],
    ("SubscriptionList", "plan"): ["free", "standard", "tenant", "none"],
    ("SubscriptionList", "q"): ["SUB-01050", "amber", "a", "zirbel", "AC-10050"],
    ("ProductList", "category"): ["Workplace", "Nonsense"],
    ("ProductList", "q"): ["suite", "work", "wo", "w", "zirbel"],
    ("Outbox", "since"): DAYS,
    ("Outbox", "until"): DAYS,
    ("Outbox", "q"): ["5.owner@scale-1005", "zirbel"],
    ("AcceptanceList", "version"): ["1", "2", "3"],
    ("AcceptanceList", "q"): ["SO-01050", "amber", "a", "zirbel"],
    **{
        (room, name): [f"{prefix}-{number}", "nonsense"]
        for name, prefix, number in (("account", "AC", 10050), ("order", "SO", "01050"))
        for room in ("OrderList", "SubscriptionList", "NotificationList", "Outbox", "TenantRequestList", "ChargeList")
    },
}
TYPED |= {("ChargeList", name): DAYS for name in ("since", "until")} | {("ChargeList", "after"): ["0", "100000000"]}
TYPED |= {("NotificationList", name): TYPED["Outbox", name] for name in ("since", "until", "q")}
SEARCHES = ["amber", "am", "a", "zirbel", "AC-10050", "1050", "SO-01050", "SUB-01050", "owner@scale-1005"]


@pytest.fixture(scope="module")
def nordwind(django_db_setup, django_db_blocker):
    with big_world.for_a_module(django_db_blocker) as operator:
        yield operator


@pytest.fixture(autouse=True)
def as_if_there_were_more(monkeypatch):
    """A search looks at as many of 20,000 accounts as it does of 200,000."""
    monkeypatch.setattr(account, "MOST_FOUND", account.MOST_FOUND // 10)
    monkeypatch.setattr(owners, "MOST_ACCOUNTS", owners.MOST_ACCOUNTS // 10)


@pytest.fixture
def maren(nordwind, db) -> User:
    return User.objects.get(email="maren.holt@nordwind.example")


def choices(room: str, name: str, one: django_filters.Filter) -> list[str]:
    if (room, name) in TYPED:
        return TYPED[room, name]
    assert "choices" in one.extra, f"say in TYPED what is typed in the filter {name} of {room}"
    return [code for code, _ in one.extra["choices"]]


def wanted(page: type[ListPage]) -> Iterator[dict[str, str]]:
    """Each choice of each filter, in each sort."""
    sorts = [sign + name for name in page.sorts for sign in ("", "-")] or [""]
    each_filter = page.filters.base_filters.items()
    asked = [{}] + [{name: value} for name, one in each_filter for value in choices(page.__name__, name, one)]
    return ({"sort": sort} | each for each in asked for sort in sorts)


def middle_of(page: type[ListPage], sort: paging.Sorting, operator) -> str:
    """The key of the row in the middle."""
    listed = page()
    listed.request = SimpleNamespace(operator=operator)
    half = listed.rows().order_by().count() // 2
    [row] = sort.of(listed.rows()).values_list(*page.columns, named=True)[half : half + 1]
    return sort.key(row)


def show(page: type[ListPage], query: dict[str, str], operator) -> None:
    request = RequestFactory().get("/", query)
    request.operator = operator
    listed = page()
    listed.setup(request)
    rows = listed.wanted(request).qs.values_list(*page.columns, named=True)
    paging.page_of(rows, request, order=listed.order(request), size=page.size)


class Judge:
    """Explains each question once, and keeps what is wrong with it."""

    def __init__(self) -> None:
        """A thousand of 20,000 rows are as good as all when pages are fetched from a slow disk, unlike of a million."""
        self.seen: set[str] = set()
        self.wrong: list[str] = []
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL random_page_cost = 1.1")
            cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [GROWN])
            self.grown = {name for (name,) in cursor.fetchall()}

    def hear(self, captured: CaptureQueriesContext, asked: object) -> None:
        for sql in {query["sql"] for query in captured} - self.seen:
            self.seen.add(sql)
            if sql.lstrip("( ").startswith("SELECT"):
                self.wrong += [f"{asked}: {fault}\n    {sql}" for fault in self.faults(sql)]

    def faults(self, sql: str) -> Iterator[str]:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + sql.replace("%", "%%"), [])
            told = cursor.fetchone()[0]
        [plan] = json.loads(told) if isinstance(told, str) else told
        for step in steps(plan["Plan"]):
            table, kind = step.get("Relation Name", ""), step["Node Type"]
            passed = step.get("Rows Removed by Filter", 0) + step.get("Rows Removed by Index Recheck", 0)
            rows = (step["Actual Rows"] + passed) * step["Actual Loops"]
            if table in self.grown and rows > TOUCHED:
                yield f"{kind} on {table} reads {rows:.0f} rows"
            if "Sort" in kind and rows > TOUCHED:
                yield f"{kind} by {step['Sort Key']} of {rows:.0f} rows"

    def content(self) -> bool:
        return len(self.seen) > 0 and not self.wrong


def steps(plan: dict) -> Iterator[dict]:
    yield plan
    for part in plan.get("Plans", []):
        yield from steps(part)


def test_the_world_is_big(maren):
    assert {"plans_account", "plans_contact", "plans_order", "plans_orderitem", "plans_subscription", "plans_activity",
            "plans_aliasclaim", "plans_storefront", "plans_termsacceptance", "notifications_notification",
            } <= Judge().grown  # fmt: skip


PAGES = sorted((p for p in subclasses(ListPage) if not issubclass(p, ListExport)), key=lambda p: p.__name__)


@pytest.mark.parametrize("room", [page for page in PAGES if page is not ListPage], ids=lambda page: page.__name__)
def test_every_filter_and_sort_on_the_first_page_and_in_the_middle(maren, nordwind, room):
    judge, keys = Judge(), {}
    for query in wanted(room):
        order = room().order(RequestFactory().get("/", query))
        keys[order] = keys.get(order) or middle_of(room, order, nordwind)
        for place in ({}, {"after": keys[order]}, {"before": keys[order]}):
            with CaptureQueriesContext(connection) as captured:
                show(room, query | place, nordwind)
            judge.hear(captured, f"{room.__name__} {urlencode(query | place)}")
    assert judge.content(), "\n".join(judge.wrong)


def test_what_accounts_have_is_never_looked_for_from_the_newest_row_on(maren, nordwind):
    """Whatever the planner thinks of its costs: here it thinks that nothing is dearer than sorting."""
    judge = Judge()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_sort = off")
    for room in (SubscriptionList, OrderList, acceptances.AcceptanceList):
        for place in ({}, {"after": str(2**62)}, {"before": "1"}):
            with CaptureQueriesContext(connection) as captured:
                show(room, {"q": "amber"} | place, nordwind)
            judge.hear(captured, f"{room.__name__} {place}")
    assert judge.content(), "\n".join(judge.wrong)


def test_every_list_search_and_record_as_it_is_asked_for(maren, nordwind, settings):
    settings.BSS_HOST = BSS
    judge, client = Judge(), sign_in(maren)
    order = Order.objects.filter(is_plan_order=True, state="executed").order_by("pk")[1]
    drafts = Order.objects.filter(operator=nordwind, state="draft").order_by("pk")
    letter = Notification.objects.filter(order=order).latest("pk")
    names = {"account": order.account.number, "order": order.number, "letter": letter.pk, "way_up": drafts[1].number,
             "subscription": order.items.get().subscription.number, "draft": drafts[0].number}  # fmt: skip
    paths = [*LISTS, *(path.format(**names) for path in RECORDS), *(f"search/?q={text}" for text in SEARCHES)]
    paths += [f"orders/new/accounts/?q={text}" for text in SEARCHES]
    paths += [f"setup/notifications/customer/accounts/welcome_free/?account={text}" for text in SEARCHES]
    for path in paths:
        client.get(f"/bss/{path}")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(f"/bss/{path}").status_code in (200, 286), path
        judge.hear(captured, path)
    assert judge.content(), "\n".join(judge.wrong)


def test_a_sweeper_looks_at_what_is_due_alone(maren, nordwind):
    """With nothing due, and with some; a year is announced to some as well."""
    judge, on = Judge(), today(nordwind)
    begun = Subscription.objects.active().filter(period_start_on__lt=on)  # today's first period is charged already
    held = begun.order_by("pk").values_list("pk", flat=True)
    for due in ([], held[500:540]):
        about = Subscription.objects.filter(pk__in=list(due))
        about.update(period_start_on=on - timedelta(days=30), period_end_on=on)
        Subscription.objects.filter(pk__in=list(held[600:640])[: len(due)]).update(
            cycle="year", period_end_on=on + NOTICE
        )
        with CaptureQueriesContext(connection) as captured:
            assert (renew_due(seconds=5), announce_renewals()) == (len(due), len(due))
        judge.hear(captured, f"{len(due)} due")
    assert judge.content(), "\n".join(judge.wrong)


def test_words_that_are_old_are_found_without_looking_at_the_rest(maren, nordwind):
    """With none that is old enough, with some, and with those gone."""
    judge = Judge()
    for months, gone in ((240, 0), (4, TOGETHER), (4, TOGETHER), (240, 0)):
        type(nordwind).objects.filter(pk=nordwind.pk).update(letter_words_months=months)
        with CaptureQueriesContext(connection) as captured:
            assert remove_old_words() == gone
        judge.hear(captured, f"{months} months, {gone} gone")
    assert judge.content(), "\n".join(judge.wrong)


def test_every_filter_of_the_api_on_the_first_page_and_in_the_middle(maren, nordwind, settings):
    settings.BSS_HOST = BSS
    judge, program = Judge(), Program(token_of(nordwind, maren))
    places = {path.partition("?")[0].format(account="AC-10050") for path in API_LISTS}
    lists = {page: path for path in places for page in [view_of(path)]}
    assert set(lists) == subclasses(Rows) - {Rows}
    for page, path in lists.items():
        filters = getattr(page, "filterset_class", None)
        filters = filters.base_filters if filters else {}
        told = [{name: value} for name, one in filters.items() for value in choices(page.__name__, name, one)]
        for query in [{}, *told]:
            for place in ({}, {"cursor": middle(page, query)}):
                with CaptureQueriesContext(connection) as captured:
                    assert program.get(path, **query, **place).status_code == 200
                judge.hear(captured, f"{path}{query | place}")
    assert judge.content(), "\n".join(judge.wrong)


def view_of(path: str) -> type[Rows]:
    return resolve(f"/v1/{path}", api.urls.__name__).func.view_class


def middle(page: type[Rows], query: dict[str, str]) -> str:
    column = page().order(SimpleNamespace(query_params=query))[0].removeprefix("-")
    rows = page.queryset.model.objects.order_by(column).values_list(column, flat=True)
    return base64.b64encode(urlencode({"p": rows[rows.count() // 2]}).encode()).decode()
