"""Who may call what: the tables of `plans.models.access`, the token's scope, and what the reseller's plan includes."""

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from plans.models import Entitlement

from .authentication import Unknown
from .callers import Caller
from .problems import Problem


class MayCall(BasePermission):
    """Asked before any row is looked for: who may not do a thing learns nothing about rows."""

    def has_permission(self, request: Request, view) -> bool:
        caller = request.auth
        if not isinstance(caller, Caller):
            raise Unknown("not_authenticated")
        if not hasattr(view, request.method.lower()):
            return True  # 405 is on its way
        reads = request.method in SAFE_METHODS or view.writes_nothing
        if not reads and not caller.may_write:
            raise Problem(403, "scope_missing")
        if not caller.is_staff:
            _check_plan(caller, reads=reads)
        if view.permission(caller, request.method) not in caller.permissions:
            raise Problem(403, "not_permitted")
        return True


def _check_plan(caller: Caller, *, reads: bool) -> None:
    needed = (Entitlement.Code.API_READ, Entitlement.Code.API_WRITE) if reads else (Entitlement.Code.API_WRITE,)
    if not any(caller.account.can(code) for code in needed):
        raise Problem(403, "not_in_plan")
