"""Where the bars stand: charts are drawn by the server as SVG, their colours are classes, and each has a table."""

from dataclasses import dataclass
from datetime import timedelta

from plans.models import Plan

from .numbers import Held, Week, shown

LEFT, TOP, BOTTOM, STEP, BAR = 44, 14, 200, 64, 32  # of a picture of 830 by 238
LINES = 3
TONES = 4  # colours there are: by a plan's place on the ladder


@dataclass(frozen=True)
class Series:
    """A plan in a chart."""

    plan: Plan
    tone: int


def series_of(plans: list[Plan]) -> list[Series]:
    """The plans that are reached by an upgrade."""
    return [Series(plan, min(place, TONES - 1)) for place, plan in enumerate(plans) if not plan.is_default]


def upgrades_chart(weeks: list[Week], plans: list[Plan]) -> dict[str, object]:
    series = series_of(plans)
    top = _round_up(max(week.total for week in weeks))
    used = [each for each in series if any(week.by_plan.get(each.plan.pk) for week in weeks)]
    bars = [bar for place, week in enumerate(weeks) for bar in _stack(week, used, place=place, top=top)]
    ticks = [_tick(week, place, weeks) for place, week in enumerate(weeks)]
    lines = [
        {"y": _y(value, top), "text_y": _y(value, top) + 4, "value": f"{value:,}"}
        for value in (top * line // LINES for line in range(LINES + 1))
    ]
    last = weeks[-1]
    parts = [f"{last.by_plan.get(each.plan.pk, 0):,} to {each.plan.name}" for each in used]
    return {
        "series": used,
        "bars": bars,
        "ticks": ticks,
        "lines": lines,
        "rows": [_row(week, used) for week in weeks],
        "total": sum(week.total for week in weeks),
        "said": f"From {weeks[0].total:,} to {last.total:,} a week. This week: {', '.join(parts) or 'none'}.",
    }


def _row(week: Week, used: list[Series]) -> dict[str, object]:
    ends = week.starts_on + timedelta(days=6)
    return {"ends": f"{ends:%-d %b}", "values": [week.by_plan.get(each.plan.pk, 0) for each in used]}


def _stack(week: Week, used: list[Series], *, place: int, top: int) -> list[dict[str, object]]:
    """The bars of one week, the highest plan at the bottom."""
    bars, below = [], 0
    for each in reversed(used):
        many = week.by_plan.get(each.plan.pk, 0)
        if many:
            y = _y(below + many, top)
            bars.append({"x": LEFT + place * STEP, "y": y, "height": round(_y(below, top) - y, 1), "tone": each.tone})
            below += many
    return bars


def _tick(week: Week, place: int, weeks: list[Week]) -> dict[str, object]:
    is_new = place == 0 or week.starts_on.month != weeks[place - 1].starts_on.month
    x = LEFT + place * STEP + BAR // 2
    return {"x": x, "day": week.starts_on.day, "month": f"{week.starts_on:%b}" if is_new else ""}


def _y(value: int, top: int) -> float:
    return round(BOTTOM - value / top * (BOTTOM - TOP), 1)


def _round_up(most: int) -> int:
    """The end of the scale: three equal steps of round numbers."""
    step = 1
    while step * LINES < most:
        step = _next(step)
    return step * LINES


def _next(step: int) -> int:
    """1, 2, 5, 10, 20, 50, ..."""
    first = int(str(step)[0])
    return step * 5 // 2 if first == 2 else step * 2


def plan_mix(held: Held, resellers: int) -> dict[str, object]:
    """Every plan with its resellers: who has no subscription holds the one that needs none."""
    paid = sum(held.counts.values())
    whole = max(resellers, paid)
    parts, x = [], 0.0
    for place, plan in enumerate(held.plans):
        many = whole - paid if plan.is_default else held.counts.get(plan.pk, 0)
        width = round(many * 1000 / whole, 1) if whole else 0
        parts.append(
            {
                "plan": plan,
                "tone": min(place, TONES - 1),
                "count": shown(many),
                "share": f"{many * 100 / whole:.1f} %" if whole else "–",
                "x": x,
                "width": max(width - 3, 1) if many else 0,
            }
        )
        x = round(x + width, 1)
    return {"parts": parts, "whole": shown(whole), "is_empty": not whole}
