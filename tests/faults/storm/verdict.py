"""The judge of a storm: what is lost, there twice or stuck, row by row, and what the pages say."""

import json
import os
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from django.apps import apps
from django.db import connection
from django.db.models import Count, Exists, Model, OuterRef

from notifications.models import Notification, NotificationAttempt
from plans.models import Activity, Charge, Order, Storefront, Subscription

from .callers import Browser, GivenUp
from .house import House
from .post_office import PostOffice
from .upgrades import Upgrade, World, orders_of_the_storm

ROOT = Path(__file__).resolve().parents[3]
WELCOME = "welcome_standard"


@dataclass
class Verdict:
    """`wrong` by kind (lost, twice, stuck, ...): one sentence for each row. No sentence: nothing is wrong."""

    wrong: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    counted: dict[str, object] = field(default_factory=dict)

    @property
    def is_clean(self) -> bool:
        return not any(self.wrong.values())


def judge(world: World, *, post_office: PostOffice, house: House, seen: Counter) -> Verdict:
    verdict = Verdict()
    orders = defaultdict(list)
    for order in orders_of_the_storm(world).select_related("to_plan"):
        orders[order.account_id].append(order)
    executed = [order for each in orders.values() for order in each if order.state == "executed"]
    verdict.counted["in"] = Counter(upgrade.door for upgrade in world.upgrades if upgrade.is_in)
    verdict.counted["done"] = len(executed)
    verdict.counted["attempts"] = Counter(order.attempts for each in orders.values() for order in each)
    for upgrade in world.upgrades:
        look_at_orders(upgrade, orders[upgrade.account_id], verdict)
    look_at_rows(executed, verdict)
    look_at_accounts(world, verdict)
    look_at_letters(world, executed, post_office, verdict)
    look_at_pages(world, orders, house.base, verdict)
    look_at_logs(house, verdict)
    look_at_promises(verdict)
    for page, times in seen.items():
        if page.startswith("500 at"):
            verdict.wrong["faults shown"].append(f"{page}, {times} times")
    verdict.wrong["verify"] += verify()
    return verdict


def look_at_orders(upgrade: Upgrade, orders: list[Order], verdict: Verdict) -> None:
    """Whoever asked has one order, and it is executed."""
    who, done = f"{upgrade.account} by {upgrade.door}", [order for order in orders if order.state == "executed"]
    if not upgrade.is_in:
        verdict.wrong["not in"].append(f"{who}: {'; '.join(upgrade.told)}")
    placed = [order for order in orders if order.state not in ("draft", "cancelled")]
    if upgrade.is_in and not placed:
        verdict.wrong["lost"].append(f"{who}: no order")
    if len(placed) > 1:
        verdict.wrong["twice"].append(f"{who}: {', '.join(order.number for order in placed)}")
    for order in placed:
        if order.state != "executed":
            verdict.wrong["stuck"].append(f"{who}: {order.number} is {order.state} {order.error_message}")
    if done and not upgrade.is_in:
        verdict.wrong["not in"].append(f"{who}: {done[0].number} is executed, and nobody was told")


def look_at_rows(orders: list[Order], verdict: Verdict) -> None:
    """One subscription, the agreed charges, one activity that says so, and each attempt told once."""
    ids = [order.pk for order in orders]
    started = counted(Subscription.objects, "order_item__order")
    charged = counted(Charge.objects, "order")
    told = counted(Activity.objects.filter(verb="order.execute"), "order")
    retried = Activity.objects.filter(verb="order.retry", order=OuterRef("order"), pk__gt=OuterRef("pk"))
    claimed = counted(Activity.objects.filter(~Exists(retried), verb="order.claim"), "order")  # as the order counts
    verdict.counted["subscriptions"] = sum(started[pk] for pk in ids)
    for order in orders:
        for what, many, right in (
            ("subscriptions", started[order.pk], 1),
            ("charges", charged[order.pk], len(order.preview["lines"])),
            ("times told executed", told[order.pk], 1),
            ("attempts told", claimed[order.pk], order.attempts),
        ):
            if many != right:
                verdict.wrong["twice" if many > right else "lost"].append(f"{order.number}: {many} {what}, not {right}")


def look_at_accounts(world: World, verdict: Verdict) -> None:
    """One active plan and one open storefront, under the alias that was asked for."""
    active = counted(Subscription.objects.active().for_plans(), "account")
    shops = defaultdict(list)
    opened = Storefront.objects.filter(is_own=False, state="open").exclude(claim=None)
    for account, alias in opened.values_list("account_id", "claim__alias"):
        shops[account].append(alias)
    verdict.counted["storefronts"] = 0
    for upgrade in world.upgrades:
        if (many := active[upgrade.account_id]) != 1:
            verdict.wrong["twice" if many > 1 else "lost"].append(f"{upgrade.account}: {many} active plans")
        aliases = shops[upgrade.account_id]
        verdict.counted["storefronts"] += len(aliases)
        if aliases != [upgrade.alias]:
            kind = "twice" if len(aliases) > 1 else "lost"
            verdict.wrong[kind].append(f"{upgrade.account}: storefronts {aliases}, not {upgrade.alias}")


