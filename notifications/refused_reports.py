"""How many reports were refused lately because who told them could not prove who they are.

Counted in the cache and not in rows: whoever wishes can knock there as often as they like.
"""

import time
from contextlib import suppress

from django.core.cache import cache

HOUR = 3600


def count() -> None:
    key = _key(_hour())
    cache.add(key, 0, 2 * HOUR)
    with suppress(ValueError):  # the cache is away: the log has it
        cache.incr(key)


def lately() -> int:
    """In this hour and the one before."""
    kept = cache.get_many([_key(_hour()), _key(_hour() - 1)])
    return sum(kept.values())


def _hour() -> int:
    return int(time.time()) // HOUR


def _key(hour: int) -> str:
    return f"reports_refused:{hour}"
