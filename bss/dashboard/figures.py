"""The five figures on top of the dashboard, each with the list that it is about."""

from dataclasses import dataclass

from django.urls import reverse

from plans.models import Operator
from plans.money import display

from .attempts import Read
from .numbers import Held, Waited, Week, shown


@dataclass(frozen=True)
class Figure:
    label: str
    url: str = ""
    value: str = ""
    note: str = ""
    failed: bool = False


def figures(operator: Operator, *, resellers: Read, storefronts: Read, weeks: Read, held: Read, waited: Read) -> list:
    def storefront_note() -> str:
        if resellers.failed or not resellers.value:
            return ""
        return f"{storefronts.value * 100 // resellers.value} %"

    executed, active = "?state=executed", "?state=active"
    return [
        _figure("Resellers", "accounts", resellers, lambda: (shown(resellers.value), "")),
        _figure(
            "With a storefront",
            "accounts",
            storefronts,
            lambda: (shown(storefronts.value), storefront_note()),
            query="?view=storefront",
        ),
        _figure("Upgrades, this week", "orders", weeks, lambda: upgrades(weeks.value), query=executed),
        _figure("Plan revenue per month", "subscriptions", held, lambda: revenue(held.value, operator), query=active),
        _figure("Median time to storefront", "orders", waited, lambda: times(waited.value), query=executed),
    ]


def _figure(label: str, route: str, read: Read, words, *, query: str = "") -> Figure:
    if read.failed:
        return Figure(label, failed=True)
    value, note = words()
    return Figure(label, reverse(route) + query, value, note)


def upgrades(weeks: list[Week]) -> tuple[str, str]:
    before, now = weeks[-2].total, weeks[-1].total
    return f"{now:,}", f"{before:,} last week"


def revenue(held: Held, operator: Operator) -> tuple[str, str]:
    return display(held.per_month, operator.currency, short=True), "other currencies left out" * held.other_currencies


def times(waited: Waited | None) -> tuple[str, str]:
    return (duration(waited.median), f"p95 {duration(waited.p95)}") if waited else ("–", "no upgrade in 12 weeks")


def duration(seconds: float) -> str:
    """48 s, 1 m 52 s, 3 h 10 m, 2 d 4 h."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for size, word, small, rest in ((86_400, "d", 3_600, "h"), (3_600, "h", 60, "m"), (60, "m", 1, "s")):
        if whole >= size:
            return f"{whole // size} {word} {whole % size // small} {rest}"
    return f"{whole} s"
