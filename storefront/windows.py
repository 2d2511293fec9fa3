"""Shop windows by address, kept in the cache for half a minute: a page asks for its own at every click.

Only open windows are kept. One that is closed or unknown is asked for in the database each time, so that it answers in
the very moment in which it opens.
"""

from typing import NamedTuple

from django.core.cache import cache
from django.db import models

from plans.kept import alias_key, host_key
from plans.models import AliasClaim, Operator, Storefront, StorefrontText, TermsVersion

from .prepared import instance_of

KEPT_FOR = 30  # seconds


class Window(NamedTuple):
    operator: Operator
    storefront: Storefront
    has_terms: bool  # the operator has published terms for resellers


def of_host(host: str) -> Window | None:
    """The operator whose store host this is, and its own storefront. No query when it was asked for lately."""
    key = host_key(host)
    kept = cache.get(key)
    if kept:
        operator, storefront = instance_of(Operator, kept["operator"]), instance_of(Storefront, kept["storefront"])
        return Window(operator, storefront, kept["has_terms"])
    own = Storefront.objects.filter(operator__store_host=host, is_own=True).select_related("operator").first()
    if own is None:
        return None
    window = Window(own.operator, own, TermsVersion.objects.filter(operator=own.operator).exists())
    kept = {"operator": _packed(own.operator), "storefront": _packed(own), "has_terms": window.has_terms}
    cache.set(key, kept, KEPT_FOR)
    return window


class ResellerWindow(NamedTuple):
    storefront: Storefront
    is_unbranded: bool  # else one line in the footer names the distributor
    texts: list[str]  # the kinds of the pages that it has in its own words, in the order of the footer


def of_alias(operator: Operator, alias: str) -> ResellerWindow | None:
    """The reseller's storefront under an alias, in whatever state. No query when it was open lately."""
    key = alias_key(operator.pk, alias)
    kept = cache.get(key)
    if kept:
        return ResellerWindow(instance_of(Storefront, kept["storefront"]), kept["is_unbranded"], kept["texts"])
    claim = AliasClaim.objects.filter(operator=operator, alias=alias, storefront__isnull=False)
    found = claim.select_related("storefront__account").first()
    if found is None:
        return None
    shown = found.storefront
    if shown.state != Storefront.State.OPEN:
        return ResellerWindow(shown, True, [])
    window = ResellerWindow(shown, shown.account.can("unbranded"), _texts_of(shown))
    kept = {"storefront": _packed(shown), "is_unbranded": window.is_unbranded, "texts": window.texts}
    cache.set(key, kept, KEPT_FOR)
    return window


def _texts_of(storefront: Storefront) -> list[str]:
    written = StorefrontText.objects.filter(storefront=storefront).exclude(text="")
    kinds = set(written.values_list("kind", flat=True))
    return [kind for kind in StorefrontText.Kind.values if kind in kinds]


def _packed(row: models.Model) -> dict[str, object]:
    """A row as JSON can keep it; what JSON makes strings of, `instance_of` reads again."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
