"""How much each page of the back office and each list of the API asks the database: the same, however much there is.

Counted with a warm cache: SELECT, INSERT, UPDATE, DELETE.
"""

import pytest
from django.urls import resolve

import api.urls
import bss.urls
from api.endpoints import Rows
from bss.lists import ListExport, ListPage
from notifications.models import Notification
from plans.models import (
    Account,
    Activity,
    Contact,
    Order,
    OrderItem,
    StaffMembership,
    Subscription,
    TenantRequest,
    User,
)
from plans.ordering import draft_order
from plans.preview import Wanted
from tests import cast, growing
from tests.api.calling import Program, token_of
from tests.storefront.visits import statements

LIST, RECORD = 6, 10  # at the most

LISTS = {
    "accounts/": 5,
    "accounts/?plan=basic&status=active&country=DE&view=failed&q=kestrel&sort=-since": 5,
    "accounts/?plan=basic&view=no_contact": 5,
    "orders/": 4,
    "orders/?state=draft&channel=bss_order&change=upgrade": 4,
    "orders/?q=alp": 5,
    "orders/new/accounts/?q=alp": 3,
    "subscriptions/": 4,
    "subscriptions/?state=active&plan=free&q=alp": 5,
    "charges/": 3,
    "charges/?kind=charge&since=2020-01-01&account=AC-10001": 3,
    "products/": 5,
    "products/?q=suite&category=Workplace&sold=yes&sort=-category": 5,
    "setup/notifications/outbox/": 3,
    "setup/notifications/outbox/?state=queued&template=welcome_free&entity=accounts&since=2020-01-01&q=owner": 3,
    "setup/notifications/outbox/?view=attention&account=AC-10001&order=SO-01001": 3,
    "setup/notifications/outbox/?view=twice": 3,
    "setup/notifications/customer/accounts/": 4,
    "setup/terms/": 4,
    "setup/terms/acceptances/": 4,
    "setup/terms/acceptances/?q=alp&version=1": 5,
    "setup/staff/": 3,
    "setup/api/": 4,
    "setup/reserved-aliases/": 2,
    "setup/reseller-plans/": 4,
    "notifications/": 3,
    "search/?q=alp": 4,
}  # fmt: skip
API_LISTS = {
    "accounts/": 4,
    "accounts/?kind=reseller&status=active&plan=free&country=DE&view=storefront&q=alp": 5,
    "accounts/{account}/contacts/": 6,
    "charges/": 4,
    "charges/?kind=charge&account={account}&since=2020-01-01&after=1": 4,
    "notifications/": 4,
    "notifications/?state=queued&account={account}&order={order}": 4,
    "orders/": 5,
    "orders/?state=executed&account={account}": 5,
    "orders/?channel=storefront&change=upgrade&q=alp": 6,
    "plans/": 5,
    "products/": 5,
    "products/?q=suite&category=Workplace&sold=yes": 5,
    "subscriptions/": 4,
    "subscriptions/?state=active&account={account}": 4,
    "subscriptions/?plan=free&q=alp": 6,
    "tenant-requests/": 4,
    "tenant-requests/?state=open&account={account}": 4,
}
RECORDS = {
    "accounts/{account}/": 9,
    "accounts/{account}/contacts/": 8,
    "accounts/{account}/orders/": 8,
    "accounts/{account}/subscriptions/": 7,
    "accounts/{account}/storefront/": 9,
    "accounts/{account}/billing/": 9,
    "accounts/{account}/billing/?show=credit": 8,
    "accounts/{account}/activity/": 8,
    "accounts/{account}/activity/?show=plan": 8,
    "accounts/{account}/activity/?show=orders": 8,
    "accounts/{account}/activity/?show=emails": 7,
    "orders/{order}/": 8,
    "orders/{order}/billing/": 8,
    "orders/{order}/history/": 8,
    "orders/{order}/execution/": 8,
    "orders/{draft}/": 10,
    "orders/{draft}/billing/": 9,
    "orders/{draft}/history/": 10,
    "orders/{draft}/execution/": 10,
    "orders/{way_up}/": 10,
    "orders/{way_up}/history/": 10,
    "subscriptions/{subscription}/": 9,
    "products/workplace-suite/": 6,
    "setup/notifications/outbox/{letter}/": 6,
    "setup/notifications/customer/accounts/welcome_free/": 9,
    "setup/reseller-plans/free/": 7,
}


@pytest.fixture
def world(nordwind) -> dict[str, object]:
    """One of everything. Alpine Cloud is on Free, and a draft would lift it; Basic Net's draft has its alias; Kestrel
    Net lacks a primary contact, and its order failed."""
    cast.product(nordwind)
    alpine = cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")
    maren = User.objects.get(email="maren.holt@nordwind.example")
    token_of(nordwind, maren)
    TenantRequest.objects.create(operator=nordwind, account=alpine)
    kestrel = cast.reseller(nordwind, "Kestrel Net")
    Order.objects.filter(pk=cast.order_plan(kestrel, "free", alias="kestrel").pk).update(state="failed", error_code="x")
    cast.without_primary_contact(kestrel)
    Notification.objects.filter(account=alpine, kind="to").update(recipient_user=maren)
    order = alpine.orders.get()
    return {
        "account": alpine.number,
        "order": order.number,
        "subscription": alpine.subscriptions.get().number,
        "letter": order.notifications.order_by("pk").first().pk,
        "way_up": _draft(alpine, by=maren).number,
        "draft": _draft(cast.reseller(nordwind, "Basic Net"), by=maren, alias="basicnet").number,
    }


