"""Whether a session has shown a second factor, where its member of staff needs one. Pages and API ask here."""

from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

from plans.models import StaffMembership


def has_passed(request: HttpRequest) -> bool:
    """Whether this session itself has shown a second factor. No query: it is kept in the session."""
    return any(record["method"] == "mfa" for record in get_authentication_records(request, request.user))


def is_missing(request: HttpRequest, *, staff: StaffMembership) -> bool:
    """Administrators need one, where the house asks for it."""
    needs_one = settings.STAFF_TWO_FACTOR_REQUIRED and staff.role == StaffMembership.Role.ADMINISTRATOR
    return needs_one and not has_passed(request)
