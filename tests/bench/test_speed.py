"""CPU per request beside a bare one-query Django view, and an execution beside the same rows written by bare ORM code.

Both sides in one run, rounds interleaved, medians of CPU time; it prints ratios and asserts no time. Run it alone:
`bin/test tests/bench -s`. Beside others in a whole run it only sees that all that is measured answers.
"""

import statistics
import time
import uuid
from collections.abc import Callable
from functools import partial

import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from notifications.models import Notification
from plans.execution import execute_order
from plans.models import (
    Activity,
    AliasClaim,
    Charge,
    Listing,
    Order,
    OrderItem,
    Price,
    Product,
    Storefront,
    Subscription,
)
from tests import cast
from tests.bench.back_office import bare_client
from tests.sharing import IS_SHARED_RUN

pytestmark = [pytest.mark.bench, pytest.mark.shared, pytest.mark.django_db]
ROUNDS, REQUESTS = (1, 1) if IS_SHARED_RUN else (7, 15)


def cpu(work: Callable[[], object], times: int) -> float:
    """Milliseconds of CPU for one call."""
    before = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - before) / times * 1000


def cpu_each(work: Callable[[Order], object], orders: list[Order]) -> float:
    waiting = iter(orders)
    return cpu(lambda: work(next(waiting)), len(orders))


def medians(sides: dict[str, Callable[[], object]], *, times: int = REQUESTS) -> dict[str, float]:
    for work in sides.values():
        work()
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(ROUNDS):
        for name, work in sides.items():
            taken[name].append(cpu(work, times))
    return {name: statistics.median(values) for name, values in taken.items()}


def test_pages_beside_a_bare_view(settings, capsys):
    operator = cast.distributor()
    for number in range(200):
        cast.product(operator, f"Product {number:03}")
    account = cast.reseller(operator)
    cast.on_plan(cast.reseller(operator, "Harbor IT"), alias="harborit")
    bare, anyone, member = bare_client(settings), Client(), Client()
    member.force_login(cast.buyer_of(account), backend=settings.AUTHENTICATION_BACKENDS[0])

    def page(client: Client, path: str) -> Callable[[], object]:
        def ask() -> None:
            answer = client.get(path)
            assert answer.status_code == 200, (path, answer.status_code)

        return ask

    sides = {
        "F: bare view, one query": page(bare, f"/product-001/?operator={operator.pk}"),
        "product page, anonymous": page(anyone, "/products/product-001/"),
        "catalogue of 20, anonymous": page(anyone, "/"),
        "catalogue of 20, signed in": page(member, "/"),
        "Reseller Plans, signed in": page(member, "/plans/"),
        "basket, signed in": page(member, "/basket/"),
        "my orders": page(member, "/orders/"),
        "reseller's home, anonymous": page(anyone, "/harborit/"),
    }
    took = medians(sides)
    unit = took["F: bare view, one query"]
    with capsys.disabled():
        print(f"\n  F = {unit:.2f} ms of CPU")
        for name, value in took.items():
            print(f"  {value / unit:5.2f} F  {name}")


