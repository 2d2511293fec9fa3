"""The Storefront Alias: its shape, what is reserved, who may have it, and how it is taken (PRODUCT.md section 3)."""

import re
import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from . import links, periods
from .models import OPEN_STATES, Account, AliasClaim, Operator, OrderItem, Storefront
from .refusals import Refused

SHAPE = re.compile(r"^[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])$")
NEVER = Value(None, output_field=DateTimeField())
CHECKOUT_HOLD = timedelta(minutes=15)
DRAFT_HOLD = timedelta(hours=48)

# Beside the first segments of the routes: words that a visitor would take for the platform itself.
PLATFORM_WORDS = frozenset(
    """admin api static media health login logout account www mail support help billing status setup healthz readyz
    metrics robots robots.txt favicon favicon.ico well-known sitemap sitemap.xml bss root about contact
    security""".split()
)


@dataclass(frozen=True)
class Availability:
    """What is said while somebody types. Reading it writes nothing and promises nothing."""

    alias: str
    refusal: Refused | None
    suggestions: list[str] = field(default_factory=list)
    address: str = ""

    @property
    def is_free(self) -> bool:
        return self.refusal is None


def normalise(text: str) -> str:
    """Trimmed, NFKC-normalised and lower-cased: what is checked, stored and shown."""
    return unicodedata.normalize("NFKC", text.strip()).lower().strip()


def check_shape(alias: str) -> None:
    """Refuses an empty or ill-formed alias. The alias must be normalised already."""
    if not alias:
        raise Refused("alias_required")
    if not is_well_shaped(alias):
        raise Refused("alias_invalid", alias=alias)


def is_well_shaped(alias: str) -> bool:
    return bool(SHAPE.match(alias)) and "--" not in alias and not alias.endswith("\n")


@lru_cache(maxsize=8)
def route_words(urlconf: str) -> frozenset[str]:
    """The first path segments of a URL configuration, taken from its routes."""
    words: set[str] = set()
    for entry in get_resolver(urlconf).url_patterns:
        words |= _first_segments(entry)
    return frozenset(words)


def _first_segments(entry: URLPattern | URLResolver) -> set[str]:
    route = str(entry.pattern).lstrip("^")
    head = re.split(r"[/<(\\$]", route, maxsplit=1)[0]
    if head:
        return {head}
    return set().union(*(_first_segments(inner) for inner in getattr(entry, "url_patterns", [])), set())


def reserved_words(operator: Operator) -> frozenset[str]:
    """Every word no reseller may have here: the platform's, the operator's own list; plurals of all too."""
    return _reserved(tuple(operator.reserved_aliases), tuple(settings.STORE_HOST_URLCONFS))


@lru_cache(maxsize=128)
def _reserved(own: tuple[str, ...], urlconfs: tuple[str, ...]) -> frozenset[str]:
    words = set(PLATFORM_WORDS).union(*map(route_words, urlconfs), map(str.lower, own))
    return frozenset(words.union(*map(with_plural, words)))


def platform_words() -> set[str]:
    """What no operator can give away: the first segments of routes, and the words of the platform."""
    return set(PLATFORM_WORDS).union(*map(route_words, settings.STORE_HOST_URLCONFS))


def with_plural(word: str) -> set[str]:
    """The word, and what it is in the plural or, where it may be one, in the singular."""
    return {word, f"{word}s"} | ({word[:-1]} if word.endswith("s") else set())


def claims_in_force(aliases: Collection[str], *, operator: Operator) -> QuerySet[AliasClaim]:
    """Who holds, uses or may come back to one of these aliases."""
    return AliasClaim.objects.filter(operator=operator, alias__in=aliases).exclude(_free_for(None))


def last_day_of(claim: AliasClaim, *, operator: Operator) -> date | None:
    """The operator's last day on which it is in quarantine; None where it is not."""
    end = claim.quarantined_until
    return end and periods.today(operator, now=end - timedelta(microseconds=1))


def check_alias(text: str, *, operator: Operator) -> str:
    """The normalised alias, or a refusal of its shape or because it is reserved."""
    alias = normalise(text)
    _check(alias, reserved=reserved_words(operator))
    return alias


def _check(alias: str, *, reserved: Collection[str]) -> None:
    check_shape(alias)
    if alias in reserved:
        raise Refused("alias_reserved", alias=alias)


def _free_for(account: Account | None) -> Q:
    """Claims that do not stand in the way: run out, or the account's own hold or quarantine."""
    now = timezone.now()
    over = Q(state="held", held_until__lt=now) | Q(state="quarantined", quarantined_until__lt=now)
    # A hold that was written over a quarantine keeps both times: free only when both are over.
    over &= Q(quarantined_until__isnull=True) | Q(quarantined_until__lt=now)
    return over | Q(account=account) if account is not None else over


def _in_the_way(aliases: list[str], *, operator: Operator, account: Account | None) -> set[str]:
    claims = AliasClaim.objects.filter(operator=operator, alias__in=aliases).exclude(_free_for(account))
    return set(claims.values_list("alias", flat=True))


def availability(text: str, *, operator: Operator, account: Account | None = None) -> Availability:
    """Whether the account could take this alias now; when it is taken, up to three that are free."""
    alias = normalise(text)
    try:
        check_alias(alias, operator=operator)
        if _in_the_way([alias], operator=operator, account=account):
            raise Refused("alias_taken", alias=alias)
    except Refused as refusal:
        wanted = refusal.code in ("alias_taken", "alias_reserved")
        offers = suggest(alias, operator=operator, account=account) if wanted else []
        return Availability(alias, refusal, offers)
    return Availability(alias, None, [], links.shown_address(operator, alias))


