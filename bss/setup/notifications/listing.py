"""The templates of one entity as the list shows them: two questions, whatever there is."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from notifications.catalogue import CATALOGUE, LetterKind
from notifications.models import Notification, NotificationTemplate
from plans.models import Operator

ENTITIES = NotificationTemplate.Entity
PERIOD = timedelta(days=30)
TITLES = {"accounts": "Account", "orders": "Order", "subscriptions": "Subscription", "contacts": "Contact"}
STATES = {"active": "Active", "inactive": "Inactive"}
READERS = {"Primary contact of the account": "Primary contact"}


@dataclass(frozen=True, slots=True)
class TemplateRow:
    code: str
    name: str
    trigger: str
    recipients: str
    sent: int
    is_active: bool


def rows_of(operator: Operator, *, entity: str, text: str = "", state: str = "") -> list[TemplateRow]:
    """In the order of the catalogue; `text` is looked for in name and trigger, `state` is one of STATES or empty."""
    rows = NotificationTemplate.objects.filter(operator=operator).for_entity(entity)
    saved = {row.code: row for row in rows.annotate(added=Count("recipients"))}
    kinds = [kind for kind in CATALOGUE.values() if kind.entity == entity]
    sent = sent_lately(operator)
    rows = [
        TemplateRow(
            kind.code,
            kind.name,
            kind.trigger,
            _recipients(kind, saved.get(kind.code)),
            sent.get(kind.code, 0),
            saved[kind.code].is_active if kind.code in saved else True,
        )
        for kind in kinds
        if text.lower() in f"{kind.name} {kind.trigger}".lower()
    ]
    return [row for row in rows if state not in STATES or row.is_active is (state == "active")]


def sent_lately(operator: Operator) -> dict[str, int]:
    """Letters that left the house in the last 30 days, by template. From one index alone."""
    letters = Notification.objects.filter(operator=operator, created_at__gte=timezone.now() - PERIOD)
    found = letters.exclude(sent_at=None).order_by().values_list("template_code").annotate(many=Count("template_code"))
    return dict(found)


def _recipients(kind: LetterKind, row: NotificationTemplate | None) -> str:
    reader, added = READERS.get(kind.reader, kind.reader), row.added if row else 0
    if row is None or row.send_to_primary or kind.has_secret_link:
        return f"{reader} + {added}" if added and not kind.has_secret_link else reader
    return f"{added} added" if added else "Nobody"
