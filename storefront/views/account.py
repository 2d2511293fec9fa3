"""Signing in and out, and choosing a password: the same rooms at the root of each storefront."""

from allauth.account import views
from allauth.mfa.base.views import AuthenticateView
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, re_path


class SignIn(views.LoginView):
    """Members are sent on. Who is signed in on this host but unknown here may sign in as somebody else."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if request.visitor.is_member:
            return HttpResponseRedirect(self.get_authenticated_redirect_url())
        return super().dispatch(request, *args, **kwargs)


class SecondStep(AuthenticateView):
    """Who has a second factor for the back office needs it here, too: one login serves a host."""

    template_name = "account/second_step.html"

    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


urlpatterns = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("login/code/", SecondStep.as_view(), name="mfa_authenticate"),
    path("logout/", views.logout, name="account_logout"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    path("password/reset/key/done/", views.password_reset_from_key_done, name="account_reset_password_from_key_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
