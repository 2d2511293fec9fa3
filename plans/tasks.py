"""Celery's doors: fetch by id, call the story. A payload of an unknown version is left to the sweeper."""

from celery import shared_task
from celery.signals import worker_init, worker_shutting_down

from .execution import execute_order
from .sweeping import Sweeper

_sweeper = Sweeper()


@shared_task(name="plans.execute_order")
def execute(payload: dict) -> None:
    if payload.get("v") == 1:
        execute_order(payload["id"])


@worker_init.connect
def start_sweeping(**_: object) -> None:
    """Not from worker_ready: that one never comes without a broker, when the sweeper is needed most."""
    _sweeper.start()


@worker_shutting_down.connect
def stop_sweeping(**_: object) -> None:
    _sweeper.stop()
