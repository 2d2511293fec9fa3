"""STORY: staff change the words of a letter, who gets it besides, and whether it is sent; and try it out.

What is saved here is used by the next letter. Nothing is saved that could not be merged, or that would reach nobody.
"""

import uuid
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from .catalogue import CATALOGUE, LINK_FIELD, LetterKind
from .defaults import Words, install_templates, starter
from .keeping import keep_version, words_of_version
from .languages import ENGLISH, said
from .merging import clean
from .models import Notification, NotificationTemplate, TemplateRecipient, TemplateVersion
from .models.notification import TEST
from .post import keep
from .rendering import LINK_MASK, Letterhead, check_template, render_letter
from .variants import TEXTS, words_in
from .writing import Letter, Recipient, address, values_for

MOST_ADDED = 10
WORDS = TEXTS
NOBODY = "Choose at least one recipient, or switch the notification off."
LINK_MISSING = f"Insert {{{{ {LINK_FIELD} }}}} into the message, or give the button a label: nobody could follow it."


@dataclass(frozen=True)
class Added:
    """A recipient besides the one by trigger: a contact, a user or a plain address, exactly one of them."""

    kind: str
    email: str = ""
    contact_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True)
class Draft:
    """All of a template that its operator decides, as it stands in an editor: its words in one language."""

    words: Words
    send_to_primary: bool = True
    added: tuple[Added, ...] = ()
    language: str = ENGLISH


class DraftRefused(ValueError):
    """This draft cannot be saved. `problems` says why: a field of the editor to its sentences."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__(str(problems))
        self.problems = problems


class Outdated(Exception):
    """Somebody else saved the template since it was read. Nothing was written."""


def template_of(code: str, *, operator) -> NotificationTemplate:
    """The operator's row; where it has none yet, one that is not saved, with the starter words."""
    found = NotificationTemplate.objects.filter(operator=operator, code=code).first()
    kind = CATALOGUE[code]
    fresh = {"operator": operator, "code": code, "entity": kind.entity, "name": kind.name}
    return found or NotificationTemplate(**fresh, **vars(starter(code)))


def words_of(template: NotificationTemplate, language: str = ENGLISH) -> Words:
    """The words as they are saved."""
    return words_in(template, language)[0]


def draft_of(template: NotificationTemplate, language: str = ENGLISH) -> Draft:
    """The template as it is saved."""
    added = template.recipients.order_by("pk") if template.pk else []
    return Draft(
        words_of(template, language),
        template.send_to_primary,
        tuple(Added(one.kind, one.email, one.contact_id, one.user_id) for one in added),
        language,
    )


def problems_in(words: Words, *, kind: LetterKind) -> dict[str, list[str]]:
    """What is wrong in the words: for each of them its sentences, with line and column. Empty: they can be merged."""
    found = {}
    for name in WORDS:
        # The personal link is put in at handover, into the message alone.
        fields = kind.merge_fields if name == "body" else tuple(f for f in kind.merge_fields if f != LINK_FIELD)
        problems = check_template(getattr(words, name), fields=fields)
        found[name] = [f"Line {one.line}, column {one.column}: {one.message}" for one in problems]
    if kind.has_secret_link and LINK_FIELD not in words.body and not words.button_label:
        found["body"].append(LINK_MISSING)
    return {name: sentences for name, sentences in found.items() if sentences}


@transaction.atomic
def save_template(template: NotificationTemplate, *, seen: int, draft: Draft, by=None) -> list[str]:
    """Make this the template, and say what changed. Raises DraftRefused, or Outdated if `seen` is not its version.

    Two who save at once: one conditional UPDATE wins. It is also what a switch waits for, so that no letter is on and
    has nobody to go to.
    """
    kind = CATALOGUE[template.code]
    if problems := problems_in(draft.words, kind=kind):
        raise DraftRefused(problems)
    if kind.has_secret_link:
        draft = replace(draft, send_to_primary=True, added=())
    row = _row(template)
    before = draft_of(row, draft.language)
    changed = _changes(before, draft)
    if row.version != seen:
        raise Outdated
    if not changed:
        return []
    _write(row, seen=seen, send_to_primary=draft.send_to_primary, **_columns(row, draft.words, draft.language))
    words = {"before": before.words, "after": draft.words}
    keep_version(row, language=draft.language, changed=changed, by=by, **words)
    if set(before.added) != set(draft.added):
        row.recipients.all().delete()
        TemplateRecipient.objects.bulk_create(TemplateRecipient(template=row, **vars(one)) for one in draft.added)
    _refuse_nobody(row)
    return changed


def reset_template(template: NotificationTemplate, *, seen: int, language: str = ENGLISH, by=None) -> list[str]:
    """Give the letter its starter words back; recipients and switch stay. Says what changed. Raises Outdated."""
    return _say(template, starter(template.code, language), seen=seen, language=language, by=by, how="reset to default")


