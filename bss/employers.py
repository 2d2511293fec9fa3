"""Who is staff of two operators chooses, after signing in, whose back office to open."""

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import View

from ui.employment import CHOSEN

from .permissions import memberships


class Choose(View):
    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        request.employers = memberships(request)
        if not request.employers:
            raise PermissionDenied("You don’t work in this back office.")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(request, back=request.GET.get("next", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        wanted, back = request.POST.get("operator", ""), request.POST.get("next", "")
        found = next((one for one in request.employers if str(one.operator_id) == wanted), None)
        if found is None:
            return self.ask(request, back=back, problem="Choose a distributor.", status=422)
        request.session[CHOSEN] = found.operator_id
        return HttpResponseRedirect(own_page(request, back))

    def ask(self, request: HttpRequest, *, back: str, problem: str = "", status: int = 200) -> HttpResponse:
        return render(request, "bss/sign_in/choose.html", {"next": back, "problem": problem}, status=status)


def own_page(request: HttpRequest, url: str) -> str:
    """The address if it is a page of the BSS, else the dashboard's."""
    home = reverse("dashboard")
    hosts = {request.get_host()}
    is_own = url.startswith(home) and url_has_allowed_host_and_scheme(
        url, allowed_hosts=hosts, require_https=settings.HTTPS
    )
    return url if is_own else home
