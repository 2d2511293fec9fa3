"""Who may open a page of the BSS. What a role may do stands in `plans.models.STAFF_PERMISSIONS`."""

from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from plans.models import StaffMembership
from plans.refusals import SENTENCES

CHOSEN = "bss_operator"  # in the session: whose back office somebody works in who is staff of several


class StaffRequired:
    """For every page of the BSS: who is not signed in signs in first, who lacks the permission gets 403.

    Sets `request.staff` (the membership), `request.operator` and `request.employers` (all memberships), with one
    query, and the operator's time zone. Pages start from `request.operator`: what belongs to another one is 404.
    """

    permission = "view"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.employers = memberships(request)
        request.staff = chosen(request)
        if not request.employers:
            raise PermissionDenied("You don’t work in this back office.")
        if request.staff is None:
            back = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('choose_operator')}?{back}")
        if not request.staff.may(self.permission):
            raise PermissionDenied(SENTENCES["not_permitted"])
        request.operator = request.staff.operator
        with timezone.override(ZoneInfo(request.operator.time_zone)):
            return super().dispatch(request, *args, **kwargs)


def memberships(request: HttpRequest) -> list[StaffMembership]:
    """Where the user works, by name of the operator."""
    found = StaffMembership.objects.filter(user=request.user, is_active=True)
    return list(found.select_related("operator").order_by("operator__name", "pk"))


def chosen(request: HttpRequest) -> StaffMembership | None:
    """The membership that counts now: the only one, or the one that was chosen after signing in."""
    if len(request.employers) == 1:
        return request.employers[0]
    wanted = request.session.get(CHOSEN)
    return next((one for one in request.employers if one.operator_id == wanted), None)
