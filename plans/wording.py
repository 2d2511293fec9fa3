"""STORY: staff change a letter, who gets it besides and whether it is sent, and try it out. Each leaves its mark.

The post room keeps the words and knows no staff; here an address becomes a colleague or a contact where it is one.
"""

from datetime import datetime

from django.db import transaction

from notifications import editing
from notifications.editing import TEST, Added, Draft, DraftRefused, Words
from notifications.languages import ENGLISH, languages
from notifications.models import Notification, NotificationTemplate, TemplateVersion

from .models import Account, Activity, Contact, Operator, StaffMembership, User
from .refusals import Refused
from .samples import sample_letter
from .trail import remember
from .versions import changed_meanwhile

CHANGED = "template.changed"
MOST_SHOWN = 10

__all__ = ["TEST", "DraftRefused", "Words"]


def change_template(template: NotificationTemplate, *, seen: int, draft: Draft, by: User) -> list[str]:
    """Make this the template, and say what changed. Raises DraftRefused; refuses with changed_meanwhile."""
    said = f"changed{_in(draft.language)}: {{}}"
    return _changed(template, by, lambda: editing.save_template(template, seen=seen, draft=draft, by=by), said)


def reset_template(template: NotificationTemplate, *, seen: int, by: User, language: str = ENGLISH) -> list[str]:
    """Back to the starter words, and say what changed. Refuses with changed_meanwhile."""
    said = f"reset to default{_in(language)}: {{}}"
    again = {"seen": seen, "language": language, "by": by}
    return _changed(template, by, lambda: editing.reset_template(template, **again), said)


def bring_back(version: TemplateVersion, *, seen: int, by: User) -> list[str]:
    """The words of a version again, as a new one, and say what changed. Raises DraftRefused; refuses with
    changed_meanwhile."""
    said = f"version {version.number} brought back{_in(version.language)}: {{}}"
    return _changed(version.template, by, lambda: editing.bring_back(version, seen=seen, by=by), said)


def _in(language: str) -> str:
    return "" if language == ENGLISH else f" in {languages()[language]}"


@transaction.atomic
def switch_template(template: NotificationTemplate, *, on: bool, by: User) -> bool:
    """Whether that changed anything. Raises DraftRefused where nobody would get the letter."""
    switched = editing.switch_template(template, on=on)
    if switched:
        said = f"{template} switched {'on' if on else 'off'}."
        remember(template.operator_id, "template.switched", said, by=by)
    return switched


@transaction.atomic
def send_test(
    template: NotificationTemplate,
    *,
    words: Words,
    to: str,
    operator: Operator,
    account: Account | None,
    by: User,
    language: str = ENGLISH,
) -> Notification:
    """Send the words once to any address, filled with what the account has. Raises DraftRefused."""
    letter = sample_letter(template.code, operator=operator, account=account, by=by)
    sent = editing.send_test(words, letter=letter, to=to, operator_id=operator.pk, by=by, language=language)
    remember(operator.pk, "template.tested", f"{template}: test sent to {to}.", by=by)
    return sent


def added_of(typed: list[tuple[str, str]], *, operator: Operator) -> tuple[Added, ...]:
    """Kinds and addresses as recipients: a colleague, a contact of one account, else a plain address. Each once.

    A colleague's or contact's letter follows them when their address changes.
    """
    emails = {email.lower() for _, email in typed}
    works = StaffMembership.objects.filter(operator=operator, is_active=True, user__email__in=emails)
    users = dict(works.values_list("user__email", "user_id"))
    contacts: dict[str, list[int]] = {}
    for email, pk in Contact.objects.filter(operator=operator, email__in=emails).values_list("email", "pk"):
        contacts.setdefault(email.lower(), []).append(pk)
    found: dict[str, Added] = {}
    for kind, email in typed:
        known = email.lower()
        if known in users:
            found.setdefault(known, Added(kind, user_id=users[known]))
        elif len(contacts.get(known, [])) == 1:
            found.setdefault(known, Added(kind, contact_id=contacts[known][0]))
        else:
            found.setdefault(known, Added(kind, email=known))
    return tuple(found.values())


def history_of(template: NotificationTemplate, *, before: datetime | None = None) -> list[Activity]:
    """Who changed its words and recipients, newest first; with `before`, what was done until then."""
    activities = Activity.objects.filter(operator_id=template.operator_id, verb=CHANGED)
    if before is not None:
        activities = activities.filter(at__lt=before)
    return list(activities.filter(text__startswith=f"{template} ").order_by("-pk")[:MOST_SHOWN])


def _changed(template: NotificationTemplate, by: User, change, said: str) -> list[str]:
    about = {"operator_id": template.operator_id, "verb": CHANGED}
    try:
        with transaction.atomic():
            changed = change()
            if changed:
                remember(text=f"{template} {said.format(', '.join(changed))}.", by=by, **about)
    except editing.Outdated:
        raise _outdated(template, about) from None
    return changed


def _outdated(template: NotificationTemplate, about: dict) -> Refused:
    saved = NotificationTemplate.objects.get(operator_id=template.operator_id, code=template.code)
    return changed_meanwhile(saved, noun="template", **about)
