"""How often one token, or one session's user, may call: counted for each minute, where all processes see it."""

from django.core.cache import cache
from django.utils import timezone
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

A_MINUTE = {"reads": 600, "writes": 120}


class ByCaller(BaseThrottle):
    """Where the cache is away, nobody counts, and calls go on."""

    def allow_request(self, request: Request, view) -> bool:
        kind = "reads" if request.method in SAFE_METHODS else "writes"
        caller = request.auth
        who = f"token:{caller.token.pk}" if caller.token else f"user:{caller.user.pk}"
        key = f"api:{kind}:{who}:{int(timezone.now().timestamp() // 60)}"
        cache.add(key, 0, timeout=120)
        try:
            return cache.incr(key) <= A_MINUTE[kind]
        except ValueError:
            return True

    def wait(self) -> float:
        return 60 - timezone.now().timestamp() % 60
