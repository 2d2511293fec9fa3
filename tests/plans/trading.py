"""Buying, and time passing: through the stories, on any day, in any currency."""

from datetime import date, datetime, time
from decimal import Decimal
from uuid import uuid4
from zoneinfo import ZoneInfo

import time_machine

from plans.changing_down import change_down
from plans.due_changes import carry_out_due
from plans.execution import execute_order
from plans.models import Account, Order, Plan, Price, Product
from plans.ordering import order_previewed
from plans.placing import Confirmation
from plans.preview import Timing, Wanted
from plans.previewing import preview_order
from plans.previewing_down import preview_down
from plans.renewing import renew_due
from tests import cast


def at(moment: datetime):
    return time_machine.travel(moment, tick=False)


def noon(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(12), tzinfo=ZoneInfo(zone))


def offer_all(operator) -> None:
    """All plans can be had, up to the highest."""
    Plan.objects.filter(operator=operator).update(is_offered=True)


def priced(product: Product, *, cycle: str, currency: str, amount: str) -> Product:
    Price.objects.update_or_create(
        product=product, cycle=cycle, currency=currency, defaults={"amount": Decimal(amount)}
    )
    return product


def buy(account: Account, product: Product, *, cycle: str, quantity: int = 1) -> Order:
    """Order it now, as a program of the staff does, and execute the order."""
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    wanted = [Wanted(product, cycle, quantity)]
    alias = f"shop-{account.pk}" if product.is_plan else None
    shown = preview_order(account, wanted=wanted, alias=alias, channel=Order.Channel.API)
    order = order_previewed(account, shown, channel=Order.Channel.API, by=None)
    return _execute(order)


def buy_plan(account: Account, code: str, *, cycle: str, price: str) -> Order:
    product = cast.plan_product(account.operator, code)
    return buy(account, priced(product, cycle=cycle, currency=account.currency, amount=price), cycle=cycle)


def leave(account: Account, code: str, *, timing: Timing, cycle: str = "", price: str = "") -> None:
    """Staff take the account down to a smaller plan, or to the one that costs nothing; at once, it is executed."""
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    if price:
        priced(cast.plan_product(account.operator, code), cycle=cycle, currency=account.currency, amount=price)
    to_plan = Plan.objects.get(operator=account.operator, code=code)
    about = {"to_plan": to_plan, "timing": timing, "cycle": cycle, "channel": Order.Channel.API, "by": None}
    shown = preview_down(account, **about)
    confirmed = Confirmation(shown.fingerprint, str(uuid4()))
    made = change_down(account, confirmed=confirmed, typed_alias=shown.alias, **about)
    if isinstance(made, Order):
        _execute(made)


def look() -> int:
    """What a sweeper does now: changes that are due, then renewals."""
    carry_out_due()
    for order in Order.objects.filter(state="placed"):
        _execute(order)
    return renew_due(seconds=60)


def _execute(order: Order) -> Order:
    execute_order(order.pk)
    order.refresh_from_db()
    assert order.state == "executed", order.error_message
    return order