def refused_among(texts: Collection[str], *, operator: Operator) -> dict[str, Refused]:
    """Why somebody who has no alias yet cannot have one of these: those that are free are left out. One query."""
    reserved, refused, fit = reserved_words(operator), {}, {}
    for text in texts:
        alias = normalise(text)
        try:
            _check(alias, reserved=reserved)
            fit[text] = alias
        except Refused as refusal:
            refused[text] = refusal
    taken = _in_the_way(list(fit.values()), operator=operator, account=None)
    return refused | {text: Refused("alias_taken", alias=alias) for text, alias in fit.items() if alias in taken}


def suggest(alias: str, *, operator: Operator, account: Account | None = None, most: int = 3) -> list[str]:
    """Free aliases near the wanted one, nearest first."""
    own = re.sub(r"[^a-z0-9]+", "-", normalise(account.name if account else "")).strip("-")
    city = re.sub(r"[^a-z0-9]+", "-", normalise(account.city if account else "")).strip("-")
    stem = alias[:33].rstrip("-")  # leaves room for what is added
    tries = [
        f"{stem}-it",
        f"{stem}-cloud",
        own,
        own.replace("-", ""),
        f"{stem}-{city}",
        f"{stem}-2",
        f"{stem}-online",
    ]
    reserved = reserved_words(operator)
    fit = [a for a in dict.fromkeys(tries) if is_well_shaped(a) and a not in reserved and a != alias]
    taken = _in_the_way(fit, operator=operator, account=account)
    return [a for a in fit if a not in taken][:most]


def hold(text: str, *, account: Account, until: timedelta | None, by=None) -> str:
    """Hold an alias for the account and return it. `until=None` holds it without end: an order has been placed.

    One statement decides: whoever's row is written has the alias. A hold only ever grows, and never touches the end
    of a quarantine. Raises alias_required, alias_invalid, alias_reserved or alias_taken.
    """
    alias = check_alias(text, operator=account.operator)
    with transaction.atomic():
        _claim(alias, account=account, end=None if until is None else timezone.now() + until)
        # Now that its claim is ours nobody can reserve it any more: has somebody in this moment?
        if alias in reserved_words(Operator.objects.only("reserved_aliases").get(pk=account.operator_id)):
            raise Refused("alias_reserved", alias=alias)
    return alias


def _claim(alias: str, *, account: Account, end: datetime | None) -> None:
    try:
        with transaction.atomic():
            AliasClaim.objects.create(
                operator_id=account.operator_id, alias=alias, account=account, state="held", held_until=end
            )
        return
    except IntegrityError:
        pass  # Somebody has, or had, a claim on it.
    claims = AliasClaim.objects.filter(operator_id=account.operator_id, alias=alias)
    mine = claims.filter(account=account)
    if mine.exclude(state="in_use").update(held_until=_grown(end), state="held") or mine.exists():
        return
    taken_over = (
        claims.exclude(state="in_use")
        .filter(_free_for(None))
        .update(account=account, state="held", held_until=end, quarantined_until=None)
    )
    if not taken_over:
        raise Refused("alias_taken", alias=alias)
    # A storefront that was parked under this alias by another account has lost it with the end of its quarantine.
    Storefront.objects.filter(claim__alias=alias, operator_id=account.operator_id).exclude(account=account).update(
        claim=None
    )


@contextmanager
def nobody_takes(words: Collection[str], *, operator: Operator) -> Iterator[QuerySet[AliasClaim]]:
    """Within it nobody takes one of these aliases; gives the claims in force on them. Part of a transaction.

    Whoever takes an alias writes its claim, so each gets one, for as long as this lasts: one statement decides.
    """
    fit = sorted(word for word in words if is_well_shaped(word))
    claims = AliasClaim.objects.filter(operator=operator, alias__in=fit)
    over = timezone.now() - timedelta(seconds=1)
    ours = {"operator": operator, "account_id": operator.account_id, "state": "held", "held_until": over}
    AliasClaim.objects.bulk_create([AliasClaim(alias=each, **ours) for each in fit], ignore_conflicts=True)
    list(claims.select_for_update().order_by("alias").values_list("pk"))
    yield claims_in_force(fit, operator=operator)
    claims.filter(account=operator.account_id).delete()


def _grown(end: datetime | None):
    """The later of the present end of the account's own hold and the wanted one; no end is the latest."""
    if end is None:
        return None
    return Case(
        When(Q(state="held", held_until__isnull=True), then=NEVER),
        When(Q(state="held", held_until__gt=end), then=F("held_until")),
        default=Value(end, output_field=DateTimeField()),
    )


def release(alias: str, *, account: Account) -> None:
    """Let go of a hold, after the order that wanted it was cancelled or amended. A live alias stays.

    Another order of the account that carries the alias keeps it: an open one as it is, a draft for 48 hours more at
    the most. One that was in quarantine goes back to it, for the time that is left.
    """
    now = timezone.now()
    held = AliasClaim.objects.filter(operator_id=account.operator_id, alias=alias, account=account, state="held")
    others = OrderItem.objects.filter(order__account=account, alias=alias)
    states = set(others.filter(order__state__in=["draft", *OPEN_STATES]).values_list("order__state", flat=True))
    if states & set(OPEN_STATES):
        return
    if states:
        held.filter(held_until__isnull=True).update(held_until=now + DRAFT_HOLD)
        return
    # A parked storefront stays with its alias, quarantine over or not, until somebody else takes it.
    kept = Q(quarantined_until__gt=now) | Q(storefront__isnull=False)
    over = Coalesce(F("quarantined_until"), Value(now, output_field=DateTimeField()))
    held.filter(kept).update(state="quarantined", held_until=None, quarantined_until=over)
    held.delete()
