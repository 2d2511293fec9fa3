"""STORY: a distributor keeps an alias for itself, or gives it free again. What the platform keeps stays kept."""

from django.db import transaction

from .aliases import check_shape, nobody_takes, normalise, reserved_words, with_plural
from .kept import forget_operator
from .models import Operator, User
from .refusals import Refused
from .trail import remember

MOST = 1000


@transaction.atomic
def reserve(operator: Operator, text: str, *, by: User | None) -> str:
    """Keep an alias, and its plural, from every reseller; gives the alias.

    Refuses with alias_required, alias_invalid, alias_reserved_already, reserved_full, and alias_live where a reseller
    has it: reserving would take that storefront off the air.
    """
    alias = normalise(text)
    check_shape(alias)
    own = _own_list(operator)
    if alias in reserved_words(own):
        raise Refused("alias_reserved_already", alias=alias)
    if len(own.reserved_aliases) >= MOST:
        raise Refused("reserved_full", most=MOST)
    with nobody_takes(with_plural(alias), operator=own) as claims:
        if claim := claims.select_related("account").first():
            account = claim.account
            raise Refused("alias_live", account=account.name, number=account.number, alias=claim.alias, wanted=alias)
        _keep(operator, sorted({*own.reserved_aliases, alias}))
    remember(operator.pk, "alias.reserved", f"The alias {alias} is reserved.", by=by)
    return alias


@transaction.atomic
def give_free(operator: Operator, alias: str, *, by: User | None) -> bool:
    """Let resellers have an alias of the operator's own list again. False when it is not on the list (any more)."""
    own = _own_list(operator)
    if alias not in own.reserved_aliases:
        return False
    _keep(operator, [each for each in own.reserved_aliases if each != alias])
    remember(operator.pk, "alias.freed", f"The alias {alias} is not reserved any more.", by=by)
    return True


def _own_list(operator: Operator) -> Operator:
    """The operator as it is now, locked: two who reserve at once both get their alias. Who orders does not wait."""
    return Operator.objects.select_for_update(no_key=True).get(pk=operator.pk)


def _keep(operator: Operator, aliases: list[str]) -> None:
    Operator.objects.filter(pk=operator.pk).update(reserved_aliases=aliases)
    forget_operator(operator)
