"""Lists and records of the back office, first page and middle page, beside a bare view: one round of them at a time."""

import time
from collections.abc import Callable
from types import SimpleNamespace

from django.conf import settings
from django.test import Client

from plans.models import Operator, Order, StaffMembership, Storefront, Subscription, User
from tests.bench import bare_site

F, LIST = "F: bare view, one query", "bare list of 50, signed in"


def bare_client(settings, **headers: str) -> Client:
    """A client whose middleware is what `startproject` gives; the chain is built here and kept."""
    client, kept = Client(headers=headers), settings.MIDDLEWARE
    settings.MIDDLEWARE = bare_site.MIDDLEWARE
    client.handler.load_middleware()
    settings.MIDDLEWARE = kept
    return client


def asking(client: Client, path: str) -> Callable[[], object]:
    def ask() -> None:
        answer = client.get(path)
        assert answer.status_code in (200, 286), (path, answer.status_code)

    return ask


def sides(operator: Operator, *, settings=settings) -> dict[str, Callable[[], object]]:
    """What is measured, by name; the first two are what the others are measured against."""
    host = settings.BSS_HOST or operator.store_host
    boss = administrator(operator)
    bare, staff = bare_client(settings, host=host), Client(headers={"host": host})
    for client in (bare, staff):
        client.force_login(boss, backend=settings.AUTHENTICATION_BACKENDS[0])
    product = operator.products.order_by("pk").first().slug
    found = {
        F: asking(bare, f"/{product}/?operator={operator.pk}"),
        LIST: asking(bare, f"/list-of-50/?operator={operator.pk}"),
    }
    return found | {name: asking(staff, f"/bss/{path}") for name, path in addresses(operator).items()}


def administrator(operator: Operator) -> User:
    return StaffMembership.objects.filter(operator=operator, role="administrator").select_related("user").first().user


def signed_in(operator: Operator) -> dict[str, str]:
    """The cookies of an administrator."""
    client = Client(headers={"host": settings.BSS_HOST})
    client.force_login(administrator(operator), backend=settings.AUTHENTICATION_BACKENDS[0])
    return {name: cookie.value for name, cookie in client.cookies.items()}


def of_storefronts(operator: Operator) -> dict[str, str]:
    """Pages that anybody may read: the operator's own and those of a reseller that has a storefront."""
    opened = Storefront.objects.filter(operator=operator, is_own=False, state="open", anonymous_browsing=True)
    alias = opened.exclude(claim=None).order_by("pk").values_list("claim__alias", flat=True).first()
    product = operator.products.filter(is_sold=True, plan=None).order_by("pk").first().slug
    product = f"products/{product}/"
    return {
        "storefront, catalogue": "/", "storefront, product": f"/{product}", "a reseller's, home": f"/{alias}/",
        "a reseller's, catalogue": f"/{alias}/products/", "a reseller's, product": f"/{alias}/{product}",
    }  # fmt: skip


def addresses(operator: Operator) -> dict[str, str]:
    """Each list by its first page and by one in the middle, searches, and records from the middle."""
    from bss.accounts.views import AccountList
    from bss.orders.views import OrderList
    from bss.products.views import ProductList
    from bss.setup.notifications.outbox import Outbox
    from bss.setup.terms.acceptances import AcceptanceList
    from bss.subscriptions.views import SubscriptionList

    found = {}
    for path, page, filters in (
        ("accounts/", AccountList, ("plan=free", "status=active", "country=DE", "view=failed", "view=no_contact",
                                    "sort=-since", "q=amber", "q=owner@scale-1005")),
        ("orders/", OrderList, ("state=executed", "channel=import", "q=amber", "q=SO-01900")),
        ("subscriptions/", SubscriptionList, ("state=active", "plan=standard", "q=amber")),
        ("products/", ProductList, ("sort=category", "q=back")),
        ("setup/notifications/outbox/", Outbox, ("state=delivered", "since=2026-01-01", "q=owner")),
        ("setup/terms/acceptances/", AcceptanceList, ("version=1",)),
    ):  # fmt: skip
        found[f"{path}, first page"] = path
        if key := middle_of(page, operator):
            found[f"{path}, in the middle"] = f"{path}?after={key}"
        found |= {f"{path}?{each}": f"{path}?{each}" for each in filters}
    found |= {f"search/?q={text}": f"search/?q={text}" for text in ("amber", "AC-10500", "zirbel")}
    return found | records(operator)


def middle_of(page, operator: Operator) -> str:
    """The key of a row in the middle of a list, empty if there is none."""
    listed = page()
    listed.request = SimpleNamespace(operator=operator)
    half = listed.rows().order_by().count() // 2
    rows = listed.usual.of(listed.rows()).values_list(*page.columns, named=True)[half : half + 1]
    return listed.usual.key(rows[0]).replace(" ", "+") if rows else ""


def records(operator: Operator) -> dict[str, str]:
    orders = Order.objects.filter(operator=operator, is_plan_order=True, state="executed").order_by("pk")
    order = orders[orders.count() // 2]
    subscription = Subscription.objects.get(order_item__order=order)
    paths = [f"accounts/{order.account.number}/{tab}" for tab in
             ("", "contacts/", "orders/", "subscriptions/", "storefront/", "activity/")]  # fmt: skip
    paths += [f"orders/{order.number}/{tab}" for tab in ("", "billing/", "history/")]
    paths += [f"subscriptions/{subscription.number}/"]
    rooms = {"accounts": "account", "orders": "order", "subscriptions": "subscription"}
    return {f"{rooms[p.split('/')[0]]} {'/'.join(p.split('/')[2:]) or 'record'}": p for p in paths}


def one_round(found: dict[str, Callable[[], object]], *, times: int) -> dict[str, float]:
    """Milliseconds for one call of each, the database's part included."""
    taken = {}
    for name, ask in found.items():
        before = time.perf_counter()
        for _ in range(times):
            ask()
        taken[name] = (time.perf_counter() - before) / times * 1000
    return taken
