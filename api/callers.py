"""Who calls: staff of an operator, or a contact of a reseller's account. Asked anew for every call."""

from dataclasses import dataclass

from django.http import HttpRequest

from plans.models import (
    ROLE_PERMISSIONS,
    STAFF_PERMISSIONS,
    Account,
    ApiToken,
    ContactRole,
    Operator,
    Order,
    StaffMembership,
    User,
)
from ui import second_factor
from ui.employment import chosen, memberships

from .problems import Problem


@dataclass(frozen=True)
class Caller:
    user: User
    operator: Operator
    permissions: frozenset[str]
    account: Account | None = None  # the reseller that it acts for; none: staff
    token: ApiToken | None = None

    @property
    def is_staff(self) -> bool:
        return self.account is None

    @property
    def channel(self) -> str:
        """What an order of this caller says of where it came from."""
        return Order.Channel.API if self.is_staff else Order.Channel.OWN_API

    @property
    def may_write(self) -> bool:
        return self.token is None or self.token.scope == ApiToken.Scope.WRITE


def of_token(token: ApiToken, request: HttpRequest) -> Caller | None:
    """Staff are strangers on store hosts, and resellers anywhere but on the store host of their distributor."""
    if token.account is None:
        role = StaffMembership.objects.filter(operator=token.operator, user=token.user, is_active=True)
        found = role.values_list("role", flat=True).first() if request.is_bss_host else None
        return Caller(token.user, token.operator, STAFF_PERMISSIONS[found], token=token) if found else None
    if request.operator is None or request.operator.pk != token.operator_id:
        return None
    token.account.operator = token.operator
    return _of_contact(token)


def of_session(user: User, request: HttpRequest) -> Caller | None:
    """Who is signed in at this host: at the BSS as staff, at a store host as a contact of a reseller."""
    if request.is_bss_host and (employers := list(memberships(user))):
        request.employers = employers
        staff = chosen(request)
        if staff is None:
            raise Problem(403, "operator_not_chosen")
        if second_factor.is_missing(request, staff=staff):
            raise Problem(403, "second_factor_missing")
        return Caller(user, staff.operator, STAFF_PERMISSIONS[staff.role])
    visitor = request.visitor
    if not visitor.is_member or not visitor.is_reseller:
        return None
    return Caller(user, request.operator, visitor.permissions, account=visitor.account)


def _of_contact(token: ApiToken) -> Caller | None:
    held = ContactRole.objects.filter(contact__account=token.account, contact__user=token.user)
    roles = list(held.values_list("role", flat=True))
    if not roles or token.account.kind != Account.Kind.RESELLER:
        return None
    permissions = frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
    return Caller(token.user, token.operator, permissions, account=token.account, token=token)
