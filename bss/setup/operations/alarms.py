"""The alarms of the Operations page: what is wrong, since when, what it is about, and the click that mends it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from plans.alarm_kinds import ALARM_KINDS, AlarmKind, Thing
from plans.findings import Finding, findings
from plans.models import Alarm, Operator

OVER = 10  # alarms of the past that are shown


@dataclass(frozen=True)
class Act:
    """A button that posts, or a link; `permission` is what the button needs. `value` goes with it."""

    label: str
    url: str
    permission: str = ""
    value: str = ""


@dataclass(frozen=True)
class Row:
    kind: AlarmKind
    words: str
    since: datetime | None
    links: list[Act] = field(default_factory=list)
    acts: list[Act] = field(default_factory=list)


# What mends it here: name of the route that takes a POST, label, permission.
MENDS = {
    "orders_late": ("sweep_now", "Sweep now", "execute"),
    "orders_dead": ("retry_all", "Retry all", "execute"),
    "orders_failed": ("retry_all", "Retry all", "execute"),
    "letters_late": ("try_letters", "Try now", "notifications"),
    "letters_put_off": ("try_letters", "Try now", "notifications"),
    "letters_failed": ("resend_all", "Resend all", "notifications"),
    "worker_dead": ("forget_worker", "Forget", "execute"),
}
# Where all of them are listed: name of the route and the filter.
LISTS = {
    "orders_late": ("orders", "state=placed"),
    "orders_retried": ("orders", "state=placed"),
    "orders_dead": ("orders", "state=failed"),
    "orders_failed": ("orders", "state=failed"),
    "letters_late": ("outbox", "state=queued"),
    "letters_put_off": ("outbox", "state=retry"),
    "letters_unknown": ("outbox", "view=attention"),
    "letters_failed": ("outbox", "view=attention"),
    "letters_bounced": ("outbox", "view=attention"),
    "changes_late": ("subscriptions", "change=scheduled"),
}
PAGES = {"order": "order", "letter": "letter", "subscription": "subscription", "import": "import_result"}


def rows(operator: Operator) -> list[Row]:
    """What is wrong now, the worst first. Since when: by its rows, else by when a sweeper first saw it."""
    seen = dict(Alarm.objects.filter(operator=operator).ringing().values_list("code", "opened_at"))
    return [_row(found, since=found.since or seen.get(found.kind.code)) for found in findings(operator)]


def over(operator: Operator) -> list[tuple[AlarmKind, Alarm]]:
    """The last ones that ended."""
    past = Alarm.objects.filter(operator=operator, ended_at__isnull=False).order_by("-id")[:OVER]
    return [(ALARM_KINDS[alarm.code], alarm) for alarm in past if alarm.code in ALARM_KINDS]


def _row(found: Finding, *, since: datetime | None) -> Row:
    code = found.kind.code
    links = [Act(thing.label, _page(thing)) for thing in found.things if thing.noun in PAGES]
    if code in LISTS:
        route, query = LISTS[code]
        links.append(Act("All of them", f"{reverse(route)}?{query}"))
    acts = []
    if code in MENDS:
        route, label, permission = MENDS[code]
        for thing in found.things if code == "worker_dead" else found.things[:1]:
            named = f"{label} {thing.label}" if code == "worker_dead" else label
            acts.append(Act(named, reverse(route), permission, thing.key))
    return Row(found.kind, found.words, since, links, acts)


def _page(thing: Thing) -> str:
    return reverse(PAGES[thing.noun], args=[thing.key])
