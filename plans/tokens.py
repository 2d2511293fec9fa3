"""STORY: keys for programs. A token is shown once, when it is made; what is kept of it is a hash.

It acts as the user who made it, with what that user may do at the moment of each call: staff of an operator, or a
contact of a reseller's account. It never outlives its expiry, its revocation, or its user.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from .models import Account, ApiToken, IdempotencyRecord, Operator
from .refusals import Refused
from .trail import remember

MARK = "upl_"  # by which people, and programs that look for leaked secrets, know one
SHOWN = 12  # letters that are kept to tell tokens apart
NOTED_EVERY = timedelta(minutes=1)


def create_token(
    operator: Operator, *, name: str, scope: str, expires_at: datetime | None, by, account: Account | None = None
) -> tuple[ApiToken, str]:
    """The token's row, and the token itself: nobody sees it again."""
    secret = MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        token = ApiToken.objects.create(
            operator=operator,
            account=account,
            user=by,
            name=name,
            prefix=secret[:SHOWN],
            digest=digest_of(secret),
            scope=scope,
            expires_at=expires_at,
        )
        remember(operator.pk, "token.created", f"API token {name} created.", by=by, account=account)
    return token, secret


def revoke_token(token: ApiToken, *, by) -> None:
    """From now on it opens nothing. One that was revoked already is refused with token_revoked."""
    with transaction.atomic():
        if not ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now()):
            raise Refused("token_revoked", token=token.name)
        remember(token.operator_id, "token.revoked", f"API token {token.name} revoked.", by=by, account=token.account)


def find_token(secret: str) -> ApiToken | None:
    """The living token of a living user, with its operator and account; notes that it was used, once a minute."""
    if not secret.startswith(MARK):
        return None
    living = ApiToken.objects.alive().filter(user__is_active=True)
    found = living.select_related("user", "operator", "account").filter(digest=digest_of(secret)).first()
    if found is not None:
        now = timezone.now()
        quiet = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - NOTED_EVERY)
        if found.last_used_at is None or found.last_used_at < now - NOTED_EVERY:
            ApiToken.objects.filter(quiet, pk=found.pk).update(last_used_at=now)
    return found


def forget_answers(limit: int) -> int:
    """Delete the oldest answers that no key gets any more; how many they were."""
    over = IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - 2 * IdempotencyRecord.KEPT)
    oldest = list(over.order_by("created_at").values_list("pk", flat=True)[:limit])
    return IdempotencyRecord.objects.filter(pk__in=oldest).delete()[0] if oldest else 0


def digest_of(secret: str) -> str:
    """A token is as random as its hash: neither salt nor slowness would add anything."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
