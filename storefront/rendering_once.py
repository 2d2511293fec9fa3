"""A page that many are shown alike is rendered once, and kept for a minute without what is the reader's own.

What a page shows is told by its ETag (revalidation.py); the token of its forms and the nonce of its scripts are put in
for each reader. Who calls keeps only pages whose number is bounded by what there is, never by what can be asked.
"""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.crypto import salted_hmac

KEPT_FOR = 60  # seconds


def answer(request: HttpRequest, template: str, context: dict, *, shown: str) -> HttpResponse:
    """Like `render`. `shown` is the same for two pages only if they show the same."""
    token, nonce = get_token(request), str(request.csp_nonce)
    # Nobody can guess them, so nobody's words can hold them.
    token_there, nonce_there = (salted_hmac(f"storefront.{what}", shown).hexdigest() for what in ("token", "nonce"))
    key = f"page:{shown}"
    kept = cache.get(key)
    if kept is not None:
        return HttpResponse(kept.replace(token_there, token).replace(nonce_there, nonce))
    response = render(request, template, {**context, "csrf_token": token})
    kept = response.content.decode().replace(token, token_there).replace(nonce, nonce_there)
    cache.set(key, kept, KEPT_FOR)
    return response
