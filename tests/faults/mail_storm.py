"""A storm in the post room: letters and orders at once, a provider that fails in every way, workers that are killed."""

import os
import random
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from children import Child
from django.db import transaction
from django.db.models.functions import Now

from notifications.models import Notification
from notifications.post import Recipient
from plans.models import Operator, Order
from tests import cast
from tests.mail_provider import MailProvider
from tests.notifications.people import welcome

from .passing_time import until

WEATHER = {"slow": 0.1, "429": 0.08, "500": 0.08, "reset": 0.12, "bounce": 0.03, "complain": 0.02}
SLOW = 0.4  # seconds
BACKLOG = 25
CARRYING = timedelta(seconds=8)  # nobody carries a letter for longer here: who had it for that long is dead
MOVING = ("queued", "sending", "retry", "unknown")


@dataclass
class Storm:
    """`another` starts the provider again, at the same address and with its journal."""

    operator: Operator
    worker: Child
    chance: random.Random
    provider: MailProvider
    another: Callable[[], MailProvider]
    killed: dict[str, int] = field(default_factory=lambda: {"child": 0, "worker": 0})
    orders: list[Order] = field(default_factory=list)

    def rage(self, *, letters: int, kills: int, orders: int) -> None:
        """As many rounds as there are kills: in each some letters are posted and somebody dies. In the middle the
        provider is away."""
        for number in range(kills):
            for letter in range(letters * number // kills, letters * (number + 1) // kills):
                welcome(self.operator, occasion=f"storm:{letter}", to=[Recipient(f"r{letter}@storm.example", "R")])
            if number * orders // kills != (number + 1) * orders // kills:
                self.place_order()
            if number == kills // 2:
                self.provider.stop()
            if number == kills // 2 + kills // 10 + 1:
                self.provider = self.another()
            until(self.keeps_up, seconds=10)
            time.sleep(self.chance.uniform(0.02, 0.4))
            self.kill_somebody(whole_worker=number % 10 == 4)
            self.worker.look_after()  # as the supervisor does: a worker that loses a child while it starts gives up
            if number % 4 == 3 and self.provider.process.poll() is None:
                let_time_pass()  # not while the provider is away: that would be a day in a minute

    def place_order(self) -> None:
        number = len(self.orders)
        account = cast.reseller(self.operator, f"Stormy {number}")
        self.orders.append(cast.order_plan(account, alias=f"stormy-{number}"))

    def kill_somebody(self, *, whole_worker: bool) -> None:
        """SIGKILL for a pool child at random, or for the whole worker, which is started again."""
        if whole_worker:
            self.worker.kill()
            self.worker.start()
            self.killed["worker"] += 1
            return
        with suppress(OSError, IndexError, AttributeError):  # it has no child at the moment, or is being started again
            pid = self.worker.process.pid
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            os.kill(int(self.chance.choice(children)), signal.SIGKILL)
            self.killed["child"] += 1

    def keeps_up(self) -> bool:
        """No more waits than a worker carries in some seconds: so that it dies at work, and not before a mountain."""
        self.worker.look_after()
        return Notification.objects.filter(state="queued").count() < BACKLOG

    def has_no_worker(self) -> bool:
        """Never for good: whoever asks looks after it as the supervisor does."""
        self.worker.look_after()
        return False

    def is_calm(self) -> bool:
        """Nothing moves any more: what is unknown without a next try waits for a person."""
        self.worker.look_after()
        let_time_pass()
        waiting = Notification.objects.filter(state__in=MOVING).exclude(state="unknown", next_attempt_at=None)
        return not waiting.exists()

    def waited(self) -> list[float]:
        """Seconds from placing to execution of each order, the longest last."""
        moments = Order.objects.filter(pk__in=[order.pk for order in self.orders], state="executed")
        return sorted((e - p).total_seconds() for p, e in moments.values_list("placed_at", "executed_at"))


def let_time_pass() -> None:
    """Pauses are over, and so are the leases of the dead; who is at it keeps the lease."""
    with transaction.atomic():
        letters = Notification.objects
        letters.filter(next_attempt_at__gt=Now()).update(next_attempt_at=Now())
        letters.filter(state="sending", lease_until__lt=Now() + timedelta(seconds=60) - CARRYING).update(
            lease_until=Now()
        )
        letters.filter(rung_at__lt=Now() - timedelta(seconds=3)).update(rung_at=None)