def look_at_letters(world: World, orders: list[Order], post_office: PostOffice, verdict: Verdict) -> None:
    """Each letter was taken; more than once only under one Message-ID, and then its row says so."""
    taken, repeats = post_office.taken()
    letters = list(Notification.objects.filter(created_at__gt=world.made_at))
    welcomes = Counter(letter.order_id for letter in letters if letter.template_code == WELCOME)
    for order in orders:
        if (many := welcomes[order.pk]) != 1:
            verdict.wrong["twice" if many > 1 else "lost"].append(f"{order.number}: {many} letters {WELCOME}")
    found: Counter = Counter({"rows": len(letters), "repeats": repeats.total()})
    for letter in letters:
        names = taken.pop(letter.key, [])
        once = f"{letter.template_code}:{letter.occasion}:{letter.recipient_email.lower()}:{letter.resend_number}"
        if letter.key != once:
            verdict.wrong["promises"].append(f"{letter.key} is a key under which it could be written twice")
        found["keys"] += bool(names)
        found["welcomes"] += bool(names) and letter.template_code == WELCOME
        found["twice"] += len(names) > 1
        found["marked"] += letter.possible_duplicate
        if not names:
            verdict.wrong["lost"].append(f"{letter.key} is {letter.state} and was never taken")
        elif letter.state not in ("sent", "delivered"):
            verdict.wrong["stuck"].append(f"{letter.key} was taken {len(names)} times and is {letter.state}")
        if len(names) > 1 and not letter.possible_duplicate:
            verdict.wrong["twice"].append(f"{letter.key} was taken {len(names)} times, and its row does not say so")
        if len(set(names)) > 1:
            verdict.wrong["twice"].append(f"{letter.key} was taken as {' and '.join(sorted(set(names)))}")
    verdict.wrong["twice"] += [f"{key} was taken and is no letter of ours" for key in taken]
    verdict.counted["letters"] = found
    verdict.counted["tries"] = counted(NotificationAttempt.objects.filter(notification__in=letters), "outcome")


def look_at_pages(world: World, orders: dict[int, list[Order]], base: str, verdict: Verdict) -> None:
    """The order's page says that it is executed, and the storefront answers under its address with its name."""
    seen: Counter = Counter()

    def look(upgrade: Upgrade) -> list[str]:
        found, mine = [], Browser(base, seen, upgrade.session)
        try:
            for order in (order for order in orders[upgrade.account_id] if order.state != "draft"):
                page = mine.ask("GET", f"/orders/{order.number}/")
                if page.status_code != 200 or order.number not in page.text:
                    found.append(f"/orders/{order.number}/ answers {page.status_code}")
            shop = mine.ask("GET", f"/{upgrade.alias}/")
            if shop.status_code != 200 or upgrade.name not in shop.text:
                found.append(f"/{upgrade.alias}/ answers {shop.status_code}")
        except GivenUp as problem:
            found.append(str(problem))
        return found

    with ThreadPoolExecutor(4) as pool:
        for found in pool.map(look, world.upgrades):
            verdict.wrong["pages"] += found
    verdict.counted["pages"] = seen["200"]


def look_at_logs(house: House, verdict: Verdict) -> None:
    """A promise of the database that had to stop a worker stands behind a guard that was not there."""
    for worker in house.workers:
        for line in worker.log.read_text(errors="replace").splitlines():
            if "IntegrityError" in line and line.startswith("{"):
                event = json.loads(line)
                last = event.get("exception", "").strip().splitlines()[-2:]
                verdict.wrong["caught late"].append(f"{worker.name}: {event['event']}: {' '.join(last)}"[:300])


def look_at_promises(verdict: Verdict) -> None:
    """What the models promise is so in the database."""
    for model in apps.get_models():
        if model._meta.app_label in ("plans", "notifications"):
            verdict.wrong["promises"] += [
                f"{model.__name__}: {one} is not in the database" for one in missing_in(model)
            ]


def missing_in(model: type[Model]) -> list[str]:
    named, unique = [one.name for one in model._meta.constraints], [f for f in model._meta.local_fields if f.unique]
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":  # whose own words are read, as Django cannot read all of them
            cursor.execute(
                "SELECT group_concat(sql, ';') FROM sqlite_master WHERE tbl_name = %s", [model._meta.db_table]
            )
            written = cursor.fetchone()[0]
            return [name for name in named if name not in written]
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    alone = {told["columns"][0] for told in found.values() if told["unique"] and len(told["columns"]) == 1}
    return [name for name in named if name not in found] + [f.name for f in unique if f.column not in alone]


def counted(rows, field: str) -> Counter:
    return Counter(dict(rows.order_by().values_list(field).annotate(n=Count("pk"))))


def verify() -> list[str]:
    """`manage.py verify`, as somebody who operates the house would ask it."""
    done = subprocess.run(
        [sys.executable, "manage.py", "verify"], env=dict(os.environ), cwd=ROOT, capture_output=True, text=True,
        check=False, timeout=300,
    )  # fmt: skip
    return [] if done.returncode == 0 else [(done.stdout + done.stderr)[:2000]]
