"""System checks of the domain: what would hurt an installation before anybody notices."""

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import DatabaseError


@register(Tags.database)
def routes_leave_live_aliases_alone(app_configs, databases=None, **kwargs) -> list[Error]:
    """A route whose first segment is somebody's alias would take that storefront off the air."""
    from .aliases import route_words
    from .models import AliasClaim

    if not databases:
        return []
    words = set().union(*(route_words(urlconf) for urlconf in settings.STORE_HOST_URLCONFS))
    try:
        shadowed = list(AliasClaim.objects.filter(alias__in=words).values_list("alias", "operator__store_host"))
    except DatabaseError:
        return []  # Not migrated yet: nobody has an alias.
    return [
        Error(
            f"The route /{alias}/ would hide the storefront {host}/{alias}.",
            hint="Give the route another first segment, or rename the alias first.",
            id="plans.E001",
        )
        for alias, host in shadowed
    ]


@register(Tags.security, deploy=True)
def bss_and_storefronts_are_two_hosts(app_configs, databases=None, **kwargs) -> list[Error]:
    """On one host a script on any storefront would act as staff: good for a first look, never for production."""
    from .models import Operator

    try:
        shared = Operator.objects.filter(store_host=settings.BSS_HOST).exists()
    except DatabaseError:
        shared = False
    if not shared and settings.BSS_HOST not in settings.STORE_HOSTS:
        return []
    hint = "Set BSS_HOST to a host of its own."
    return [Error("The BSS and a storefront answer on the same host.", hint=hint, id="plans.E002")]
