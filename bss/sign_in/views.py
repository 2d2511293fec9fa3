from allauth.account import views
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ..permissions import memberships


class SignIn(views.LoginView):
    """Staff are sent on. Who is signed in but works in no back office may sign in as somebody else."""

    template_name = "bss/sign_in/login.html"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.user.is_authenticated and memberships(request):
            return HttpResponseRedirect(self.get_authenticated_redirect_url())
        return super().dispatch(request, *args, **kwargs)

    def get_default_redirect_url(self) -> str:
        return reverse("dashboard")