def _draft(account: Account, *, by: User, alias: str | None = None) -> Order:
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    products = cast.plan_product(account.operator, "standard"), account.operator.products.get(slug="workplace-suite")
    return draft_order(account, wanted=[Wanted(each) for each in products], channel="bss_order", by=by, alias=alias)


def asked(ask, paths, *, is_warm: bool = False) -> dict[str, int]:
    """How many statements each page takes when it is asked for again."""
    found = {}
    for path in paths:
        if not is_warm:
            ask(path)
        with statements() as counted:
            answer = ask(path)
        assert answer.status_code in (200, 286), (path, answer.status_code)
        found[path] = counted.many
    return found


def test_lists_take_the_same_at_1_20_and_50_rows(world, maren, nordwind):
    assert max(*LISTS.values(), *API_LISTS.values()) <= LIST
    program = Program(token_of(nordwind, User.objects.get(email="maren.holt@nordwind.example")))
    api = {path.format(**world): many for path, many in API_LISTS.items()}
    told = 1
    for rows in (1, 20, 50):
        if rows > 1:
            growing.copy_all(first=told, last=rows - 1)
            colleagues = [User(email=f"colleague-{number}@nordwind.example") for number in range(told, rows)]
            for user in User.objects.bulk_create(colleagues):
                StaffMembership.objects.create(operator=nordwind, user=user, role="operations")
        told = rows
        assert asked(lambda path: maren.get(f"/bss/{path}"), LISTS, is_warm=rows > 1) == LISTS
        assert asked(program.get, api, is_warm=rows > 1) == api


def test_records_take_the_same_whatever_hangs_on_them(world, maren):
    assert max(RECORDS.values()) <= RECORD
    wanted = {path.format(**world): many for path, many in RECORDS.items()}
    assert asked(lambda path: maren.get(f"/bss/{path}"), wanted) == wanted
    hang_on(Account.objects.get(number=world["account"]), many=60)
    hang_on_orders([world["draft"], world["way_up"]], many=60)
    assert asked(lambda path: maren.get(f"/bss/{path}"), wanted, is_warm=True) == wanted


def hang_on(account: Account, *, many: int) -> None:
    """So many more contacts, ended subscriptions with their orders, letters and things that happened."""
    here = f"t.account_id = {account.pk}"
    copy = {"last": many, "where": here, "kept": {Account, cast.Product}}
    growing.copy(Contact, own={"is_primary": "FALSE", "user_id": "NULL"}, **copy)
    growing.copy(Order, **copy | {"where": f"{here} AND t.state = 'executed'"})
    mine = f"t.order_id IN (SELECT id FROM plans_order WHERE account_id = {account.pk} AND state = 'executed')"
    growing.copy(OrderItem, **copy | {"where": mine})
    growing.copy(Subscription, own={"state": "'ended'", "ended_at": "t.started_at", "replaces_id": "NULL"}, **copy)
    copy |= {"first": many + 1, "last": 2 * many, "kept": {Account, Order, Subscription, cast.Product}}
    for model in (Activity, Notification):
        growing.copy(model, **copy)
    assert account.orders.count() > many < account.activities.count()
    assert account.contacts.count() > many < account.subscriptions.count() and account.notifications.count() > many


def hang_on_orders(orders: list[str], *, many: int) -> None:
    """So many more products in each order that is no plan's alone, and so much more history."""
    kept = {Account, Order, cast.Product}
    growing.copy(OrderItem, last=5 * many, first=4 * many, where="NOT t.is_plan", kept=kept)
    growing.copy(Activity, last=5 * many, first=4 * many, where="t.order_id IS NOT NULL", kept=kept | {Subscription})
    for order in Order.objects.filter(number__in=orders):
        assert order.items.count() > many < order.activities.count()


def subclasses(base: type) -> set[type]:
    return {base, *(deep for each in base.__subclasses__() for deep in subclasses(each))}


def test_every_list_is_counted():
    def views(paths, prefix: str, urlconf: str) -> set[type]:
        found = (resolve(f"{prefix}{path.partition('?')[0].format(account='x')}", urlconf) for path in paths)
        return {match.func.view_class for match in found}

    pages = {page for page in subclasses(ListPage) if not issubclass(page, ListExport)} - {ListPage}
    assert pages <= views(LISTS, "/", bss.urls.__name__)
    assert subclasses(Rows) - {Rows} <= views(API_LISTS, "/v1/", api.urls.__name__)
