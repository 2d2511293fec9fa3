"""An Administrator whose session has shown no second factor is led to it before anything else."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from plans.models import StaffMembership
from ui import second_factor


def detour(request: HttpRequest, staff: StaffMembership) -> HttpResponse | None:
    """Where somebody goes first who needs a second factor and has not shown one."""
    if not second_factor.is_missing(request, staff=staff):
        return None
    back = request.get_full_path() if request.method == "GET" else reverse("dashboard")
    return HttpResponseRedirect(f"{reverse('mfa_index')}?{urlencode({'next': back})}")
