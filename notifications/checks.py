"""System checks: faults on purpose have no place where real letters are sent."""

from django.conf import settings
from django.core.checks import Error, Tags, register

from . import faults


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
