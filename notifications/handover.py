"""Handing one letter to the mail system, and what its answer means.

Only three answers end a letter's waiting: accepted, refused for good, or no answer after the words were already out.
Everything else is put off and tried again.
"""

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import formataddr, parsedate_to_datetime

import requests
from anymail.exceptions import (
    AnymailConfigurationError,
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, ObjectDoesNotExist, ValidationError
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.validators import validate_email
from django.utils.html import escape
from django.utils.module_loading import import_string

from .merging import clean, header
from .models import Notification, NotificationAttempt
from .rendering import LINK_MASK
from .reports import token_of

Outcome = NotificationAttempt.Outcome
# 401, 403: our key is wrong, and somebody will mend it; 408, 425, 429: the provider asks for patience.
_LATER = frozenset({401, 403, 408, 425, 429})
# A gateway speaks: what lies behind it may have taken the letter. 520 and 524 are Cloudflare's.
_GATEWAY = frozenset({502, 504, 520, 524})
LETTER = "letter"  # under this name a provider keeps our token beside the letter
# What a provider with keys says of a key that it knows: the first request is still running, or the letter was taken
# before with other words, as one whose personal link is made anew for each try.
_KEY_IN_USE, _KEY_TAKEN = "concurrent_idempotent_requests", "invalid_idempotent_request"
_WITHOUT_METADATA = frozenset({"MailerSend", "Postal"})
SMTP_TIMEOUT = 15  # seconds, where the settings say nothing


@dataclass(frozen=True)
class Answer:
    """What came of one try. `retry_after` is the other side's own wish, in seconds."""

    outcome: str
    text: str = ""
    provider_id: str = ""
    retry_after: int | None = None


class LetterUnsendable(Exception):
    """This letter can never be sent as it is; the message says why."""


def prepare(letter: Notification) -> EmailMultiAlternatives:
    """The letter as it leaves, with its secret link made now. Raises LetterUnsendable."""
    text, html = letter.text, letter.html
    if letter.secret_kind:
        link = _secret_link(letter)
        text, html = text.replace(LINK_MASK, link), html.replace(LINK_MASK, escape(link))
    message = EmailMultiAlternatives(
        subject=letter.subject,
        body=text,
        from_email=formataddr((header(letter.from_name), letter.from_email)),
        to=[formataddr((header(letter.recipient_name), letter.recipient_email))],
        reply_to=[clean(letter.reply_to)] if _is_address(letter.reply_to) else None,
        headers={
            "Message-ID": letter.message_id,
            "X-Uplift-Key": letter.key,
            "Auto-Submitted": "auto-generated",  # keeps out-of-office robots silent
        },
    )
    message.attach_alternative(html, "text/html")
    message.metadata = {LETTER: token_of(letter)}
    return message


def _is_address(text: str) -> bool:
    """A letter goes out without a reply address rather than not at all."""
    try:
        validate_email(clean(text))
    except ValidationError:
        return False
    return True


def keys_known_for() -> timedelta | None:
    """How long the provider knows a letter again by its key; None where a repeat would be a second letter."""
    try:
        backend = import_string(settings.EMAIL_BACKEND)
    except ImportError:  # handing over will say so
        return None
    return getattr(backend, "knows_keys_for", None)


def _secret_link(letter: Notification) -> str:
    """Asks the maker that the settings name. What it cannot find any more makes the letter pointless."""
    makers = getattr(settings, "NOTIFICATION_SECRET_LINKS", {})
    if letter.secret_kind not in makers:
        raise ImproperlyConfigured(f"NOTIFICATION_SECRET_LINKS names no maker for {letter.secret_kind}")
    try:
        return import_string(makers[letter.secret_kind])(letter)
    except (LookupError, ObjectDoesNotExist) as error:
        raise LetterUnsendable("The personal link is no longer valid, so the letter was not sent.") from error


def hand_over(message: EmailMultiAlternatives) -> Answer:
    """Give the letter to the mail system and say what came of it. Never raises."""
    try:
        connection = _open_connection()
    except Exception as error:  # noqa: BLE001  the mail system is not there or not set up: that mends itself, or somebody does
        return Answer(Outcome.DEFERRED, _told(error))
    words_out = _watch(connection)
    if getattr(connection, "esp_name", "") in _WITHOUT_METADATA:
        del message.metadata
    try:
        sent = connection.send_messages([message])
    except Exception as error:  # noqa: BLE001  whatever it was, the letter's row must say so
        return read(error, words_out=bool(words_out))
    finally:
        _close(connection)
    if not sent:
        return Answer(Outcome.REFUSED, "The mail system did not take the letter.")
    return _read_status(getattr(message, "anymail_status", None))


def _open_connection() -> BaseEmailBackend:
    connection = get_connection()
    if getattr(connection, "timeout", 0) is None:
        connection.timeout = SMTP_TIMEOUT
    connection.open()
    return connection


def _read_status(status) -> Answer:
    """What Anymail found in an answer it did not object to. Some refusals come with words it cannot read."""
    response = getattr(status, "esp_response", None)
    refused = set(getattr(status, "status", None) or {"sent"}) <= {"failed", "invalid", "rejected"}
    if refused or getattr(response, "status_code", 200) >= 400:
        return Answer(Outcome.REFUSED, " ".join(getattr(response, "text", "").split())[:500] or "Refused.")
    return Answer(Outcome.ACCEPTED, "", str(getattr(status, "message_id", None) or ""))


def _watch(connection: BaseEmailBackend) -> list[bool]:
    """Becomes non-empty when the words go out over SMTP: a connection lost after that leaves us not knowing whether
    the letter was taken. smtplib itself does not tell at which step it was interrupted."""
    words_out: list[bool] = []
    smtp = getattr(connection, "connection", None)
    if isinstance(smtp, smtplib.SMTP):
        send_words = smtp.data

        def data(words):
            words_out.append(True)
            return send_words(words)

        smtp.data = data
    return words_out


def _close(connection: BaseEmailBackend) -> None:
    """The answer is in: nothing that happens while saying goodbye changes it."""
    with suppress(OSError, smtplib.SMTPException):
        connection.close()


def _told(error: Exception) -> str:
    return " ".join(str(error).split())[:500] or type(error).__name__


def read(error: Exception, *, words_out: bool = False) -> Answer:
    """What an exception of the mail system means for the letter."""
    text = _told(error)
    if isinstance(error, smtplib.SMTPException):
        return _read_smtp(error, text, words_out=words_out)
    if isinstance(error, AnymailRequestsAPIError):
        return _read_api(error, text)
    if isinstance(error, AnymailRecipientsRefused):
        return Answer(Outcome.REFUSED, text)
    if isinstance(error, OSError):
        return Answer(Outcome.UNKNOWN if words_out else Outcome.DEFERRED, text)
    if isinstance(error, AnymailConfigurationError | ImproperlyConfigured):
        return Answer(Outcome.DEFERRED, text)
    if isinstance(error, AnymailError | LetterUnsendable | ValueError | TypeError):
        return Answer(Outcome.REFUSED, text)
    return Answer(Outcome.DEFERRED, f"{type(error).__name__}: {text}"[:500])


def _read_smtp(error: smtplib.SMTPException, text: str, *, words_out: bool) -> Answer:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _ in error.recipients.values()]
        texts = [f"{code} {_decoded(answer)}" for code, answer in error.recipients.values()]
        return Answer(Outcome.REFUSED if codes and min(codes) >= 500 else Outcome.DEFERRED, "; ".join(texts)[:500])
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Answer(Outcome.DEFERRED, f"{error.smtp_code} {_decoded(error.smtp_error)}"[:500])
    if isinstance(error, smtplib.SMTPResponseException):
        # A code below zero is smtplib's own: the connection broke in the middle of an answer.
        if error.smtp_code < 0:
            return Answer(Outcome.UNKNOWN if words_out else Outcome.DEFERRED, text)
        outcome = Outcome.REFUSED if error.smtp_code >= 500 else Outcome.DEFERRED
        return Answer(outcome, f"{error.smtp_code} {_decoded(error.smtp_error)}"[:500])
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Answer(Outcome.REFUSED, text)
    return Answer(Outcome.UNKNOWN if words_out else Outcome.DEFERRED, text)


