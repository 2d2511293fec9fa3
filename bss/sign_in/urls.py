"""The same rooms as at each storefront, under the names that allauth and the letters use."""

from allauth.account import views
from django.urls import path, re_path

from .views import SignIn

urlpatterns = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("logout/", views.LogoutView.as_view(template_name="bss/sign_in/logout.html"), name="account_logout"),
    path(
        "password/reset/",
        views.PasswordResetView.as_view(template_name="bss/sign_in/reset.html"),
        name="account_reset_password",
    ),
    path(
        "password/reset/done/",
        views.PasswordResetDoneView.as_view(template_name="bss/sign_in/reset_done.html"),
        name="account_reset_password_done",
    ),
    path(
        "password/reset/key/done/",
        views.PasswordResetFromKeyDoneView.as_view(template_name="bss/sign_in/chosen.html"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordResetFromKeyView.as_view(template_name="bss/sign_in/choose_password.html"),
        name="account_reset_password_from_key",
    ),
]
