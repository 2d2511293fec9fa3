"""The demo, told in order: who there is, what they bought, which storefronts stand, which letters went out."""

from dataclasses import replace
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from ..founding import found_operator
from ..models import Activity, NumberSeries, Operator, Order, Plan, Product, User
from ..periods import today as operators_today
from ..preview import Letter, Wanted
from ..refusals import Refused
from . import cast, catalogue, leaving, listings, logos, people, post, storefronts, words
from .past import Step, tell

State = Order.State
NEXT_ORDER = 1874  # so that the next order of the demo is SO-01874
MONTH = timedelta(days=30)
FOUNDED = timedelta(days=380)  # ago


@transaction.atomic
def seed_nordwind(*, store_host: str) -> Operator:
    """The default distributor with everything in it."""
    operator = found_operator(replace(cast.NORDWIND, store_host=store_host), invite=False, at=timezone.now() - FOUNDED)
    people.hire(operator, cast.NORDWIND_STAFF)
    manager = User.objects.get(email="manager@nordwind.example")
    catalogue.create_catalogue(operator)
    settled = people.settle(operator, cast.NAMED + cast.MORE, manager=manager)
    customers = people.settle_customers(operator, cast.CUSTOMERS, resellers=settled)
    arrivals(operator, settled, by=manager)
    invitations(operator, customers, settled=settled)
    today = operators_today(operator)
    goods = Goods(operator)
    steps = plan_steps(settled, goods=goods, today=today)
    gone = cancellation(settled, goods=goods, today=today)
    shopping = shopping_steps(settled, customers, goods=goods, today=today)
    tell([*steps, gone, *shopping, *customer_steps(settled, customers, goods=goods, today=today)], today=today)
    storefronts.open_storefronts(operator, steps, settled=settled)
    logos.hang_logos(operator)
    listings.stock_shops(operator)
    post.send_letters(operator, [*steps, gone, *shopping])
    words.write_texts(operator)
    storefronts.park(gone)
    debtor = next(one for one in settled if one.reseller.alias == cast.SUSPENDED)
    storefronts.suspend(debtor.account, reason="Two reminders are unpaid.")
    leaving.schedule_a_downgrade(operator, by=manager)
    NumberSeries.objects.filter(operator=operator, prefix="SO").update(next_number=NEXT_ORDER)
    return operator


@transaction.atomic
def seed_sudlicht() -> Operator:
    """The other distributor: as good as empty, there to show that neither sees the other."""
    operator = found_operator(cast.SUDLICHT, invite=False, at=timezone.now() - FOUNDED)
    catalogue.create_catalogue(operator)
    settled = people.settle(operator, (cast.LUMEN_DESK,), manager=None)
    arrivals(operator, settled, by=None)
    today = operators_today(operator)
    steps = plan_steps(settled, goods=Goods(operator), today=today)
    tell(steps, today=today)
    storefronts.open_storefronts(operator, steps, settled=settled)
    post.send_letters(operator, steps)
    return operator


class Goods:
    """What the operator sells, by slug, and its plans, by code, with everything a preview reads loaded."""

    def __init__(self, operator: Operator) -> None:
        self.plans = {p.code: p for p in Plan.objects.filter(operator=operator).prefetch_related("entitlements")}
        products = Product.objects.filter(operator=operator).prefetch_related("prices")
        self.products = {product.slug: product for product in products}
        for product in self.products.values():
            if product.plan_id:
                product.plan = next(plan for plan in self.plans.values() if plan.pk == product.plan_id)

    def wanted(self, slug: str, cycle: str = "month", quantity: int = 1) -> Wanted:
        product = self.products[slug]
        price = next(price.amount for price in product.prices.all() if price.cycle == cycle)
        return Wanted(product, cycle, quantity, price)


