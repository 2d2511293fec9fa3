"""Any number of resellers for benchmarks, each with its contact, an executed order and its subscription.

Rows are written in chunks and hold to every invariant. Plans come by channel `import`: without charge and letter.
"""

from collections.abc import Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from .. import periods
from ..models import Account, Contact, NumberSeries, Operator, Order, Plan, Product
from ..models.product import Cycle
from ..preview import Preview, Wanted
from .scale_orders import Offer, write_orders

CHUNK = 2_000  # few enough for a busy machine: between two statements of a transaction no minute may pass
DAYS = 700  # over how many past days resellers came
# Of a hundred: 56 on Basic with an ordinary order, 25 on Free, 19 on Standard.
FREE_FROM, STANDARD_FROM = 56, 81
FIRST = ("Amber", "Birch", "Copper", "Delta", "Elm", "Fern", "Grove", "Harbour", "Iris", "Juniper", "Krona", "Linden")
SECOND = ("Systems", "Cloud", "Networks", "IT", "Data", "Works", "Digital", "Computing", "Support", "Office", "Labs")
TOWNS = (("20095", "Hamburg", "DE"), ("1010", "Vienna", "AT"), ("1012 JS", "Amsterdam", "NL"), ("69002", "Lyon", "FR"))


def grow(operator: Operator, *, accounts: int) -> Iterator[int]:
    """Write so many more resellers of the operator; yields how many it has written, after each chunk's commit."""
    offers = _offers(operator)
    done = 0
    while done < accounts:
        count = min(CHUNK, accounts - done)
        with transaction.atomic():
            _write_chunk(operator, offers, count=count, offset=done)
        done += count
        yield done


def _offers(operator: Operator) -> list[Offer]:
    """The offers by place in a hundred: an ordinary product, Free, Standard."""
    plans = Plan.objects.filter(operator=operator).prefetch_related("entitlements").select_related("product")
    basic = next(plan for plan in plans if plan.is_default)
    found = []
    ordinary = Product.objects.ordinary().filter(operator=operator, prices__cycle=Cycle.MONTH).order_by("pk").first()
    if ordinary is None:
        ordinary = Product.objects.create(operator=operator, name="Scale Seat", slug="scale-seat", category="Scale")
        ordinary.prices.create(cycle=Cycle.MONTH, currency=operator.currency, amount=5)
    for product, plan in ((ordinary, None), *((p.product, p) for p in plans if p.code in ("free", "standard"))):
        price = product.prices.get(cycle=Cycle.MONTH, currency=operator.currency).amount
        sold = plan.sold_as() if plan else {}
        offer = Offer(product, price, plan, basic if plan else None, {}, sold)
        offer.shown = _preview(operator, offer).as_dict() | {"sold": sold}
        found.append(offer)
    return found


def _preview(operator: Operator, offer: Offer) -> Preview:
    return Preview(
        operator.account,
        operator.currency,
        periods.today(operator),
        [Wanted(offer.product, Cycle.MONTH, 1, offer.price)],
        change=Order.Change.UPGRADE if offer.plan else Order.Change.NONE,
        from_plan=offer.from_plan,
        to_plan=offer.plan,
        storefront="open" if offer.plan else "none",
    )


def _offer_at(offers: list[Offer], place: int) -> Offer:
    hundredth = place * 37 % 100
    return offers[2 if hundredth >= STANDARD_FROM else 1 if hundredth >= FREE_FROM else 0]


def _write_chunk(operator: Operator, offers: list[Offer], *, count: int, offset: int) -> None:
    numbers = NumberSeries.take(operator.pk, "AC", count=count)
    today = periods.today(operator)
    accounts = Account.objects.bulk_create(
        [_account(operator, number, offset + place) for place, number in enumerate(numbers)]
    )
    Contact.objects.bulk_create([_contact(account) for account in accounts])
    chosen = [_offer_at(offers, offset + place) for place in range(count)]
    write_orders(operator, accounts, chosen, today=today)


def _account(operator: Operator, number: str, place: int) -> Account:
    postal_code, city, country = TOWNS[place % len(TOWNS)]
    digits = number.removeprefix("AC-")
    return Account(
        operator=operator,
        parent_id=operator.account_id,
        number=number,
        kind=Account.Kind.RESELLER,
        name=f"{FIRST[place % len(FIRST)]} {SECOND[place // 7 % len(SECOND)]} {digits}",
        currency=operator.currency,
        street=f"Scale Street {place % 200 + 1}",
        postal_code=postal_code,
        city=city,
        country=country,
        billing_email=f"owner@scale-{digits}.example",
        has_primary_contact=True,
        created_at=timezone.now() - timedelta(days=place * 7919 % DAYS + 1, seconds=place % 40_000),
    )


def _contact(account: Account) -> Contact:
    return Contact(
        operator_id=account.operator_id,
        account=account,
        name=f"Owner of {account.name}",
        email=account.billing_email,
        is_primary=True,
        created_at=account.created_at,
    )
