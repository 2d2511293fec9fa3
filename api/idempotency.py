"""`Idempotency-Key`: a call that is sent twice, or twice at once, is carried out once.

The key is taken in a transaction of its own, so that whoever comes with it at the same moment is told at once (409).
The effect and the answer are then written in one transaction: either both are there, or neither. Who died in between
left nothing but the key, and another may take it over after `IN_FLIGHT`; the one who was only slow then finds that it
is no longer theirs, and takes back what it did. Refusals are answers, too: the same key tells them again.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps

from django.db import IntegrityError, transaction
from django.utils import timezone
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from plans.models import IdempotencyRecord

from .problems import CONTENT_TYPE, Problem, document_of

IN_FLIGHT = timedelta(minutes=1)  # longer than any request may take
REPLAYED = "Idempotency-Replayed"
NOT_KEPT = (429,)


def once(handler: Callable[..., Response]) -> Callable[..., Response]:
    """For every unsafe method that writes."""

    @wraps(handler)
    def answered_once(view, request: Request, *args, **kwargs) -> Response:
        record = _taken(request)
        if record.status:
            return _again(record)
        try:
            with transaction.atomic():
                response = handler(view, request, *args, **kwargs)
                return _kept(record, response.status_code, response.data)
        except Exception as problem:
            told = document_of(problem)
            if told is None or told["status"] in NOT_KEPT or getattr(problem, "code", "") == "idempotency_in_flight":
                _let_go(record)
                raise
            response = _kept(record, told["status"], told)
            response.content_type = CONTENT_TYPE
            return response

    answered_once.needs_key = True  # what the schema says of it
    return answered_once


def _taken(request: Request) -> IdempotencyRecord:
    """The key's record: a new one (status 0), or the one that holds the first answer."""
    caller, now = request.auth, timezone.now()
    mine = {"operator": caller.operator, "user": caller.user, "key": _key(request)}
    asked = _digest(request)
    try:
        with transaction.atomic():
            return IdempotencyRecord.objects.create(**mine, request=asked, created_at=now)
    except IntegrityError:
        pass
    found = IdempotencyRecord.objects.filter(**mine).first()
    if found is None:  # let go in this very moment
        raise Problem(409, "idempotency_in_flight")
    if found.created_at < now - (IdempotencyRecord.KEPT if found.status else IN_FLIGHT):
        return _taken_over(found, asked, now)
    if found.request != asked:
        raise Problem(422, "idempotency_key_reused")
    if not found.status:
        raise Problem(409, "idempotency_in_flight")
    return found


def _taken_over(found: IdempotencyRecord, asked: str, now: datetime) -> IdempotencyRecord:
    same = IdempotencyRecord.objects.filter(pk=found.pk, created_at=found.created_at)
    if not same.update(request=asked, status=0, answer=None, created_at=now):
        raise Problem(409, "idempotency_in_flight")
    found.request, found.status, found.answer, found.created_at = asked, 0, None, now
    return found


def _kept(record: IdempotencyRecord, status: int, data: object) -> Response:
    """Write the answer beside its effect, as long as the key is still ours; raises, and so takes all back, if not."""
    told = JSONRenderer().render(data).decode()  # as text: PostgreSQL would sort the fields of an object
    ours = IdempotencyRecord.objects.filter(pk=record.pk, status=0, created_at=record.created_at)
    if not ours.update(status=status, answer=told):
        raise Problem(409, "idempotency_in_flight")
    return Response(json.loads(told), status=status)


def _let_go(record: IdempotencyRecord) -> None:
    IdempotencyRecord.objects.filter(pk=record.pk, status=0, created_at=record.created_at).delete()


def _again(record: IdempotencyRecord) -> Response:
    kind = CONTENT_TYPE if record.status >= 400 else None
    return Response(json.loads(record.answer), status=record.status, headers={REPLAYED: "true"}, content_type=kind)


def _key(request: Request) -> str:
    key = request.headers.get("Idempotency-Key")
    if not key:
        raise Problem(400, "idempotency_key_missing")
    if len(key) > 255 or not all("!" <= letter <= "~" for letter in key):
        raise Problem(400, "idempotency_key_invalid")
    return key


def _digest(request: Request) -> str:
    account = request.auth.account
    parts = (request.method, request.get_full_path(), account.number if account else "")
    return hashlib.sha256("\n".join(parts).encode() + b"\n" + request._request.body).hexdigest()
