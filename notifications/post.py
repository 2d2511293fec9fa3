"""Posting: a story says which letter, about what, to whom; the rows are written in the story's own transaction.

Two SQL statements, whatever the number of letters: the templates with their added recipients, and one insert (SQLite
splits it after some thirty rows) that leaves a letter alone that is there already. Posting the same occasion twice
posts nothing new.
"""

import re

from django.db import IntegrityError, transaction
from django.utils.html import format_html

from . import doorbell
from .languages import ENGLISH, Spoken, said
from .merging import clean
from .models import Notification
from .phrases import phrase
from .rendering import Brand
from .writing import Letter, Recipient, address, rows_of, templates_of

__all__ = ["Brand", "Letter", "Recipient", "ResendRefused", "keep", "post", "post_all", "resend", "resend_key"]

_COPIED = (
    "operator_id", "template_code", "account_id", "order_id", "subscription_id", "storefront_id", "occasion",
    "language", "from_name", "from_email", "reply_to", "subject", "text", "html", "reason", "secret_kind",
)  # fmt: skip
_BODY = re.compile(r"<body[^>]*>")
_COPY = (
    '<p style="margin:0;padding:12px 16px;background:#fff4d6;color:#10242a;'
    'font:600 14px/1.5 Inter,Arial,sans-serif;text-align:center;">{}</p>'
)


class ResendRefused(Exception):
    """This letter is not sent again in this way; the message says why."""


def post(
    template_code: str,
    *,
    operator_id: int,
    occasion: str,
    to: list[Recipient],
    fields: dict[str, Spoken],
    brand: Brand,
    reason: Spoken,
    account_id: int | None = None,
    order_id: int | None = None,
    subscription_id: int | None = None,
    secret_kind: str = "",
    language: str = ENGLISH,
) -> list[Notification]:
    """Write one letter per recipient, and ring for them after the commit.

    `occasion` names what it is about and makes the letter unique with template and recipient, as in "order:1874".
    `to` is who gets it by its trigger (the primary contact ...); the template's added recipients come on top.
    `fields` must hold every field that catalogue.py lists for the template; what it does not list is ignored.
    `reason` is one sentence, as in "You get this message because you are the primary contact of Tech Solutions
    (AC-10482)." A template that is off gives rows in state `skipped`. `secret_link` is never given: a template that
    has one needs a `secret_kind`, a name in settings.NOTIFICATION_SECRET_LINKS, and the link is made at handover.
    """
    letter = Letter(
        template_code, occasion, to, fields, brand, reason, account_id, order_id, subscription_id, secret_kind, language
    )
    return post_all([letter], operator_id=operator_id)


def post_all(letters: list[Letter], *, operator_id: int) -> list[Notification]:
    """Like `post`, for several letters of one operator in the same 2 statements."""
    templates = templates_of({letter.template_code for letter in letters}, operator_id=operator_id)
    rows = [
        row for letter in letters for row in rows_of(letter, templates[letter.template_code], operator_id=operator_id)
    ]
    rows = list({row.key: row for row in rows}.values())
    if not rows:
        return []
    # On a conflict the key is set to itself: the row that is there stays as it is, and its id comes back.
    Notification.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=["key"])
    _ring_after_commit(rows)
    return rows


def keep(row: Notification) -> Notification:
    """Keep one letter that is ready as it is, and ring for it after the commit. One of the same key stays as it is."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        return Notification.objects.get(key=row.key)
    _ring_after_commit([row])
    return row


def resend(notification: Notification, *, to: Recipient | None = None, by=None) -> Notification:
    """The same letter once more, as a row of its own, to the same person or to somebody else.

    The words are kept, their fields are not: for somebody else they are the same words, and a first line says that
    this is a copy, and whose. Pressed twice at once it makes one row. A letter with a secret link never goes to
    somebody else.
    """
    goes_elsewhere = to is not None and to.email.strip().lower() != notification.recipient_email.lower()
    if goes_elsewhere and notification.secret_kind:
        raise ResendRefused("A letter with a personal link goes to its own recipient only.")
    own = (notification.recipient_email, notification.recipient_name, notification.recipient_user_id, notification.kind)
    person = to if goes_elsewhere else Recipient(*own)
    start = resend_key(notification, person.email)
    taken = Notification.objects.filter(key__startswith=start, operator_id=notification.operator_id)
    number = max(taken.values_list("resend_number", flat=True), default=0) + 1
    row = Notification(
        **{name: getattr(notification, name) for name in _COPIED},
        **address(person, from_email=notification.from_email),
        key=f"{start}{number}",
        resend_of=notification,
        resend_number=number,
        posted_by=by,
    )
    if goes_elsewhere:
        _say_whose(row, notification)
    return keep(row)


def resend_key(notification: Notification, email: str) -> str:
    """What the keys of this letter to this address begin with."""
    return f"{notification.template_code}:{notification.occasion}:{email.strip().lower()}:"


def _say_whose(row: Notification, notification: Notification) -> None:
    """A copy for somebody else says so in its first line; the rest is as it was sent."""
    name, email = clean(notification.recipient_name), notification.recipient_email
    line = said(phrase("copy_of", person=f"{name} ({email})" if name else email), row.language)
    row.text = f"{line}\n\n{row.text}"
    note = format_html(_COPY, line)
    row.html = _BODY.sub(lambda body: body[0] + note, row.html, count=1) if _BODY.search(row.html) else note + row.html
    row.reason = line[:300]


def _ring_after_commit(rows: list[Notification]) -> None:
    for row in rows:
        if row.state == Notification.State.QUEUED:
            transaction.on_commit(
                lambda pk=row.pk: doorbell.ring("notifications.deliver", pk, queue="mail"), robust=True
            )
