"""What is wrong, as pages of the back office show it on top: looked for at most every 20 seconds for an operator."""

from django.core.cache import cache

from plans.alarm_kinds import BAD
from plans.findings import findings
from plans.models import Operator

KEPT = 20  # seconds


def ringing(operator: Operator) -> list[list[str]]:
    """The bad ones, the worst first, as [code, sentence]. One question to the cache, and rarely the rows."""
    return cache.get_or_set(f"alarms:{operator.pk}", lambda: _bad(operator), KEPT)


def _bad(operator: Operator) -> list[list[str]]:
    return [[found.kind.code, found.words] for found in findings(operator) if found.kind.severity == BAD]
