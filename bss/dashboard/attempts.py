"""Each card of the dashboard is read by itself: one that cannot be read says so, and the rest stands."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.db import DatabaseError

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Read:
    """What was read, or that it could not be."""

    value: object = None
    failed: bool = False

    def then(self, put: Callable[[object], object]) -> "Read":
        """The same, put another way; what could not be read stays so."""
        return self if self.failed else Read(put(self.value))


def read(question: Callable[[], object]) -> Read:
    try:
        return Read(question())
    except DatabaseError:
        logger.exception("dashboard_card_failed")
        return Read(failed=True)
