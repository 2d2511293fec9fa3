"""Where somebody works: memberships of staff, and whose back office was chosen by who works for several operators."""

from django.db.models import QuerySet
from django.http import HttpRequest

from plans.models import StaffMembership, User

CHOSEN = "bss_operator"  # in the session: whose back office somebody works in who is staff of several


def memberships(user: User | int) -> QuerySet:
    """Where the user works, with the operators, by their name."""
    found = StaffMembership.objects.filter(user=user, is_active=True)
    return found.select_related("operator").order_by("operator__name", "pk")


def chosen(request: HttpRequest) -> StaffMembership | None:
    """The membership that counts now: the only one of `request.employers`, or the one that was chosen."""
    if len(request.employers) == 1:
        return request.employers[0]
    wanted = request.session.get(CHOSEN)
    return next((one for one in request.employers if one.operator_id == wanted), None)