def arrivals(operator: Operator, settled: list[people.Settled], *, by: User | None) -> None:
    Activity.objects.bulk_create(
        Activity(
            operator=operator,
            account=one.account,
            verb="account.created",
            text=f"{one.account.name} was created.",
            actor=by,
            actor_name=by.name if by else "Automatic",
            at=one.account.created_at,
        )
        for one in settled
    )


def invitations(operator: Operator, customers, *, settled: list[people.Settled]) -> None:
    owners = {one.account.pk: one.user for one in settled}
    Activity.objects.bulk_create(
        Activity(
            operator=operator,
            account=customer,
            verb="account.created",
            text=f"{customer.name} invited as a customer.",
            actor=owners[customer.parent_id],
            actor_name=owners[customer.parent_id].name,
            at=customer.created_at,
        )
        for customer in customers
    )


def plan_steps(settled: list[people.Settled], *, goods: Goods, today: date) -> list[Step]:
    """How each reseller got its plan. Every third Standard reseller began on Free."""
    steps = []
    for place, one in enumerate(settled):
        reseller, on = one.reseller, today - MONTH * one.reseller.plan_months - timedelta(days=place % 9)
        if reseller.plan == "basic":
            continue
        began_free = reseller.plan == "standard" and place % 3 == 0 and reseller.months > reseller.plan_months + 1
        if began_free:
            early = today - MONTH * (reseller.months - 1) - timedelta(days=place % 9)
            steps.append(_upgrade(one, "free", goods, on=early, before="basic", opens=True, place=place))
        before = "free" if began_free else "basic"
        steps.append(_upgrade(one, reseller.plan, goods, on=on, before=before, opens=not began_free, place=place))
    return steps


def _upgrade(one: people.Settled, plan: str, goods: Goods, *, on: date, before: str, opens: bool, place: int) -> Step:
    to_plan = goods.plans[plan]
    cycle = one.reseller.cycle if plan == "standard" else "month"
    letter = Letter(to_plan.welcome_letter, "", (one.user.email,))
    return Step(
        one.account,
        one.user,
        [goods.wanted(f"{plan}-plan", cycle)],
        on,
        minute=place * 7,
        alias=one.reseller.alias,
        from_plan=goods.plans[before],
        opens=opens,
        letters=[letter],
    )


def cancellation(settled: list[people.Settled], *, goods: Goods, today: date) -> Step:
    """Somebody went back to Basic: a parked storefront, and an alias in quarantine."""
    one = next(one for one in settled if one.reseller.alias == cast.CANCELLED)
    return Step(
        one.account,
        one.user,
        [],
        today - timedelta(days=24),
        minute=15,
        channel=Order.Channel.SUBSCRIPTION,
        from_plan=goods.plans[one.reseller.plan],
        cancels_to=goods.plans["basic"],
        alias=one.reseller.alias,
        letters=[Letter("plan_cancelled", "", (one.user.email,))],
    )


# (reseller's first letters, product, cycle, quantity, days ago): what was ordered and executed beside the plans.
PURCHASES = (
    ("Atlas", "business-mail", "year", 40, 330),
    ("Basalt", "virtual-server", "month", 3, 301),
    ("Kestrelwick", "office-suite-cloud", "month", 12, 270),
    ("Cobalt", "endpoint-protection", "month", 60, 244),
    ("Harbor", "business-mail", "month", 8, 221),
    ("Tech", "cloud-backup", "month", 4, 190),
    ("Tech", "endpoint-protection", "month", 25, 166),
    ("Alpine", "file-share", "month", 10, 133),
    ("Delta", "cloud-telephony", "month", 18, 104),
    ("Elbe", "password-safe", "year", 30, 77),
    ("Gable", "mail-archive", "month", 22, 51),
    ("Kestrelwick", "team-meetings", "month", 12, 33),
    ("Fjordline", "web-filter", "month", 45, 19),
    ("Highmoor", "remote-support", "month", 2, 8),
    ("Everline", "virtual-server", "month", 1, 3),
    ("Meridian", "business-mail", "month", 15, 1),
)


