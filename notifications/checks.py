"""System checks: faults on purpose have no place where real letters are sent, and a provider must be able to report."""

from django.conf import settings
from django.core.checks import Error, Tags, Warning, register

from . import faults
from .signatures import is_usable

_PROVIDERS = ("anymail.", "notifications.resend.")


@register(Tags.security)
def faults_are_allowed_here(**_: object) -> list[Error]:
    if not getattr(settings, "FAULTS_FILE", "") or faults.allowed():
        return []
    return [
        Error(
            "FAULTS_FILE is set, but neither DEBUG nor FAULTS_ALLOWED: no fault will fire.",
            hint="Remove FAULTS_FILE from the environment.",
            id="notifications.E001",
        )
    ]


@register(Tags.security, deploy=True)
def no_faults_in_production(**_: object) -> list[Error]:
    if not getattr(settings, "FAULTS_FILE", ""):
        return []
    return [Error("FAULTS_FILE is set: processes kill themselves on purpose.", id="notifications.E002")]


@register(Tags.security)
def reports_have_good_secrets(**_: object) -> list[Error]:
    """One that can never be met is a typing error, and one that is short can be guessed."""
    return [
        Error(
            f"MAIL_REPORT_SECRETS: number {number} is neither whsec_ and base64 nor name:password of 16 characters.",
            hint="For Resend copy the signing secret of the webhook; for others choose a name and a long password.",
            id="notifications.E003",
        )
        for number, secret in enumerate(settings.MAIL_REPORT_SECRETS, start=1)
        if not is_usable(secret)
    ]


@register(Tags.security, deploy=True)
def a_provider_may_report(**_: object) -> list[Warning]:
    if not settings.EMAIL_BACKEND.startswith(_PROVIDERS) or settings.MAIL_REPORT_SECRETS:
        return []
    return [
        Warning(
            "Letters go through a provider that may not report: nobody learns which arrived and which bounced.",
            hint="Set MAIL_REPORT_SECRETS, and the provider's webhook to /api/mail-reports/<provider>/.",
            id="notifications.W001",
        )
    ]
