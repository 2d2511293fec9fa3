"""The guards, and what it is like without them. A storm without one must be red, or its judge would see nothing.

Nothing of this is in the product: processes of such a storm have settings that load this app beside the house
(tests/faults/storm/unguarded.py), and what the database promises is taken from the storm's own database.
"""

import functools
import os
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace


@dataclass(frozen=True)
class Guard:
    """`take_away` is called in each process; `constraints` and `one_to_one` are what the database no longer promises.

    `also` are the guards that stand behind it: only without them too there is a wrong row. `arguments` are the storm's.
    """

    holds: str
    take_away: Callable[[], None] | None = None
    model: str = ""
    constraints: tuple[str, ...] = ()
    one_to_one: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


def no_fence() -> None:
    """Whoever has claimed the order once carries it out, whatever has become of it since."""
    from plans import execution
    from plans.models import Account, Order

    def locked(lease: execution.Lease) -> tuple[Order, Account]:
        mine = Order.objects.filter(pk=lease.order_id)
        account = Account.objects.select_for_update(of=("self",), no_key=True)
        account = account.select_related("operator", "account_manager", "storefront_draft")
        account = account.get(pk__in=mine.values("account_id"))
        until = execution.in_seconds(30)
        mine.update(state="executing", lease_owner=lease.owner, lease_until=until, executed_at=None)
        return mine.select_related("to_plan", "from_plan", "placed_by").get(), account

    execution._locked = locked


def no_path_check() -> None:
    """Nobody looks again, when the order is carried out, whether the account still is where it was."""
    from plans import execution

    execution.refuse_execution = lambda order, **_: None


def anybody_may_claim() -> None:
    from django.db.models import Q

    from plans import execution

    execution.DUE = Q()


def no_sweeper() -> None:
    from plans import sweeping

    sweeping.Sweeper.start = lambda self: None


def no_transaction() -> None:
    from contextlib import nullcontext

    from django.db import models

    from plans import execution

    execution.transaction = SimpleNamespace(atomic=nullcontext)
    models.QuerySet.select_for_update = lambda self, **_: self.all()


def nothing_is_unknown() -> None:
    """A letter whose carrier died, or that had no answer, is simply sent again, as if nothing could have left."""
    from notifications import delivery

    consequence = delivery._consequence

    def certain(letter, answer):
        state, changes = consequence(letter, answer)
        if state == delivery.State.UNKNOWN:
            return delivery.State.RETRY, {"next_attempt_at": delivery.Now() + delivery.timedelta(seconds=10)}
        return state, changes

    def handing_over(letter, owner) -> bool:
        return bool(
            delivery.Notification.objects.filter(pk=letter.pk, lease_owner=owner, lease_until__gt=delivery.Now())
        )

    delivery._consequence, delivery._start_handing_over = certain, handing_over
    delivery._may_be_out = lambda: delivery.Q(pk=None)


def every_form_is_new() -> None:
    """The key that makes a double click one order is thrown away."""
    from plans import ordering, placing

    draft = placing.draft

    @functools.wraps(draft)
    def drafted(*args, form_key, **more):
        return draft(*args, form_key=str(uuid.uuid4()), **more)

    placing.draft = ordering.draft = drafted


def every_call_is_new() -> None:
    """Idempotency-Key is not looked at, nor is what it makes of the order's form key."""
    from api import idempotency

    taken = idempotency._taken

    def taken_anew(request):
        request._request.META["HTTP_IDEMPOTENCY_KEY"] = str(uuid.uuid4())
        request.__dict__.pop("headers", None)
        request._request.__dict__.pop("headers", None)
        return taken(request)

    idempotency._taken = taken_anew


def ring_before_commit() -> None:
    from plans import doorbells, placing

    placing.ring_after_commit = lambda order_id: doorbells.ring(order_id)


def strange_letter_keys() -> None:
    """Each letter has a key of its own, so that telling twice is two letters."""
    from notifications.models.notification import NotificationQuerySet

    write = NotificationQuerySet.bulk_create

    def write_strange_keys(self, rows, **options):
        for row in rows:
            row.key = f"{row.key}:{row.message_id}"[:520]
        return write(self, rows, **options)

    NotificationQuerySet.bulk_create = write_strange_keys


GUARDS = {
    "fence": Guard("who lost the lease writes nothing", no_fence),
    "fence and constraints": Guard(
        "what stands behind the fence: one subscription for an item, one active plan, one storefront",
        also=("fence", "path", "subscription once", "one plan", "storefront once", "letter key"),
    ),
    "path": Guard("the way up is looked at again when the order is carried out", no_path_check),
    "claim": Guard("only what is due is claimed", anybody_may_claim),
    "transaction": Guard("all of an order or nothing", no_transaction),
    "sweeper": Guard("whatever got lost is found", no_sweeper),
    "unknown": Guard("a letter that may be out already is sent again as a possible duplicate", nothing_is_unknown,
                     arguments=("--mail", "smtp")),
    "form key": Guard("a form sent twice is one order", every_form_is_new),
    "call key": Guard("a call of the API sent twice is one order", every_call_is_new),
    "after commit": Guard("a bell rings for what can be seen", ring_before_commit),
    "letter key": Guard("a letter is written once", strange_letter_keys),
    "subscription once": Guard(
        "an item starts one subscription", model="Subscription", constraints=("subscription_number_unique",),
        one_to_one=("order_item", "replaces"),
    ),
    "one plan": Guard(
        "an account has one active plan", model="Subscription", constraints=("one_active_plan_subscription",)
    ),
    "storefront once": Guard(
        "an account has one storefront under one alias", model="Storefront",
        one_to_one=("account", "claim", "created_by_order"),
    ),
    "one open order": Guard(
        "an account has one plan order under way", model="Order", constraints=("one_open_plan_order",)
    ),
    "alias once": Guard("an alias is claimed once", model="AliasClaim", constraints=("alias_claimed_once",)),
}  # fmt: skip


def taken_away(names: list[str]) -> list[Guard]:
    """These guards and those behind them."""
    wanted = [name for name in names if name]
    for name in wanted:
        wanted += [behind for behind in GUARDS[name].also if behind not in wanted]
    return [GUARDS[name] for name in wanted]


def drop_promises(names: list[str]) -> None:
    """Take them from the database that this process is connected to: the storm's own."""
    from django.apps import apps
    from django.db import connection

    from tests.faults import promises

    for guard in filter(lambda guard: guard.model, taken_away(names)):
        model = apps.get_model("plans", guard.model)
        gone = [each for each in model._meta.constraints if each.name in guard.constraints]
        with connection.schema_editor() as editor:
            promises._take_away(editor, model, gone, [model._meta.get_field(name) for name in guard.one_to_one])


def in_this_process() -> None:
    """Called when the app of tests/faults/storm/unguarded.py is ready."""
    for guard in taken_away(os.environ["STORM_WITHOUT"].split(",")):
        if guard.take_away:
            guard.take_away()