def bring_back(version: TemplateVersion, *, seen: int, by=None) -> list[str]:
    """Make the words of a version those of the template, as a new version. Says what changed.

    Raises Outdated; and DraftRefused where its words cannot be merged any more.
    """
    words = words_of_version(version)
    if problems := problems_in(words, kind=CATALOGUE[version.template.code]):
        raise DraftRefused(problems)
    how = f"version {version.number} brought back"
    return _say(version.template, words, seen=seen, language=version.language, by=by, how=how)


@transaction.atomic
def _say(template: NotificationTemplate, words: Words, *, seen: int, language: str, by, how: str) -> list[str]:
    """Write these words and nothing else."""
    row = _row(template)
    before = draft_of(row, language)
    changed = _changes(before, replace(before, words=words))
    if changed:
        _write(row, seen=seen, **_columns(row, words, language))
        keep_version(row, language=language, before=before.words, after=words, changed=[how], by=by)
    return changed


def _columns(row: NotificationTemplate, words: Words, language: str) -> dict[str, object]:
    """Where the words are written. The starter words of a variant are not: it follows them from then on."""
    if language == ENGLISH:
        return vars(words)
    others = {code: texts for code, texts in row.variants.items() if code != language}
    return {"variants": others if words == starter(row.code, language) else others | {language: vars(words)}}


@transaction.atomic
def switch_template(template: NotificationTemplate, *, on: bool) -> bool:
    """Switch the letter on or off; whether that changed anything. Raises DraftRefused where nobody would get it."""
    row = _row(template)
    switched = NotificationTemplate.objects.filter(pk=row.pk, is_active=not on).update(is_active=on)
    _refuse_nobody(row)
    return bool(switched)


def render_draft(words: Words, *, letter: Letter, person: Recipient, language: str) -> tuple[str, str, str]:
    """(subject, text, html) as `person` would get it. Raises TemplateRefused. A personal link is shown masked."""
    kind = CATALOGUE[letter.template_code]
    head = Letterhead(said(letter.reason, language), kind.contractual, language=language)
    values = values_for(letter, kind, person=person, language=language)
    return render_letter(words, values=values, brand=letter.brand, head=head, button_field=kind.button_field)


def send_test(words: Words, *, letter: Letter, to: str, operator_id: int, by, language: str = ENGLISH) -> Notification:
    """Post the words once, filled with the letter's fields, to any address. Raises DraftRefused.

    It is a letter like any other, but about nothing: of no account and no order, and nobody else gets it.
    """
    if problems := problems_in(words, kind=CATALOGUE[letter.template_code]):
        raise DraftRefused(problems)
    person = letter.to[0]
    subject, text, html = render_draft(words, letter=letter, person=person, language=language)
    code, occasion = f"{TEST}{letter.template_code}"[:64], f"test:{uuid.uuid4()}"
    row = Notification(
        operator_id=operator_id,
        template_code=code,
        occasion=occasion,
        key=f"{code}:{occasion}:{to.lower()}:0",
        language=language,
        from_name=clean(letter.brand.from_name or letter.brand.name)[:120],
        from_email=letter.brand.from_email,
        reply_to=letter.brand.support_email,
        subject=f"[Test] {subject}"[:300],
        text=text,
        html=html,
        reason=f"A test, sent by {by}."[:300],
        posted_by=by,
        **address(Recipient(to), from_email=letter.brand.from_email),
    )
    return keep(row)


def _row(template: NotificationTemplate) -> NotificationTemplate:
    """The row as it is now, locked where the database knows how; made first where the operator lacks it."""
    rows = NotificationTemplate.objects.filter(operator_id=template.operator_id, code=template.code)
    if not rows.exists():
        install_templates(template.operator)
    return rows.select_for_update().get()


def _write(row: NotificationTemplate, *, seen: int, **columns) -> None:
    mine = NotificationTemplate.objects.filter(pk=row.pk, version=seen)
    if not mine.update(version=F("version") + 1, updated_at=timezone.now(), **columns):
        raise Outdated


def _refuse_nobody(row: NotificationTemplate) -> None:
    row.refresh_from_db()
    if CATALOGUE[row.code].has_secret_link or row.send_to_primary or not row.is_active:
        return
    if not row.recipients.exists():
        raise DraftRefused({"send_to_primary": [NOBODY]})


def _changes(before: Draft, after: Draft) -> list[str]:
    said = {"subject": "subject", "preview_text": "preview text", "body": "message", "button_label": "button label"}
    changed = [said[name] for name in WORDS if getattr(before.words, name) != getattr(after.words, name)]
    if before.send_to_primary != after.send_to_primary or set(before.added) != set(after.added):
        changed.append("recipients")
    return changed


__all__ = ["LINK_MASK", "MOST_ADDED", "NOBODY", "TEST", "Added", "Draft", "DraftRefused", "Outdated", "Words"]
