"""Writing: from what a story says to the rows of its letters, in the operator's words, one for each recipient.

Each reader whom a letter is for gets it in their own language; a copy is in the language of the first of them.
"""

import uuid
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Now

from .catalogue import ALWAYS, CATALOGUE, LINK_FIELD, LetterKind
from .defaults import Words, starter
from .languages import ENGLISH, Spoken, chosen, said
from .merging import clean
from .models import Notification, NotificationTemplate
from .phrases import phrase
from .rendering import LINK_MASK, Brand, Letterhead, TemplateRefused, render_letter
from .variants import words_in

_COLUMNS = (
    "code",
    "name",
    "is_active",
    "subject",
    "preview_text",
    "body",
    "button_label",
    "variants",
    "send_to_primary",
)
_ADDED = (
    "kind",
    "email",
    "contact__email",
    "contact__name",
    "contact__user_id",
    "user_id",
    "user__email",
    "user__name",
)


@dataclass(frozen=True)
class Recipient:
    """One person. `reason` says in one sentence why this person gets the letter, where it is not the letter's own.

    Without a `language` of their own a person gets it in the letter's.
    """

    email: str
    name: str = ""
    user_id: int | None = None
    kind: str = "to"
    reason: Spoken = ""
    language: str = ""


@dataclass(frozen=True)
class Letter:
    """What `post` takes, to post several at once. The arguments are those of `post`."""

    template_code: str
    occasion: str
    to: list[Recipient]
    fields: dict[str, Spoken]
    brand: Brand
    reason: Spoken
    account_id: int | None = None
    order_id: int | None = None
    subscription_id: int | None = None
    secret_kind: str = ""
    language: str = ENGLISH


@dataclass
class Template:
    """The operator's template row, or the starter words where it has none."""

    code: str
    name: str
    is_active: bool
    subject: str
    preview_text: str
    body: str
    button_label: str
    variants: dict[str, dict[str, str]] = field(default_factory=dict)
    send_to_primary: bool = True
    added: list[Recipient] = field(default_factory=list)


def templates_of(codes: set[str], *, operator_id: int) -> dict[str, Template]:
    """The templates with their added recipients: one statement, a line per added recipient."""
    found: dict[str, Template] = {}
    lines = (
        NotificationTemplate.objects.filter(operator_id=operator_id, code__in=codes)
        .order_by("id", "recipients__id")
        .values(*_COLUMNS, *(f"recipients__{name}" for name in _ADDED))
    )
    for line in lines:
        template = found.setdefault(line["code"], Template(**{name: line[name] for name in _COLUMNS}))
        if line["recipients__kind"]:
            template.added.append(_added(line, name=template.name))
    for code in codes - set(found):
        found[code] = Template(code, CATALOGUE[code].name, True, **vars(starter(code)))
    return found


def _added(line: dict, *, name: str) -> Recipient:
    return Recipient(
        email=line["recipients__email"] or line["recipients__contact__email"] or line["recipients__user__email"],
        name=line["recipients__contact__name"] or line["recipients__user__name"] or "",
        user_id=line["recipients__contact__user_id"] or line["recipients__user_id"],
        kind=line["recipients__kind"],
        reason=phrase("recipient", name=name),
    )


def rows_of(letter: Letter, template: Template, *, operator_id: int) -> list[Notification]:
    """The rows of one letter, not saved yet. Raises ValueError where the caller left out what the letter needs."""
    kind = CATALOGUE[letter.template_code]
    people = people_of(letter.to, template=template, kind=kind)
    _check_fields(letter, kind)
    copies = tuple(person.name or person.email for person in people if person.kind == "cc")
    rows = []
    for person in people:
        # A copy greets the person the letter is for; two people it is for are each greeted by name, in their language.
        reader = person if person in letter.to else people[0]
        words, language = _words(template, brand=letter.brand, language=chosen(reader.language, letter.language))
        others = tuple(name for name in copies if name not in (person.name, person.email))
        head = Letterhead(said(person.reason or letter.reason, language), kind.contractual, others, language)
        values = values_for(letter, kind, person=reader, language=language)
        subject, text, html = _rendered(words, kind, values=values, brand=letter.brand, head=head)
        row = Notification(
            operator_id=operator_id,
            template_code=letter.template_code,
            account_id=letter.account_id,
            order_id=letter.order_id,
            subscription_id=letter.subscription_id,
            storefront_id=letter.brand.storefront_id,
            occasion=letter.occasion,
            key=f"{letter.template_code}:{letter.occasion}:{person.email.lower()}:0",
            language=language,
            from_name=clean(letter.brand.from_name or letter.brand.name)[:120],
            from_email=letter.brand.from_email,
            reply_to=clean(letter.brand.support_email),
            subject=subject,
            text=text,
            html=html,
            reason=clean(head.reason)[:300],
            secret_kind=letter.secret_kind,
            **address(person, from_email=letter.brand.from_email, skipped=not template.is_active),
        )
        rows.append(row)
    return rows


