"""The Storefront Alias field, the same wherever an alias is asked for: what is said about what was typed."""

from dataclasses import dataclass, field

from django.core.cache import cache
from django.utils import timezone

from plans import links
from plans.aliases import Availability
from plans.models import Operator, User
from plans.refusals import SENTENCES, Refused

CHECKS_A_MINUTE = 30
UNREACHABLE = "Availability can’t be checked right now. You can save; it is checked again then."
SHAPE_HINT = "3 to 40 characters: lowercase letters, digits and hyphens."


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
    """What templates/ui/alias_field.html shows. `account` is the number of the account that the alias is for, in the
    back office; a storefront knows its own."""

    value: str
    host: str
    origin: str
    hint: str
    check_url: str
    hold_url: str
    state: Said
    focus: bool = False
    account: str = ""


def alias_field(
    operator: Operator,
    *,
    hint: str,
    check_url: str,
    hold_url: str,
    value: str = "",
    state: Said | None = None,
    focus: bool = False,
    account: str = "",
) -> AliasField:
    return AliasField(
        value=value,
        host=links.shown_host(operator),
        origin=links.storefront_url(operator, ""),
        hint=f"{SHAPE_HINT} {hint}",
        check_url=check_url,
        hold_url=hold_url,
        state=state or Said(),
        focus=focus,
        account=account,
    )


def said_of(answer: Availability) -> Said:
    if answer.refusal is None:
        return said_free(answer.alias)
    return said_of_refusal(answer.refusal, suggestions=answer.suggestions)


def said_free(alias: str) -> Said:
    return Said("ok", "", alias, " is available.", address=alias)


def said_of_refusal(refusal: Refused, *, suggestions: list[str] | None = None) -> Said:
    before, named, after = SENTENCES[refusal.code].partition("{alias}")
    return Said("bad", before, refusal.values["alias"] if named else "", after, suggestions or [])


def asks_too_often(user: User) -> bool:
    """More than 30 in this minute: asking for aliases one after the other is how a list of them would be made."""
    key = f"alias-checks:{user.pk}:{int(timezone.now().timestamp() // 60)}"
    cache.add(key, 0, timeout=120)
    try:
        return cache.incr(key) > CHECKS_A_MINUTE
    except ValueError:  # the cache is away: reading goes on
        return False
