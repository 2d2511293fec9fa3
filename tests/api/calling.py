"""Calling the API as a program does: JSON, a token, a key of one's own for each call that writes."""

import json
import uuid
from datetime import timedelta

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from plans.models import Account, Operator, User
from plans.tokens import create_token

BSS, STORE = "bss.disti.test", "testserver"


class Program:
    """Someone with a token at a host. `last` is the last answer as it came."""

    def __init__(self, secret: str, *, host: str = BSS) -> None:
        self.secret, self.host = secret, host
        self.client = Client(raise_request_exception=False)

    def get(self, path: str, **parameters: object) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", parameters, headers=self.headers())

    def send(
        self, method: str, path: str, body: object = None, *, key: str | None = "", **headers: str
    ) -> HttpResponse:
        """`key`: empty for a new one, None for none at all."""
        given = {} if key is None else {"Idempotency-Key": key or str(uuid.uuid4())}
        data = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
        return self.client.generic(
            method, f"/api/v1/{path}", data, "application/json", headers=self.headers() | given | headers
        )

    def post(self, path: str, body: object = None, **options) -> HttpResponse:
        return self.send("POST", path, body, **options)

    def patch(self, path: str, body: object = None, **options) -> HttpResponse:
        return self.send("PATCH", path, body, **options)

    def headers(self) -> dict[str, str]:
        return {"host": self.host} | ({"authorization": f"Bearer {self.secret}"} if self.secret else {})


def token_of(operator: Operator, user: User, *, scope: str = "write", account: Account | None = None, **options) -> str:
    expires_at = options.pop("expires_at", timezone.now() + timedelta(days=30))
    return create_token(operator, name="ERP", scope=scope, expires_at=expires_at, by=user, account=account)[1]


def problem(response: HttpResponse, status: int) -> str:
    """The code of a problem document that is one in every respect."""
    told = response.json()
    assert response.status_code == status == told["status"], (response.status_code, told)
    assert response["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status", "code", "detail"} <= set(told)
    assert told["type"] == f"urn:uplift:problem:{told['code']}"
    assert told["detail"]
    return told["code"]
