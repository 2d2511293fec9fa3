"""Writing: from what a story says to the rows of its letters, in the operator's words, one for each recipient."""

import uuid
from dataclasses import dataclass, field, replace

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models.functions import Now

from .catalogue import ALWAYS, CATALOGUE, LINK_FIELD, LetterKind
from .defaults import starter
from .merging import clean
from .models import Notification, NotificationTemplate
from .rendering import LINK_MASK, Brand, Letterhead, TemplateRefused, render_letter

_COLUMNS = ("code", "name", "is_active", "subject", "preview_text", "body", "button_label", "send_to_primary")
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
    """One person. `reason` says in one sentence why this person gets the letter, where it is not the letter's own."""

    email: str
    name: str = ""
    user_id: int | None = None
    kind: str = "to"
    reason: str = ""


@dataclass(frozen=True)
class Letter:
    """What `post` takes, to post several at once. The arguments are those of `post`."""

    template_code: str
    occasion: str
    to: list[Recipient]
    fields: dict[str, str]
    brand: Brand
    reason: str
    account_id: int | None = None
    order_id: int | None = None
    subscription_id: int | None = None
    secret_kind: str = ""
    language: str = "en"


@dataclass
class Template:
    """The operator's template row, or the starter words where it has none."""

    name: str
    is_active: bool
    subject: str
    preview_text: str
    body: str
    button_label: str
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
        template = found.setdefault(line["code"], Template(**{name: line[name] for name in _COLUMNS if name != "code"}))
        if line["recipients__kind"]:
            template.added.append(_added(line, name=template.name))
    for code in codes - set(found):
        words = starter(code)
        found[code] = Template(CATALOGUE[code].name, True, **vars(words))
    return found


def _added(line: dict, *, name: str) -> Recipient:
    return Recipient(
        email=line["recipients__email"] or line["recipients__contact__email"] or line["recipients__user__email"],
        name=line["recipients__contact__name"] or line["recipients__user__name"] or "",
        user_id=line["recipients__contact__user_id"] or line["recipients__user_id"],
        kind=line["recipients__kind"],
        reason=f"You get a copy of this message because you are a recipient of “{name}”.",
    )


def rows_of(letter: Letter, template: Template, *, operator_id: int) -> list[Notification]:
    """The rows of one letter, not saved yet. Raises ValueError where the caller left out what the letter needs."""
    kind = CATALOGUE[letter.template_code]
    template = _in_brand(template, kind, brand=letter.brand)
    people = people_of(letter.to, template=template, kind=kind)
    if not people:
        return []
    values = _values(letter, kind, person=people[0])
    copies = tuple(person.name or person.email for person in people if person.kind == "cc")
    rows = []
    for person in people:
        # A copy greets the person the letter is for; two people it is for are each greeted by name.
        mine = values | _greeting(person) if person in letter.to else values
        others = tuple(name for name in copies if name not in (person.name, person.email))
        head = Letterhead(person.reason or letter.reason, kind.contractual, others, letter.language)
        subject, text, html = _rendered(
            template, kind, values=mine | _given(letter, kind), brand=letter.brand, head=head
        )
        row = Notification(
            operator_id=operator_id,
            template_code=letter.template_code,
            account_id=letter.account_id,
            order_id=letter.order_id,
            subscription_id=letter.subscription_id,
            storefront_id=letter.brand.storefront_id,
            occasion=letter.occasion,
            key=f"{letter.template_code}:{letter.occasion}:{person.email.lower()}:0",
            language=letter.language,
            from_name=clean(letter.brand.from_name or letter.brand.name)[:120],
            from_email=letter.brand.from_email,
            reply_to=letter.brand.support_email,
            subject=subject,
            text=text,
            html=html,
            reason=clean(head.reason)[:300],
            secret_kind=letter.secret_kind,
            **address(person, from_email=letter.brand.from_email, skipped=not template.is_active),
        )
        rows.append(row)
    return rows


def _in_brand(template: Template, kind: LetterKind, *, brand: Brand) -> Template:
    """The template, with the starter words where its own say a name that this brand keeps to itself."""
    said = "\n".join((template.subject, template.preview_text, template.body, template.button_label)).casefold()
    if any(name and name.casefold() in said for name in brand.unnamed):
        return replace(template, **vars(starter(kind.code)))
    return template


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


def _given(letter: Letter, kind: LetterKind) -> dict[str, str]:
    return {name: letter.fields[name] for name in kind.merge_fields if name in letter.fields and name != LINK_FIELD}


def values_for(letter: Letter, kind: LetterKind, *, person: Recipient) -> dict[str, str]:
    """Every merge field of the letter with its value, as the person is greeted."""
    always = {"operator_name": letter.brand.name, "support_email": letter.brand.support_email}
    always["home_url"] = letter.brand.home_url
    secret = {LINK_FIELD: LINK_MASK} if kind.has_secret_link else {}
    return dict.fromkeys(ALWAYS, "") | always | _greeting(person) | _given(letter, kind) | secret


def _values(letter: Letter, kind: LetterKind, *, person: Recipient) -> dict[str, str]:
    missing = [name for name in kind.fields if name not in letter.fields and name != LINK_FIELD]
    if missing:
        raise ValueError(f"{kind.code} needs the fields {', '.join(missing)}")
    if kind.has_secret_link != bool(letter.secret_kind):
        raise ValueError(f"{kind.code}: secret_kind belongs to letters with a secret link, and to no other")
    return values_for(letter, kind, person=person)


def _greeting(person: Recipient) -> dict[str, str]:
    name = clean(person.name)
    return {"contact_name": name or person.email, "contact_first_name": name.split()[0] if name else "there"}


def _rendered(template: Template, kind: LetterKind, *, values: dict, brand: Brand, head: Letterhead):
    """A template that cannot be merged must not stop an order: then the starter words are used."""
    try:
        return render_letter(template, values=values, brand=brand, head=head, button_field=kind.button_field)
    except TemplateRefused:
        return render_letter(starter(kind.code), values=values, brand=brand, head=head, button_field=kind.button_field)


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
