"""Who may open a page of the BSS. What a role may do stands in `plans.models.STAFF_PERMISSIONS`."""

from zoneinfo import ZoneInfo

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Count, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from notifications.models import Notification
from plans.models import StaffMembership
from plans.prepared import Prepared
from plans.refusals import SENTENCES
from ui import employment

from . import dialogs, two_factor


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
        request.staff = employment.chosen(request)
        if not request.employers:
            raise PermissionDenied("You don’t work in this back office.")
        if request.staff is None:
            back = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('choose_operator')}?{back}")
        if detour := two_factor.detour(request, request.staff):
            return dialogs.answer(request, detour)
        if not request.staff.may(self.permission):
            raise PermissionDenied(SENTENCES["not_permitted"])
        request.operator = request.staff.operator
        with timezone.override(ZoneInfo(request.operator.time_zone)):
            return dialogs.answer(request, super().dispatch(request, *args, **kwargs))


def memberships(request: HttpRequest) -> list[StaffMembership]:
    """Where the user works, by name of the operator."""
    return MEMBERSHIPS(user=request.user.pk)


def _unread(user: int) -> Coalesce:
    """The bell's number, found out beside the membership: letters to this user at that operator, unread."""
    letters = Notification.objects.for_user(user, OuterRef("operator_id")).unread().order_by()
    many = letters.annotate(none=Value(1)).values("none").annotate(many=Count("pk")).values("many")
    return Coalesce(Subquery(many), Value(0))


MEMBERSHIPS = Prepared(lambda user: employment.memberships(user).annotate(unread=_unread(user)), user=int)


class ReadByStaff(StaffRequired):
    """For pages that all of the staff may read, and who has the permission `changing` may change."""

    changing = "setup"

    @property
    def permission(self) -> str:
        return "view" if self.request.method in ("GET", "HEAD", "OPTIONS") else self.changing
