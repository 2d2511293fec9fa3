"""The same rooms as at each storefront, under the names that allauth and the letters use."""

from allauth.account import views
from django.urls import path, re_path

from . import second_factor
from .views import SignIn

urlpatterns = [
    path("login/", SignIn.as_view(), name="account_login"),
    path("login/code/", second_factor.SecondStep.as_view(), name="mfa_authenticate"),
    path("two-factor/password-again/", second_factor.PasswordAgain.as_view(), name="account_reauthenticate"),
    path("two-factor/code-again/", second_factor.CodeAgain.as_view(), name="mfa_reauthenticate"),
    path("two-factor/", second_factor.TwoFactor.as_view(), name="mfa_index"),
    path("two-factor/set-up/", second_factor.SetUp.as_view(), name="mfa_activate_totp"),
    path("two-factor/switch-off/", second_factor.SwitchOff.as_view(), name="mfa_deactivate_totp"),
    path("two-factor/codes/", second_factor.RecoveryCodes.as_view(), name="mfa_view_recovery_codes"),
    path("two-factor/codes/new/", second_factor.NewRecoveryCodes.as_view(), name="mfa_generate_recovery_codes"),
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
