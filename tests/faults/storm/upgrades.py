"""Who upgrades in a storm: any number of resellers, written in bulk, with logins; half of them are on Free already."""

import math
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from notifications.models import Notification
from plans.models import (
    Account,
    Activity,
    AliasClaim,
    Charge,
    Contact,
    ContactRole,
    Operator,
    Order,
    OrderItem,
    Product,
    Storefront,
    Subscription,
    TermsAcceptance,
    User,
)
from tests import cast, growing

HOST = "localhost"
FROM_BASIC = ["basket", "dialog", "bss_order", "api"]
FROM_FREE = ["own_subscription", "subscription", "basket"]
COPIED = [Account, Contact, Order, OrderItem, Subscription, AliasClaim, Storefront, Charge, Activity, Notification,
          TermsAcceptance]  # fmt: skip
STAFF = 8  # members of staff that click at once


@dataclass
class Upgrade:
    """One reseller that wants Standard, and what became of asking for it."""

    place: int
    door: str
    account_id: int
    account: str  # its number
    name: str
    session: str  # the key of its login's session
    typed: str | None  # the alias that is typed; None where it has one already
    alias: str  # under which its storefront is to be found in the end
    held: str = ""  # the number of its plan's subscription
    is_in: bool = False
    told: list[str] = field(default_factory=list)  # what else than "it is in" it was answered


@dataclass
class World:
    operator: Operator
    upgrades: list[Upgrade]
    staff: list[str]  # keys of their sessions
    tokens: list[str]
    made_at: datetime = field(default_factory=timezone.now)


def make_world(many: int) -> World:
    from tests.api.calling import token_of

    operator = cast.distributor(host=HOST)
    basic = cast.reseller(operator, "Basic House")
    free = cast.on_plan(cast.reseller(operator, "Free House"), "free", alias="free-house")
    Notification.objects.update(state="sent", sent_at=Now(), next_attempt_at=None)
    copies = math.ceil(many / 2)
    copy_resellers([basic.pk, free.pk], copies)
    people = [cast.staff(operator, "administrator", email=f"staff{n}@nordwind.example").user for n in range(STAFF)]
    tokens = [token_of(operator, each) for each in people]
    owners = {pk: f"{'b' if pk == basic.pk else 'f'}" for pk in (basic.pk, free.pk)}
    users = {pk: cast.buyer_of(account) for pk, account in ((basic.pk, basic), (free.pk, free))}
    write_sessions(users, copies, owners)
    staff = [f"staff{n:027d}" for n in range(STAFF)]
    Session.objects.bulk_create(session(key, user.pk, user) for key, user in zip(staff, people, strict=True))
    held = free.subscriptions.active().get().number
    upgrades = []
    for place in range(many):
        n = place // 2 + 1
        if place % 2:
            door, of, alias, typed = FROM_FREE[n % len(FROM_FREE)], free, f"free-house-{n}", None
        else:
            door, of, alias, typed = FROM_BASIC[n % len(FROM_BASIC)], basic, f"storm-{n:05d}", f"storm-{n:05d}"
        upgrades.append(
            Upgrade(
                place, door, of.pk + n * growing.APART, f"{of.number}{10000 + n}", f"{of.name} {n}",
                f"{owners[of.pk]}{n:031d}", typed, alias, f"{held}{10000 + n}" if of is free else "",
            )
        )  # fmt: skip
    return World(operator, upgrades, staff, tokens)


def copy_resellers(templates: list[int], copies: int) -> None:
    """With their contacts and logins, and all that has happened to them."""
    users = Contact.objects.filter(account__in=templates).values_list("user_id", flat=True)
    numbers, people = ", ".join(map(str, templates)), ", ".join(map(str, users))
    growing.copy(User, own={"email": "'n' || n || '.' || {column}"}, where=f"id IN ({people})", last=copies)
    for model in COPIED:
        field = "id" if model is Account else "order_id" if model is OrderItem else "account_id"
        where = f"{field} IN ({numbers})"
        if model is OrderItem:
            where = f"order_id IN (SELECT id FROM plans_order WHERE id < {growing.APART} AND account_id IN ({numbers}))"
        growing.copy(model, own=OWN.get(model), where=where, kept={Product}, last=copies)
    where = f"contact_id IN (SELECT id FROM plans_contact WHERE account_id IN ({numbers}))"
    growing.copy(ContactRole, where=where, last=copies)


OWN = {Contact: {"user_id": growing.NEXT}, Account: {"parent_id": "{column}"}}


def write_sessions(users: dict[int, User], copies: int, marks: dict[int, str]) -> None:
    """Everybody is signed in: how one does that is not what a storm is about."""
    Session.objects.bulk_create(
        session(f"{marks[pk]}{n:031d}", user.pk + n * growing.APART, user)
        for pk, user in users.items()
        for n in range(1, copies + 1)
    )


def session(key: str, user_id: int, like: User) -> Session:
    """Copies have the password of `like`, and so the same proof of it."""
    data = {
        "_auth_user_id": str(user_id),
        "_auth_user_backend": "allauth.account.auth_backends.AuthenticationBackend",
        "_auth_user_hash": like.get_session_auth_hash(),
    }
    until = timezone.now() + timedelta(hours=12)
    return Session(session_key=key, session_data=SessionStore().encode(data), expire_date=until)


def orders_of_the_storm(world: World) -> QuerySet:
    """All orders that were made since the world was: their ids follow the copies' on one database, not on the other."""
    return Order.objects.filter(created_at__gt=world.made_at)
