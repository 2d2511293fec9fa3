"""A page that many are shown alike is rendered once, and kept for a minute without what is the reader's own.

What a page shows is told by its ETag (revalidation.py); the token of its forms and the nonce of its scripts are put in
for each reader. Who calls keeps only pages whose number is bounded by what there is, never by what can be asked.
The last ones are kept here, too: asking the cache for one takes longer than asking the database whether it holds.
"""

import time
from collections import OrderedDict
from threading import Lock

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac

KEPT_FOR = 60  # seconds
MOST_HERE = 64  # pages in the memory of a process, of 20 to 30 KB each


class Pages:
    """By what they show, so that none is ever out of date."""

    def __init__(self) -> None:
        self._here: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._one_at_a_time = Lock()

    def get(self, key: str) -> bytes | None:
        with self._one_at_a_time:
            until, page = self._here.get(key, (0.0, b""))
            if until > time.monotonic():
                self._here.move_to_end(key)
                return page
        kept = cache.get(key)
        return None if kept is None else self._put_here(key, kept.encode())

    def keep(self, key: str, page: str) -> bytes:
        cache.set(key, page, KEPT_FOR)
        return self._put_here(key, page.encode())

    def _put_here(self, key: str, page: bytes) -> bytes:
        with self._one_at_a_time:
            self._here[key] = time.monotonic() + KEPT_FOR, page
            while len(self._here) > MOST_HERE:
                self._here.popitem(last=False)
        return page

    def clear(self) -> None:
        with self._one_at_a_time:
            self._here.clear()


pages = Pages()


def answer(request: HttpRequest, template: str, context: dict, *, shown: str) -> HttpResponse:
    """Like `render`. `shown` is the same for two pages only if they show the same."""
    token, nonce = get_token(request), str(request.csp_nonce)
    # Nobody can guess them, so nobody's words can hold them.
    token_there, nonce_there = (salted_hmac(f"storefront.{what}", shown).hexdigest() for what in ("token", "nonce"))
    key = f"page:{shown}"
    kept = pages.get(key)
    if kept is None:
        response = render(request, template, {**context, "csrf_token": token})
        pages.keep(key, response.content.decode().replace(token, token_there).replace(nonce, nonce_there))
        return response
    return HttpResponse(
        kept.replace(token_there.encode(), token.encode()).replace(nonce_there.encode(), nonce.encode())
    )
