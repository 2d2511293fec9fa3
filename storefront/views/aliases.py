"""The Storefront Alias field: what is said about what was typed, and holding it on leaving the field."""

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from plans import aliases
from plans.models import Operator
from plans.refusals import Refused
from ui import alias_field as ui
from ui.alias_field import UNREACHABLE, AliasField, Said, asks_too_often, said_free, said_of, said_of_refusal

from ..membership import member_may

__all__ = ["Said", "alias_check", "alias_field", "alias_hold", "last_held", "said_of", "said_of_refusal"]


def alias_field(operator: Operator, *, value: str = "", state: Said | None = None, focus: bool = False) -> AliasField:
    return ui.alias_field(
        operator,
        hint=f"It becomes part of your address; only {operator.short_name} can change it later.",
        check_url=reverse("alias_check"),
        hold_url=reverse("alias_hold"),
        value=value,
        state=state,
        focus=focus,
    )


@require_safe
@member_may("buy")
def alias_check(request: HttpRequest) -> HttpResponse:
    """Says whether the typed alias could be had. Writes nothing."""
    if asks_too_often(request.user):
        return _answer(request, Said("warn", UNREACHABLE), status=429)
    typed = request.GET.get("alias", "")
    account = request.visitor.account
    return _answer(request, said_of(aliases.availability(typed, operator=request.operator, account=account)))


@require_POST
@member_may("buy")
def alias_hold(request: HttpRequest) -> HttpResponse:
    """Holds the alias for the account, for as long as a checkout takes; says the same as the check."""
    if asks_too_often(request.user):
        return _answer(request, Said("warn", UNREACHABLE), status=429)
    typed, account = request.POST.get("alias", ""), request.visitor.account
    try:
        held = aliases.hold(typed, account=account, until=aliases.CHECKOUT_HOLD, by=request.user)
    except Refused:
        return _answer(request, said_of(aliases.availability(typed, operator=request.operator, account=account)))
    cache.set(_held_key(request), held, timeout=int(aliases.CHECKOUT_HOLD.total_seconds()))
    return _answer(request, said_free(held))


def last_held(request: HttpRequest) -> str:
    """The alias that the visitor held last here: the checkout fills it in again after a look at another page."""
    return cache.get(_held_key(request), "")


def _held_key(request: HttpRequest) -> str:
    return f"alias-held:{request.user.pk}:{request.storefront.pk}"


def _answer(request: HttpRequest, state: Said, *, status: int = 200) -> HttpResponse:
    shown = alias_field(request.operator, state=state)
    return render(request, "ui/alias_field.html", {"alias": shown}, status=status)