def test_a_resellers_catalogue_beside_a_bare_view(settings, capsys):
    """With markup and listings, as strangers ask for it; 1,000 products first, then 10,000."""
    operator = cast.distributor()
    shop = Storefront.objects.get(account=cast.on_plan(cast.reseller(operator), "standard"))
    Storefront.objects.filter(pk=shop.pk).update(markup=20)
    bare, anyone, took = bare_client(settings), Client(), {}
    for many in (1_000, 10_000):
        there = Product.objects.ordinary().count()
        made = Product.objects.bulk_create(
            Product(operator=operator, name=f"Product {number:05}", slug=f"product-{number:05}", category="Workplace")
            for number in range(there, many)
        )
        Price.objects.bulk_create(
            Price(product=each, cycle="month", currency="EUR", amount=each.pk % 997 + 1) for each in made
        )
        Listing.objects.bulk_create(
            Listing(operator=operator, storefront=shop, product=each, is_listed=place % 20 > 0)
            for place, each in enumerate(made)
            if place % 10 == 0
        )
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        sides = {
            "F: bare view, one query": f"/product-00001/?operator={operator.pk}",
            "home": "/techsolutions/",
            "product page": "/techsolutions/products/product-00003/",
            "catalogue of 20": "/techsolutions/products/",
            "catalogue of 20, a later page": "/techsolutions/products/?after=700.Product+00700",
            "catalogue of 20, by price": "/techsolutions/products/?sort=price",
        }
        took[many] = medians(
            {name: partial(bare.get if name[0] == "F" else anyone.get, path) for name, path in sides.items()}
        )
    with capsys.disabled():
        for many, each in took.items():
            unit = each["F: bare view, one query"]
            print(f"\n  {many:,} products, F = {unit:.2f} ms of CPU")
            for name, value in each.items():
                print(f"  {value / unit:5.2f} F  {name}")


def bare_writes(order: Order) -> None:
    """The rows of one execution, written by the shortest ORM code: no lease, no rule, no rendering."""
    now = timezone.now()
    with transaction.atomic():
        item = OrderItem.objects.get(order=order)
        subscription = Subscription.objects.create(
            operator_id=order.operator_id,
            account_id=order.account_id,
            number=f"SUB-{order.number[3:]}",
            order_item=item,
            product_id=item.product_id,
            plan_id=order.to_plan_id,
            cycle="month",
            currency="EUR",
            unit_price=item.unit_price,
            anchor_on="2026-11-15",
            period_start_on="2026-11-15",
            period_end_on="2026-12-15",
        )
        claim = AliasClaim.objects.get(alias=item.alias)
        claim.state, claim.held_until = "in_use", None
        claim.save()
        Storefront.objects.create(
            operator_id=order.operator_id, account_id=order.account_id, claim=claim, name="x", created_by_order=order
        )
        Charge.objects.create(
            operator_id=order.operator_id, account_id=order.account_id, order=order, subscription=subscription,
            kind="charge", text="x", currency="EUR", net=149, tax_text="VAT", tax_rate=19, tax="28.31",
            period_start_on="2026-11-15", period_end_on="2026-12-15", charged_on="2026-11-15",
        )  # fmt: skip
        for code in ("welcome_standard", "plan_changed_by_reseller"):
            Notification.objects.create(
                operator_id=order.operator_id, template_code=code, order=order, account_id=order.account_id,
                key=f"{code}:{uuid.uuid4()}", recipient_email="a@b.example", from_email="a@b.example", subject="x",
                text="x" * 1500, html="x" * 6000, reason="x", occasion="x", next_attempt_at=now,
            )  # fmt: skip
        for verb in ("order.claim", "subscription.started", "storefront.opened", "order.execute"):
            Activity.objects.create(
                operator_id=order.operator_id, account_id=order.account_id, order=order, verb=verb, text="x"
            )
        order.state, order.executed_at = "executed", now
        order.save()


def test_execution_beside_bare_writes(capsys):
    operator = cast.distributor()
    names = iter(f"Reseller {number}" for number in range(1000))

    def some_orders() -> list[Order]:
        made = [cast.reseller(operator, next(names)) for _ in range(8)]
        return [cast.order_plan(account, alias=f"alias-{account.pk}") for account in made]

    ours, theirs = [], []
    for _ in range(ROUNDS):
        mine, bare = some_orders(), some_orders()
        ours.append(cpu_each(lambda order: execute_order(order.pk), mine))
        theirs.append(cpu_each(bare_writes, bare))
    assert Order.objects.exclude(state="executed").count() == 0
    ratio = statistics.median(theirs) / statistics.median(ours)
    with capsys.disabled():
        print(f"\n  execution: {ratio:.2f} of the speed of bare ORM writes ({statistics.median(ours):.1f} ms of CPU)")
