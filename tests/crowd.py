"""The world of tests/world.py with more people in it, so that every form of the site has somebody who sees it."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.db import transaction
from django.test import Client

from plans.changing_down import change_down
from plans.models import Account, Activity, Operator, Order, Price, StorefrontDraft
from plans.placing import Confirmation
from plans.preview import Timing
from plans.previewing_down import preview_down
from tests import cast
from tests import world as worlds
from tests.world import World

# What belongs to one side alone, planted wherever people write: no page of others may show it.
MINE, NEIGHBOURS, ELSEWHERE = "Zwergkiefer", "Quittengelee", "Wacholdereck"
HOMES = (
    f"http://{worlds.STORE}/",
    f"http://{worlds.STORE}/techsolutions/",
    f"http://{worlds.STORE}/harborit/",
    f"http://{worlds.OTHER_STORE}/",
    f"http://{worlds.BSS}/bss/",
)
HOSTS = {worlds.STORE, worlds.OTHER_STORE, worlds.BSS}


def make() -> World:
    """Beside the people of the world: who buys a plan, who must mend an order, whose plan ends soon, who works for both
    distributors."""
    world = worlds.make()
    operator = world.operator
    for product in (cast.plan_product(operator, "standard"), cast.product(operator, "Mail Archive")):
        Price.objects.get_or_create(product=product, cycle="year", currency="EUR", defaults={"amount": "480"})
    basic = cast.reseller(operator, "Alpine Cloud")
    cast.basket(basic, cast.plan_product(operator, "standard"), operator.products.get(slug="mail-archive"))
    world.users["basic"] = cast.buyer_of(basic)
    StorefrontDraft.objects.create(operator=operator, account=basic, name="Alpine", brand_colour="#2f6f4f")
    world.users["mending"] = cast.buyer_of(_with_a_failed_plan_order(operator))
    world.users["leaving"] = cast.buyer_of(_with_a_plan_that_ends(operator))
    other = Operator.objects.get(store_host=worlds.OTHER_STORE)
    both = cast.staff(operator, "operations", email="both@work.example")
    cast.staff(other, "operations", email=both.user.email)
    world.users["staff_of_both"] = both.user
    lumen = Account.objects.get(operator=other, kind="reseller")
    cast.basket(world.neighbour, operator.products.get(slug="mail-archive"))
    cast.basket(lumen, cast.product(other, "Lumen Backup"))
    neighbour = {"account": world.neighbour.pk, "user": world.users["neighbour"].pk}
    world.parts |= {"other": other, "strangers": {"operator": other.pk} | neighbour}
    for account, word in ((world.reseller, MINE), (world.neighbour, NEIGHBOURS), (lumen, ELSEWHERE)):
        plant(account, word)
    return world


@contextmanager
def for_a_while(blocker) -> Iterator[World]:
    """One crowd for several tests: each test's own transaction runs inside ours, which is taken back."""
    with blocker.unblock(), transaction.atomic():
        yield make()
        transaction.set_rollback(True)


def _with_a_failed_plan_order(operator: Operator) -> Account:
    account = cast.reseller(operator, "Kestrel Net")
    order = cast.order_plan(account, "free", alias="kestrel")
    Order.objects.filter(pk=order.pk).update(
        state="failed", error_code="alias_taken", error_message="The alias kestrel has already been assigned."
    )
    return account


def _with_a_plan_that_ends(operator: Operator) -> Account:
    account, basic = (
        cast.on_plan(cast.reseller(operator, "Wander IT"), alias="wanderit"),
        operator.plans.get(code="basic"),
    )
    asked = {"to_plan": basic, "timing": Timing("period_end"), "channel": "storefront", "by": cast.buyer_of(account)}
    confirmed = Confirmation(preview_down(account, **asked).fingerprint, "leaving")
    change_down(account, confirmed=confirmed, typed_alias="wanderit", **asked)
    return account


def plant(account: Account, word: str) -> None:
    """The word in what is the account's own: addresses, people, references, letters, history."""
    Account.objects.filter(pk=account.pk).update(street=f"{word} 1", city=word)
    account.contacts.update(name=f"Jo {word}")
    account.orders.update(reference=word)
    for order in account.orders.all():
        Activity.objects.create(operator=account.operator, account=account, order=order, verb="order.place", text=word)
        order.notifications.update(subject=f"To {word}", text=f"Dear {word}")


def client_of(world: World, who: str) -> Client:
    """As a browser has it: forms need their token, and a fault is a page."""
    client = Client(headers={"host": worlds.STORE}, raise_request_exception=False, enforce_csrf_checks=True)
    if world.users[who] is not None:
        client.force_login(world.users[who], backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def clients(world: World) -> dict[str, Client]:
    """Everybody, signed in: what signing in writes is written now."""
    return {who: client_of(world, who) for who in world.users}


def doors(world: World, who: str) -> list[str]:
    """Where somebody starts: the homes; who is nobody yet also at the links of letters that choose a password.

    In the shops all staff are the same stranger: their administrator walks there for them.
    """
    if who.startswith("staff_") and who != "staff_administrator":
        return [HOMES[0], HOMES[-1]] if who == "staff_elsewhere" else [HOMES[-1]]
    if world.users[who] is not None:
        return list(HOMES)
    user = world.users["admin"]
    key = f"{user_pk_to_url_str(user)}-{app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)}"
    return [*HOMES, *(f"{home}password/reset/key/{key}/" for home in (HOMES[0], HOMES[1], HOMES[-1]))]