# (customer's first letters, product, quantity, days ago): what end customers hold, ordered by their resellers.
HELD_BY_CUSTOMERS = (
    ("Millbrook", "office-suite-cloud", 9, 104),
    ("Millbrook", "cloud-backup", 2, 61),
    ("Oakfield", "business-mail", 14, 72),
    ("Hotel", "file-share", 12, 48),
    ("Hotel", "web-filter", 12, 20),
    ("Skischule", "business-mail", 5, 95),
)


def customer_steps(settled: list[people.Settled], customers, *, goods: Goods, today: date) -> list[Step]:
    """What end customers hold. Their letters are their reseller's, so none is the distributor's to send."""
    owners = {one.account.pk: one.user for one in settled}
    by_name = {customer.name.split()[0]: customer for customer in customers}
    return [
        Step(
            by_name[name],
            owners[by_name[name].parent_id],
            [goods.wanted(slug, quantity=quantity)],
            today - timedelta(days=days),
            minute=320 + place * 9,
        )
        for place, (name, slug, quantity, days) in enumerate(HELD_BY_CUSTOMERS)
    ]


def shopping_steps(settled: list[people.Settled], customers, *, goods: Goods, today: date) -> list[Step]:
    """Orders for ordinary products, and those that are not executed: one or two in every other state."""
    by_name = {one.account.name.split()[0]: one for one in settled}
    steps = [
        _purchase(by_name[name], goods.wanted(slug, cycle, quantity), on=today - timedelta(days=days), place=place)
        for place, (name, slug, cycle, quantity, days) in enumerate(PURCHASES)
    ]
    return steps + _unfinished(by_name, customers, goods=goods, today=today)


def _purchase(one: people.Settled, wanted: Wanted, *, on: date, place: int, **more) -> Step:
    letters = [Letter("order_received", "", (one.user.email,))]
    return Step(one.account, one.user, [wanted], on, minute=200 + place * 11, letters=letters, **more)


def _unfinished(by_name: dict[str, people.Settled], customers, *, goods: Goods, today: date) -> list[Step]:
    """`placed` waits for its next attempt and `executing` is leased for a month, so that both can be looked at."""
    in_a_month, yesterday = timezone.now() + MONTH, today - timedelta(days=1)
    customer = User.objects.get(email=cast.CUSTOMERS[0].people[0].email)
    manager = User.objects.get(email="manager@nordwind.example")
    waiting = {"attempts": 1, "next_attempt_at": in_a_month}
    leased = {"attempts": 1, "lease_owner": post.NOBODY, "lease_until": in_a_month}
    taken = Refused("alias_taken", alias="northgate")
    failed = {"error_code": taken.code, "error_message": taken.sentence}
    from_basic = {"from_plan": goods.plans["basic"], "opens": True}
    copperfield, granite, cedar = by_name["Copperfield"], by_name["Granite"], by_name["Cedar"]
    orchard, juniper = by_name["Orchard"], by_name["Juniper"]
    mail, share, web_filter = (goods.wanted(slug) for slug in ("business-mail", "file-share", "web-filter"))
    standard, free = goods.wanted("standard-plan"), goods.wanted("free-plan")
    return [
        _purchase(copperfield, share, on=yesterday, place=20, state=State.PLACED, more=waiting),
        _purchase(granite, web_filter, on=yesterday, place=21, state=State.EXECUTING, more=leased),
        _purchase(cedar, mail, on=today - 2 * MONTH, place=2, state=State.CANCELLED),
        Step(juniper.account, manager, [standard], yesterday, 90, State.DRAFT, Order.Channel.BSS_ORDER, **from_basic),
        Step(
            orchard.account,
            orchard.user,
            [free],
            today - timedelta(days=2),
            60,
            State.FAILED,
            alias="northgate",
            more=failed,
            **from_basic,
        ),
        Step(customers[0], customer, [replace(mail, quantity=6)], yesterday, 30, State.AWAITING_APPROVAL),
    ]