def _decoded(answer: bytes | str) -> str:
    return clean(answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer))


def _read_api(error: AnymailRequestsAPIError, text: str) -> Answer:
    status, said = error.status_code, _said(error.response)
    if status is None:
        # No answer at all. Only when the connection was never made do we know that nothing was taken.
        never_made = isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError) or (
            isinstance(error, requests.ConnectionError) and "NewConnectionError" in repr(error.__cause__)
        )
        return Answer(Outcome.DEFERRED if never_made else Outcome.UNKNOWN, text)
    if 200 <= status < 300:
        return Answer(Outcome.UNKNOWN, text)  # taken, but the answer cannot be read
    text = f"{status}: {said}"[:500] if said else text
    if status == 409 and _KEY_TAKEN in error.response.text:
        return Answer(Outcome.ACCEPTED, text)
    if status in _GATEWAY:
        return Answer(Outcome.UNKNOWN, text)
    if status in _LATER or status >= 500 or (status == 409 and _KEY_IN_USE in error.response.text):
        return Answer(Outcome.DEFERRED, text, retry_after=_retry_after(error.response))
    return Answer(Outcome.REFUSED, text)


def _said(response) -> str:
    """The sentence in a provider's answer, which each puts elsewhere; "" where it has none."""
    try:
        answer = response.json()
        told = next(answer[name] for name in ("message", "Message", "errors", "error") if answer.get(name))
    except (AttributeError, ValueError, StopIteration):
        return ""
    return clean(told if isinstance(told, str) else str(told))


def _retry_after(response) -> int | None:
    """Seconds from now, of a header in either form: a number, or a date by the provider's own clock."""
    value = response.headers.get("Retry-After", "").strip()
    if value.isascii() and value.isdecimal():
        return int(value)
    try:
        until = parsedate_to_datetime(value)
        now = parsedate_to_datetime(response.headers["Date"]) if "Date" in response.headers else datetime.now(UTC)
        return max(int((until - now).total_seconds()), 0)
    except (ValueError, TypeError, OverflowError):
        return None
