"""Two-factor sign-in on our own pages: setting it up, the step at signing in, recovery codes, proving oneself again."""

import qrcode
from allauth.account.internal.flows import reauthentication
from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import ReauthenticateView
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.views import AuthenticateView
from allauth.mfa.base.views import ReauthenticateView as CodeAgainView
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import GenerateRecoveryCodesView, ViewRecoveryCodesView
from allauth.mfa.totp.views import ActivateTOTPView, DeactivateTOTPView
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views import View
from qrcode.exceptions import DataOverflowError

from plans.staffing import note_second_factor
from ui.second_factor import has_passed

from ..employers import own_page
from ..permissions import memberships


class AtTheDoor:
    """For whoever is signed in and works here, before the back office itself is open. What is refused answers 422."""

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if not memberships(request):
            raise PermissionDenied("You don’t work in this back office.")
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class TwoFactor(AtTheDoor, View):
    """Whether it is on; leads those who have not shown it to where they do."""

    def get(self, request: HttpRequest) -> HttpResponse:
        is_on = is_mfa_enabled(request.user, [Authenticator.Type.TOTP])
        back = own_page(request, request.GET.get("next", ""))
        if not has_passed(request):
            route = "mfa_reauthenticate" if is_on else "mfa_activate_totp"
            return HttpResponseRedirect(f"{reverse(route)}?{urlencode({'next': back})}")
        return render(request, "bss/sign_in/two_factor.html", {"is_on": is_on})


class SetUp(AtTheDoor, ActivateTOTPView):
    template_name = "bss/sign_in/set_up.html"

    def get_context_data(self, **kwargs) -> dict:
        """Not the picture that allauth makes: the policy allows none in an address, and nothing is marked safe here."""
        context = super(ActivateTOTPView, self).get_context_data(**kwargs)
        secret = context["form"].secret
        squares, side = drawn(get_adapter().build_totp_url(self.request.user, secret))
        parts = [secret[at : at + 4] for at in range(0, len(secret), 4)]
        return context | {"squares": squares, "side": side, "secret": " ".join(parts)}

    def form_valid(self, form) -> HttpResponse:
        user = self.request.user
        with transaction.atomic():
            response = super().form_valid(form)
            note_second_factor(user, text=f"{user.email} set up two-factor sign-in.", by=user)
        record_authentication(self.request, user, "mfa", type=Authenticator.Type.TOTP)
        return response

    def get_success_url(self) -> str:
        return reverse("mfa_view_recovery_codes")


class SwitchOff(AtTheDoor, DeactivateTOTPView):
    template_name = "bss/sign_in/switch_off.html"

    def form_valid(self, form) -> HttpResponse:
        user = self.request.user
        with transaction.atomic():
            response = super().form_valid(form)
            note_second_factor(user, text=f"{user.email} switched two-factor sign-in off.", by=user)
        return response

    def get_success_url(self) -> str:
        return reverse("you")


class RecoveryCodes(AtTheDoor, ViewRecoveryCodesView):
    template_name = "bss/sign_in/recovery_codes.html"


class NewRecoveryCodes(AtTheDoor, GenerateRecoveryCodesView):
    template_name = "bss/sign_in/new_recovery_codes.html"

    def form_valid(self, form) -> HttpResponse:
        user = self.request.user
        with transaction.atomic():
            response = super().form_valid(form)
            note_second_factor(user, text=f"{user.email} made new recovery codes.", by=user)
        return response


class SecondStep(AuthenticateView):
    """After the password, before anybody is signed in."""

    template_name = "bss/sign_in/second_step.html"

    def form_invalid(self, form) -> HttpResponse:
        response = super().form_invalid(form)
        response.status_code = 422
        return response


class Again(AtTheDoor):
    """Proving oneself again leads back by address alone: a form that was interrupted is sent anew by its owner."""

    def form_valid(self, form) -> HttpResponse:
        self.request.session.pop(reauthentication.STATE_SESSION_KEY, None)
        back = own_page(self.request, self.request.POST.get("next", ""))
        super().form_valid(form)
        return HttpResponseRedirect(back)

    def get_context_data(self, **kwargs) -> dict:
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        return super().get_context_data(**kwargs) | {"next": own_page(self.request, asked)}


class PasswordAgain(Again, ReauthenticateView):
    template_name = "bss/sign_in/password_again.html"


class CodeAgain(Again, CodeAgainView):
    template_name = "bss/sign_in/code_again.html"


def drawn(text: str) -> tuple[str, int]:
    """A QR code as the path of an SVG picture, with its side: one square for each dark module."""
    code = qrcode.QRCode(border=2)
    code.add_data(text)
    try:
        rows = code.get_matrix()
    except DataOverflowError:  # the secret below the picture is enough
        return "", 1
    squares = (f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark)
    return "".join(squares), len(rows)
