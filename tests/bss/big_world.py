"""A distributor with 20,000 resellers and what hangs on them, in seconds: 400 are written, then copied."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import connection, transaction
from django.utils import timezone

from notifications.catalogue import CATALOGUE
from notifications.models import Notification
from plans.demo.scale import grow
from plans.models import Account, Operator, Order, OrderItem, Subscription, TenantRequest, TermsAcceptance, User
from plans.ordering import draft_order
from plans.preview import Wanted
from plans.publishing import publish_terms
from tests import cast, growing
from tests.api.calling import token_of

BASE, COPIES = 400, 49
LATER = "UPDATE {} SET created_at = created_at + id / %s * interval '{}'"  # copies are not made at the same moment
TRIGRAMS = "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_am a ON a.oid = c.relam WHERE a.amname = 'gin'"


@contextmanager
def for_a_module(blocker) -> Iterator[Operator]:
    """For all tests of a module, and taken back after them. What is rare is so in one row of 400."""
    with blocker.unblock(), transaction.atomic():
        operator = cast.distributor()
        _write_base(operator)
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone()[0]:  # copies of sound rows are sound: nobody need look where each points
                cursor.execute("SET LOCAL session_replication_role = replica")
            growing.copy_all(first=1, last=COPIES)
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
            cursor.execute(LATER.format("notifications_notification", "9 days"), [growing.APART])
            cursor.execute(LATER.format("plans_account", "11 hours"), [growing.APART])
            cursor.execute(LATER.format("plans_charge", "9 days"), [growing.APART])
            cursor.execute(TRIGRAMS)
            for (index,) in cursor.fetchall():  # as vacuum does
                cursor.execute("SELECT gin_clean_pending_list(%s::regclass)", [index])
            cursor.execute("ANALYZE")
        yield operator
        transaction.set_rollback(True)


def _write_base(operator: Operator) -> None:
    cast.product(operator)
    cast.product(operator, "Backup Vault", is_sold=False)
    for _ in grow(operator, accounts=BASE):
        pass
    accounts = list(Account.objects.resellers().filter(operator=operator).order_by("pk"))
    maren = User.objects.get(email="maren.holt@nordwind.example")
    Account.objects.filter(pk=accounts[3].pk).update(state="suspended", country="SE")
    cast.without_primary_contact(accounts[4])
    cast.customer(accounts[5])
    _write_orders(accounts, by=maren)
    _write_letters(accounts)
    _write_acceptances(operator, by=maren)
    TenantRequest.objects.create(operator=operator, account=accounts[0])
    token_of(operator, maren)
    Subscription.objects.filter(account=accounts[2]).update(state="ended", ended_at=timezone.now())


def _write_orders(accounts: list[Account], *, by: User) -> None:
    """One in each state, through each channel, and for each change; and a draft that was made."""
    now, product = timezone.now(), accounts[0].operator.products.get(slug="workplace-suite")
    facts = {
        "executing": {"lease_owner": "00000000-0000-0000-0000-000000000000", "lease_until": now},
        "executed": {"executed_at": now},
        "failed": {"error_code": "x"},
    }
    plan = cast.plan_product(accounts[0].operator, "standard").plan
    rare = [{"state": state} for state in Order.State.values]
    rare += [{"state": "cancelled", "channel": channel} for channel in Order.Channel.values]
    rare += [
        {"state": "cancelled", "change": change, "is_plan_order": True, "to_plan": plan}
        for change in ("downgrade", "cancel")
    ]
    orders = Order.objects.bulk_create(
        Order(operator=account.operator, account=account, number=f"SO-9{place:04d}", currency="EUR",
              **{"channel": "bss_order"} | fields | facts.get(fields["state"], {}))
        for place, (account, fields) in enumerate(zip(accounts[10:], rare, strict=False))
    )  # fmt: skip
    OrderItem.objects.bulk_create(
        OrderItem(
            operator_id=order.operator_id, order=order, product=product, name="Suite", cycle="month", unit_price=1
        )
        for order in orders
    )
    account = Account.objects.select_related("operator", "account_manager").get(pk=accounts[6].pk)
    draft_order(account, wanted=[Wanted(cast.plan_product(account.operator, "standard"))], channel="bss_order", by=by)


def _write_letters(accounts: list[Account]) -> None:
    """Half of them delivered welcomes; then each kind and each state once."""
    now, codes, states = timezone.now(), list(CATALOGUE), Notification.State.values
    facts = {"sending": {"lease_owner": "00000000-0000-0000-0000-000000000000", "lease_until": now}}
    Notification.objects.bulk_create(
        Notification(
            operator=account.operator, account=account, order=account.orders.first(), key=f"letter-{place}",
            template_code=codes[place % len(codes)] if place > BASE // 2 else "welcome_free",
            state=(state := states[place - 40] if 40 <= place < 40 + len(states) else "delivered"),
            recipient_email=account.billing_email, from_email="cloud@nordwind.example", subject="Letter", text="x",
            html="x", reason="x", occasion="x", next_attempt_at=now, sent_at=now,
            created_at=now - timedelta(days=450, minutes=place * 30), **facts.get(state, {}),
        )
        for place, account in enumerate(accounts)
    )  # fmt: skip


def _write_acceptances(operator: Operator, *, by: User) -> None:
    publish_terms(operator, "Second words.", after=1, by=by)
    first, second = operator.terms.order_by("number")
    orders = list(Order.objects.filter(operator=operator, is_plan_order=True, state="executed").order_by("pk"))
    TermsAcceptance.objects.bulk_create(
        TermsAcceptance(operator=operator, terms=terms, account_id=order.account_id, user=by, order=order)
        for order, terms in zip(orders, [second] + [first] * len(orders), strict=False)
    )
