"""What storefronts keep in the cache of the rows below, by key. A story that changes such a row lets go of it.

After the commit, and without it being a fault when the cache is away: what is kept ends by itself in a minute at most.
"""

from django.core.cache import cache
from django.db import transaction

from .models import Operator, Storefront

# Part of every key of a window. Raise it when what is kept changes its shape: both releases may run for a while.
SHAPE = 4


def host_key(host: str) -> str:
    """An operator, its own storefront, and whether it has terms, by store host."""
    return f"window:{SHAPE}:host:{host}"


def alias_key(operator_id: int, alias: str) -> str:
    """A reseller's open storefront by its alias."""
    return f"window:{SHAPE}:alias:{operator_id}:{alias}"


def categories_key(operator_id: int) -> str:
    """The categories of what the operator's storefront sells."""
    return f"categories:1:{operator_id}"


def listed_key(storefront: Storefront) -> str:
    """The categories of what a reseller's storefront lists. One that is only previewed has no id yet."""
    return f"listed:1:{storefront.operator_id}:{storefront.pk or 0}"


def forget_operator(operator: Operator) -> None:
    """Its name, tax, reserved aliases or terms changed: storefronts see it from the next page on."""
    _let_go(host_key(operator.store_host))


def forget_storefront(storefront: Storefront) -> None:
    """A reseller's storefront was suspended, opened again or changed. `storefront.claim` should be loaded."""
    if storefront.claim is not None:
        forget_alias(storefront.operator_id, storefront.claim.alias)


def forget_alias(operator_id: int, alias: str) -> None:
    """Another storefront stands there now or none, the one that stands there was closed, or its plan changed."""
    _let_go(alias_key(operator_id, alias))


def forget_categories(operator_id: int) -> None:
    """A product came, went or changed its category."""
    _let_go(categories_key(operator_id))


def forget_listed(storefront: Storefront) -> None:
    """A reseller listed products, or took some out of its catalogue."""
    _let_go(listed_key(storefront))


def _let_go(key: str) -> None:
    transaction.on_commit(lambda: cache.delete(key), robust=True)
