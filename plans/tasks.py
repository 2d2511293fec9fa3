"""Celery's doors: fetch by id, call the story. A payload of an unknown version is left to the sweeper."""

from celery import shared_task
from celery.signals import worker_init, worker_shutting_down

from . import import_runs
from .execution import execute_order
from .sweeping import Sweeper

_sweeper = Sweeper()


@shared_task(name="plans.execute_order")
def execute(payload: dict) -> None:
    if payload.get("v") == 1:
        execute_order(payload["id"])


@shared_task(name=import_runs.TASK)
def go_on_importing(payload: dict) -> None:
    if payload.get("v") == 1:
        import_runs.go_on(payload["id"])


@worker_init.connect
def start_sweeping(*, sender, **_: object) -> None:
    """Not from worker_ready: that one never comes without a broker, when the sweeper is needed most."""
    _sweeper.start_for(sender.hostname)


@worker_shutting_down.connect
def stop_sweeping(**_: object) -> None:
    _sweeper.stop()
