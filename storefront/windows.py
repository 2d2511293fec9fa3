"""Shop windows by address, kept in the cache for half a minute: a page asks for its own at every click.

Only open windows are kept. One that is closed or unknown is asked for in the database each time, so that it answers in
the very moment in which it opens.
"""

from typing import NamedTuple

from django.core.cache import cache
from django.db import models

from plans.kept import alias_key, host_key
from plans.models import AliasClaim, Operator, Storefront, StorefrontText, TermsVersion
from reselling.prices import Pricing

from .plain_rows import instance_of

KEPT_FOR = 30  # seconds


# The operator of a host, as it was last: only a guess, so that both windows of an address are looked for at once.
_operators: dict[str, int] = {}


class Window(NamedTuple):
    operator: Operator
    storefront: Storefront
    has_terms: bool  # the operator has published terms for resellers
    beside: dict[str, object] = {}  # what else was looked for in the cache, by key; None where nothing was kept


def of_host(host: str, *, alias: str = "") -> Window | None:
    """The operator whose store host this is, and its own storefront. No query when it was asked for lately.

    `alias` is what will be looked for next.
    """
    key = host_key(host)
    beside = alias_key(_operators[host], alias) if alias and host in _operators else ""
    found = cache.get_many([key, beside] if beside else [key])
    kept = found.get(key)
    if kept:
        operator, storefront = instance_of(Operator, kept["operator"]), instance_of(Storefront, kept["storefront"])
        _operators[host] = operator.pk
        return Window(operator, storefront, kept["has_terms"], {beside: found.get(beside)} if beside else {})
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
    currency: str  # of the reseller's account: its prices are in it
    has_own_prices: bool  # else what the distributor recommends is asked for

    @property
    def pricing(self) -> Pricing:
        return Pricing(self.currency, self.has_own_prices, self.storefront.markup)


def of_alias(window: Window, alias: str) -> ResellerWindow | None:
    """The reseller's storefront under an alias, in whatever state. No query when it was open lately."""
    operator = window.operator
    key = alias_key(operator.pk, alias)
    kept = window.beside[key] if key in window.beside else cache.get(key)
    if kept:
        return ResellerWindow(**kept | {"storefront": instance_of(Storefront, kept["storefront"])})
    claim = AliasClaim.objects.filter(operator=operator, alias=alias, storefront__isnull=False)
    found = claim.select_related("storefront__account").first()
    if found is None:
        return None
    shown = found.storefront
    account, is_open = shown.account, shown.state == Storefront.State.OPEN
    window = ResellerWindow(
        shown,
        is_unbranded=account.can("unbranded") or not is_open,
        texts=_texts_of(shown) if is_open else [],
        currency=account.currency,
        has_own_prices=account.can("own_prices"),
    )
    if is_open:
        cache.set(key, window._asdict() | {"storefront": _packed(shown)}, KEPT_FOR)
    return window


def _texts_of(storefront: Storefront) -> list[str]:
    written = StorefrontText.objects.filter(storefront=storefront).exclude(text="")
    kinds = set(written.values_list("kind", flat=True))
    return [kind for kind in StorefrontText.Kind.values if kind in kinds]


def _packed(row: models.Model) -> dict[str, object]:
    """A row as JSON can keep it; what JSON makes strings of, `instance_of` reads again."""
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