def _words(template: Template, *, brand: Brand, language: str) -> tuple[Words, str]:
    """The words in the language, and which one they are in; the starter words where their own say a name that this
    brand keeps to itself."""
    words, language = words_in(template, language)
    everything = "\n".join(vars(words).values()).casefold()
    if any(name and name.casefold() in everything for name in brand.unnamed):
        return starter(template.code, language), language
    return words, language


def people_of(to: list[Recipient], *, template: Template, kind: LetterKind) -> list[Recipient]:
    """Who gets a letter that goes `to` somebody by its trigger: each address once.

    A personal link goes to its owner alone, whatever the template's recipients say.
    """
    by_trigger = to if template.send_to_primary or kind.has_secret_link else []
    added = [] if kind.has_secret_link else template.added
    once: dict[str, Recipient] = {}
    for person in [*by_trigger, *added]:
        once.setdefault(person.email.strip().lower(), person)
    return list(once.values())


def values_for(letter: Letter, kind: LetterKind, *, person: Recipient, language: str) -> dict[str, str]:
    """Every merge field of the letter with its value in the language, as the person is greeted."""
    always = {"operator_name": letter.brand.name, "support_email": letter.brand.support_email}
    always["home_url"] = letter.brand.home_url
    given = {name: said(letter.fields[name], language) for name in kind.merge_fields if name in letter.fields}
    secret = {LINK_FIELD: LINK_MASK} if kind.has_secret_link else {}
    return dict.fromkeys(ALWAYS, "") | always | _greeting(person, language) | given | secret


def _check_fields(letter: Letter, kind: LetterKind) -> None:
    missing = [name for name in kind.fields if name not in letter.fields and name != LINK_FIELD]
    if missing:
        raise ValueError(f"{kind.code} needs the fields {', '.join(missing)}")
    if kind.has_secret_link != bool(letter.secret_kind):
        raise ValueError(f"{kind.code}: secret_kind belongs to letters with a secret link, and to no other")


def _greeting(person: Recipient, language: str) -> dict[str, str]:
    name = clean(person.name)
    first = name.split()[0] if name else ""
    greeting = {"en": f"Hello {first or 'there'}", "de": f"Guten Tag {name}".strip()}
    nameless = {"en": "there", "de": person.email}
    return {
        "contact_name": name or person.email,
        "contact_first_name": first or said(nameless, language),
        "greeting": said(greeting, language),
    }


def _rendered(words: Words, kind: LetterKind, *, values: dict, brand: Brand, head: Letterhead) -> tuple[str, str, str]:
    """Words that cannot be merged must not stop an order: then the starter words are used."""
    about = {"values": values, "brand": brand, "head": head, "button_field": kind.button_field}
    try:
        return render_letter(words, **about)
    except TemplateRefused:
        return render_letter(starter(kind.code, head.language), **about)


def address(person: Recipient, *, from_email: str, skipped: bool = False) -> dict:
    """The columns that depend on who gets it. An address that is none fails at once, where it can be seen."""
    email = person.email.strip()[:254]
    state = Notification.State.SKIPPED if skipped else Notification.State.QUEUED
    try:
        validate_email(email)
    except ValidationError:
        state = Notification.State.FAILED
    return {
        "recipient_email": clean(email),
        "recipient_name": clean(person.name)[:120],
        "recipient_user_id": person.user_id,
        "kind": person.kind,
        "message_id": f"<notif-{uuid.uuid4()}@{from_email.rpartition('@')[2]}>",
        "state": state,
        "next_attempt_at": Now() if state == Notification.State.QUEUED else None,
    }
