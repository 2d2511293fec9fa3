"""STORY: staff say that a worker which is dead does not come back."""

from django.db import transaction

from . import heartbeats
from .models import Operator, User
from .trail import remember


@transaction.atomic
def forget_worker(operator: Operator, *, name: str, by: User) -> bool:
    """Take it off the list; whether it was there and dead. One that lives stays."""
    is_gone = heartbeats.forget(name)
    if is_gone:
        remember(operator.pk, "operations.worker_forgotten", f"The dead worker {name} was forgotten.", by=by)
    return is_gone
