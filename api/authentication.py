"""Two ways to say who calls: a token in `Authorization: Bearer`, or the session of a browser with its CSRF token."""

from rest_framework import authentication, exceptions
from rest_framework.request import Request

from plans.models import User
from plans.tokens import find_token

from . import callers
from .problems import Problem

CHALLENGE = 'Bearer realm="uplift"'


class Unknown(Problem, exceptions.AuthenticationFailed):
    """401, with the challenge that says how to authenticate."""

    def __init__(self, code: str) -> None:
        Problem.__init__(self, 401, code)
        self.auth_header = CHALLENGE


class TokenAuthentication(authentication.BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, callers.Caller] | None:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        token = find_token(secret.strip())
        caller = callers.of_token(token, request._request) if token else None
        if caller is None:
            raise Unknown("token_invalid")
        return caller.user, caller

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SessionAuthentication(authentication.SessionAuthentication):
    def authenticate(self, request: Request) -> tuple[User, callers.Caller] | None:
        user = request._request.user
        if not user.is_authenticated or not user.is_active:
            return None
        self.enforce_csrf(request)
        caller = callers.of_session(user, request._request)
        if caller is None:
            raise Problem(403, "not_permitted")
        return user, caller

    def enforce_csrf(self, request: Request) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            raise Problem(403, "csrf_failed") from None
