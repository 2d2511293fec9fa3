"""Doorbells: a worker is told that an order is due. The order's row is the truth; a lost bell loses nothing."""

from django.db import transaction

from notifications import doorbell

TASK = "plans.execute_order"


def ring(order_id: int) -> bool:
    """Tell a worker that the order is due; whether the broker took it. The sweeper finds it in any case."""
    return doorbell.ring(TASK, order_id, queue="orders")


def ring_after_commit(order_id: int) -> None:
    transaction.on_commit(lambda: ring(order_id), robust=True)
