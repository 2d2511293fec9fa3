"""What a storm has to say: figures first, then the rows that are wrong."""

from collections import Counter

from .callers import Crowd
from .house import House
from .verdict import Verdict
from .weather import Weather

MOST = 15  # rows of a kind
KINDS = ("not in", "lost", "twice", "stuck", "aimed", "caught late", "faults shown", "pages", "promises", "verify")


def tell(
    verdict: Verdict, *, many: int, weather: Weather, house: House, crowd: Crowd, met: dict[str, int],
    turned: dict[str, int], hurt: list[str], clock: dict[str, float], lost: dict[str, int],
) -> None:  # fmt: skip
    found, letters = verdict.counted, verdict.counted["letters"]
    asked_again = sum(len(upgrade.told) for upgrade in crowd.world.upgrades)
    lines = {
        "in": f"{found['in'].total():,} of {many:,} ({listed(found['in'])}); forms opened anew: {asked_again}",
        "done": f"{found['done']:,} executed, {found['subscriptions']:,} subscriptions, "
        f"{found['storefronts']:,} storefronts, {letters['welcomes']:,} keys of welcomes",
        "attempts": ", ".join(f"{n}: {orders:,}" for n, orders in sorted(found["attempts"].items())),
        "letters": f"{letters['keys']:,} keys of {letters['rows']:,} letters were taken, {letters['twice']} of them "
        f"more than once; {letters['repeats']} came again and were known; {letters['marked']} are marked",
        "provider": f"{listed(met)}; it was asked: {listed(found['tries'])}",
        "blows": listed(weather.blows),
        "answers lost": listed(lost),
        "steps hurt": f"{len(hurt)} times, {len(set(hurt))} ways: {listed(by_kind(hurt))}",
        "started anew": listed(house.lives) or "nobody",
        "answers": listed(crowd.seen),
        "time turned": listed(turned) or "for nothing",
        "pages": f"{found['pages']:,} asked by the judge answered",
        "time": ", ".join(f"{name} {at - clock['begun']:.0f} s" for name, at in list(clock.items())[1:]),
    }
    for name, told in lines.items():
        print(f"  {name:13} {told}")
    for kind in KINDS:
        rows = verdict.wrong.get(kind, [])
        print(f"  {kind:13} {len(rows)}")
        for row in rows[:MOST]:
            print(f"  {'':13}   {row}")
        if len(rows) > MOST:
            print(f"  {'':13}   and {len(rows) - MOST} more")
    print(f"storm: {'nothing lost, nothing twice' if verdict.is_clean else 'WRONG'}", flush=True)


def by_kind(fired: list[str]) -> Counter:
    return Counter(line.partition("=")[2].partition("*")[0] for line in fired)


def listed(counted: Counter | dict) -> str:
    return ", ".join(f"{name} {many:,}" for name, many in sorted(counted.items()))
