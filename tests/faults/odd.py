"""A worker that is odd: `celery -A tests.faults.odd`. Twins run it, and tests that have no time.

ODD names what is odd, separated by commas. The product knows nothing of it.
"""

import os
from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace

import django

from config.celery import app

django.setup()

from django.db import models  # noqa: E402

from plans import execution, sweeping, tasks  # noqa: E402

__all__ = ["app"]


def hurried_sweeper() -> None:
    tasks._sweeper.every = 0.5


def short_lease() -> None:
    execution.LEASE = timedelta(seconds=2)


def no_sweeper() -> None:
    sweeping.Sweeper.start = lambda self: None


def no_transaction() -> None:
    """Each statement is on its own, as if nobody had thought of `atomic`."""
    execution.transaction = SimpleNamespace(atomic=nullcontext)
    models.QuerySet.select_for_update = lambda self, **_: self.all()


for name in filter(None, os.environ.get("ODD", "").split(",")):
    {
        "hurried sweeper": hurried_sweeper,
        "short lease": short_lease,
        "no sweeper": no_sweeper,
        "no transaction": no_transaction,
    }[name]()
