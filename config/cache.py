"""The cache is the broker's server: when it is away, pages go on without it.

Reads turn into misses and writes into nothing. Deleting raises, because a caller that deletes relies on it: a sign-out
that leaves the session readable must not look like a success.
"""

import json
import logging
import time
from collections.abc import Callable

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from django.core.serializers.json import DjangoJSONEncoder
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)
REST_AFTER_FAILURE = 5.0  # seconds


class CacheUnreachable(Exception):
    """The cache does not answer and the caller needs it: deleting, counting sign-in attempts."""


class JsonSerializer:
    """JSON and not pickle: who can write to the cache must not be able to run code here."""

    def dumps(self, value: object) -> str | int:
        return value if type(value) is int else json.dumps(value, cls=DjangoJSONEncoder)

    def loads(self, data: bytes) -> object:
        return json.loads(data)


class KeptClients(RedisCacheClient):
    """One client for each connection pool. Django makes one for each question, which takes longer than the answer."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._kept: dict[object, object] = {}

    def get_client(self, key: object = None, *, write: bool = False) -> object:
        pool = self._get_connection_pool(write)
        if pool not in self._kept:
            self._kept[pool] = self._client(connection_pool=pool)
        return self._kept[pool]


class PatientRedisCache(RedisCache):
    """Django's Redis cache with short waits, and a rest of some seconds after a failure."""

    def __init__(self, server: str, params: dict) -> None:
        super().__init__(server, params)
        self._class = KeptClients
        # One retry when a kept connection turns out to be closed; none when the server is silent.
        retry = Retry(NoBackoff(), 1, supported_errors=(RedisConnectionError,))
        self._options = {
            "serializer": JsonSerializer(),
            "socket_connect_timeout": 0.3,
            "socket_timeout": 0.5,
            "retry": retry,
            **self._options,
        }
        self._away_until = 0.0

    def alive(self) -> bool:
        """Whether the cache answers now. Sign-in asks first: its rate limits are kept here."""
        try:
            self._ask(lambda: self._cache.get_client().ping())
        except CacheUnreachable:
            return False
        return True

    def get(self, key, default=None, version=None):
        return self._or(default, super().get, key, default, version)

    def get_many(self, keys, version=None):
        return self._or({}, super().get_many, keys, version)

    def has_key(self, key, version=None):
        return self._or(False, super().has_key, key, version)

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        self._or(None, super().set, key, value, timeout, version)

    def set_many(self, data, timeout=DEFAULT_TIMEOUT, version=None):
        return self._or(list(data), super().set_many, data, timeout, version)

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None):
        return self._or(False, super().add, key, value, timeout, version)

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None):
        return self._or(False, super().touch, key, timeout, version)

    def incr(self, key, delta=1, version=None):
        try:
            return self._ask(super().incr, key, delta, version)
        except CacheUnreachable as away:
            raise ValueError(f"Key {key!r} not found.") from away  # as for any missing key

    def delete(self, key, version=None):
        return self._ask(super().delete, key, version)

    def delete_many(self, keys, version=None):
        self._ask(super().delete_many, list(keys), version)

    def clear(self):
        return self._ask(super().clear)

    def _or(self, otherwise: object, question: Callable, *args: object) -> object:
        try:
            return self._ask(question, *args)
        except CacheUnreachable:
            return otherwise

    def _ask(self, question: Callable, *args: object) -> object:
        """Ask the server unless it was silent a moment ago: many waits on one page would add up."""
        if time.monotonic() < self._away_until:
            raise CacheUnreachable
        try:
            return question(*args)
        except (RedisError, OSError) as problem:
            self._away_until = time.monotonic() + REST_AFTER_FAILURE
            logger.warning("cache_unreachable", extra={"problem": repr(problem)})
            raise CacheUnreachable from problem
