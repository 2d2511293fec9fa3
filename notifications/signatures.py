"""Who may tell us about letters: a signature as Resend makes it (Svix, Standard Webhooks), or a name and a password.

Several secrets at once, so that one can be replaced while the provider still uses the other.
"""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Iterable, Mapping

WINDOW = 5 * 60  # seconds that a signature may be old, or its clock ahead of ours
SIGNING = "whsec_"
SHORTEST = 16  # characters of a password


def is_authentic(body: bytes, *, headers: Mapping[str, str], secrets: Iterable[str]) -> bool:
    """Whether one of the secrets made this. A secret is `whsec_<base64>`, which signs, or `name:password`."""
    return any(
        _signed(body, headers=headers, secret=secret) if secret.startswith(SIGNING) else _named(headers, secret=secret)
        for secret in secrets
    )


def is_usable(secret: str) -> bool:
    """Whether a secret of the settings can be met at all, and not by guessing."""
    if secret.startswith(SIGNING):
        return len(_key(secret)) >= SHORTEST
    name, _, password = secret.partition(":")
    return bool(name) and len(password) >= SHORTEST


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(SIGNING), validate=True)
    except binascii.Error:
        return b""


def _signed(body: bytes, *, headers: Mapping[str, str], secret: str) -> bool:
    """`svix-signature` holds one or several `v1,<base64>`: one is enough. The time is signed with the words."""
    stamp = headers.get("svix-timestamp", "")
    if not stamp.isascii() or not stamp.isdecimal() or len(stamp) > 12 or abs(time.time() - int(stamp)) > WINDOW:
        return False
    key = _key(secret)
    words = f"{headers.get('svix-id', '')}.{stamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, words, hashlib.sha256).digest())
    given = [mark.removeprefix("v1,").encode() for mark in headers.get("svix-signature", "").split(" ")[:8]]
    return bool(key) and sum(hmac.compare_digest(expected, one) for one in given) > 0


def _named(headers: Mapping[str, str], *, secret: str) -> bool:
    """HTTP basic authentication: what Anymail proposes for providers that sign nothing."""
    scheme, _, given = headers.get("Authorization", "").partition(" ")
    expected = base64.b64encode(secret.encode())
    return scheme.lower() == "basic" and ":" in secret and hmac.compare_digest(expected, given.strip().encode())
