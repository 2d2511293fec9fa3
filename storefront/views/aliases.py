"""The Storefront Alias field: what is said about what was typed, and holding it on leaving the field."""

from dataclasses import dataclass, field

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from plans import aliases, links
from plans.aliases import Availability
from plans.models import Operator
from plans.refusals import SENTENCES, Refused

from ..membership import member_may

CHECKS_A_MINUTE = 30
UNREACHABLE = "Availability can’t be checked right now. You can save; it is checked again then."


@dataclass(frozen=True)
class Said:
    """One sentence about an alias, cut so that the alias in it can be set bold, and what goes with it."""

    tone: str = ""  # ok, bad or warn, as the message's class
    before: str = ""
    named: str = ""
    after: str = ""
    suggestions: list[str] = field(default_factory=list)
    address: str = ""

    @property
    def icon(self) -> str:
        return {"ok": "check", "bad": "alert"}.get(self.tone, "")


@dataclass(frozen=True)
class AliasField:
    """What templates/ui/alias_field.html shows."""

    value: str
    host: str
    origin: str
    hint: str
    check_url: str
    hold_url: str
    state: Said
    focus: bool = False


def alias_field(operator: Operator, *, value: str = "", state: Said | None = None, focus: bool = False) -> AliasField:
    return AliasField(
        value=value,
        host=links.shown_host(operator),
        origin=links.storefront_url(operator, ""),
        hint=(
            "3 to 40 characters: lowercase letters, digits and hyphens. "
            f"It becomes part of your address; only {operator.short_name} can change it later."
        ),
        check_url=reverse("alias_check"),
        hold_url=reverse("alias_hold"),
        state=state or Said(),
        focus=focus,
    )


def said_of(answer: Availability) -> Said:
    if answer.refusal is None:
        return Said("ok", "", answer.alias, " is available.", address=answer.alias)
    return said_of_refusal(answer.refusal, suggestions=answer.suggestions)


def said_of_refusal(refusal: Refused, *, suggestions: list[str] | None = None) -> Said:
    before, named, after = SENTENCES[refusal.code].partition("{alias}")
    return Said("bad", before, refusal.values["alias"] if named else "", after, suggestions or [])


@require_safe
@member_may("buy")
def alias_check(request: HttpRequest) -> HttpResponse:
    """Says whether the typed alias could be had. Writes nothing."""
    if _asks_too_often(request):
        return _answer(request, Said("warn", UNREACHABLE), status=429)
    typed = request.GET.get("alias", "")
    account = request.visitor.account
    return _answer(request, said_of(aliases.availability(typed, operator=request.operator, account=account)))


@require_POST
@member_may("buy")
def alias_hold(request: HttpRequest) -> HttpResponse:
    """Holds the alias for the account, for as long as a checkout takes; says the same as the check."""
    if _asks_too_often(request):
        return _answer(request, Said("warn", UNREACHABLE), status=429)
    typed, account = request.POST.get("alias", ""), request.visitor.account
    try:
        claim = aliases.hold(typed, account=account, until=aliases.CHECKOUT_HOLD, by=request.user)
    except Refused:
        return _answer(request, said_of(aliases.availability(typed, operator=request.operator, account=account)))
    cache.set(_held_key(request), claim.alias, timeout=int(aliases.CHECKOUT_HOLD.total_seconds()))
    return _answer(request, Said("ok", "", claim.alias, " is available.", address=claim.alias))


def last_held(request: HttpRequest) -> str:
    """The alias that the visitor held last here: the checkout fills it in again after a look at another page."""
    return cache.get(_held_key(request), "")


def _held_key(request: HttpRequest) -> str:
    return f"alias-held:{request.user.pk}:{request.storefront.pk}"


def _answer(request: HttpRequest, state: Said, *, status: int = 200) -> HttpResponse:
    shown = alias_field(request.operator, state=state)
    return render(request, "ui/alias_field.html", {"alias": shown}, status=status)


def _asks_too_often(request: HttpRequest) -> bool:
    """More than 30 in this minute: asking for aliases one after the other is how a list of them would be made."""
    key = f"alias-checks:{request.user.pk}:{int(timezone.now().timestamp() // 60)}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > CHECKS_A_MINUTE
    except ValueError:  # the cache is away: reading goes on
        return False
