"""STORY: staff send a letter once more, to who had it or to another contact of its account."""

import contextlib

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from notifications.models import Notification
from notifications.models.notification import GIVEN_UP, ON_ITS_WAY
from notifications.post import Recipient, resend, resend_key

from .models import Contact, Operator, User
from .refusals import Refused
from .trail import remember


@transaction.atomic
def resend_letter(
    letter: Notification, *, to: Contact | None = None, seen: int | None = None, by: User
) -> tuple[Notification, bool]:
    """The letter that goes out with the kept words, and whether it is a new one. `to` is a contact of the letter's
    account; nobody else is written to.

    `seen` is the newest repetition there was when somebody decided (`newest_repetition`). One that went to the same
    address since then is what was asked for: pressed twice, or by two people at once, it is sent once.
    Refuses with letter_on_its_way while the same letter to the same address has not arrived or failed yet, with
    letter_personal where its link is somebody else's, with letter_words_removed where its words are gone.
    """
    goes_elsewhere = to is not None and to.email.lower() != letter.recipient_email.lower()
    if goes_elsewhere and letter.secret_kind:
        raise Refused("letter_personal")
    if goes_elsewhere and (letter.account_id is None or to.account_id != letter.account_id):
        raise ValueError("A letter goes to contacts of its own account only.")
    locked = Notification.objects.select_for_update(no_key=True)  # one at a time, and its words stay meanwhile
    if removed_at := locked.values_list("words_removed_at", flat=True).get(pk=letter.pk):
        raise Refused("letter_words_removed", day=f"{timezone.localtime(removed_at):%-d %b %Y}")
    email = to.email if goes_elsewhere else letter.recipient_email
    same = Notification.objects.filter(operator_id=letter.operator_id, key__startswith=resend_key(letter, email))
    if seen is not None and (sent := same.filter(pk__gt=seen).order_by("-pk").first()):
        return sent, False
    if same.filter(state__in=ON_ITS_WAY).exclude(GIVEN_UP).exists():
        raise Refused("letter_on_its_way", email=email)
    person = Recipient(to.email, to.name, to.user_id) if goes_elsewhere else None
    sent = resend(letter, to=person, by=by)
    about = {"account": letter.account, "order": letter.order, "subscription": letter.subscription}
    remember(letter.operator_id, "letter.resent", f"“{letter.subject[:160]}” sent again to {email}.", by=by, **about)
    return sent, True


def newest_repetition(letter: Notification) -> int:
    """The id of the last letter that was written with these words on this occasion, to whomever. One query."""
    start = f"{letter.template_code}:{letter.occasion}:"
    same = Notification.objects.filter(operator_id=letter.operator_id, key__startswith=start)
    return max(same.values_list("pk", flat=True), default=0)


def resend_failed(operator: Operator, *, by: User, limit: int = 100) -> int:
    """Send the operator's letters again that were given up and that nobody has dealt with, the oldest first; how many.

    Each is a story of its own: one that is on its way again already is passed.
    """
    failed = Notification.objects.of_operator(operator).open_tasks().filter(state=Notification.State.FAILED)
    sent = 0
    for letter in failed.select_related("account", "order", "subscription").order_by("pk")[:limit]:
        with contextlib.suppress(Refused):
            sent += resend_letter(letter, seen=newest_repetition(letter), by=by)[1]
    return sent


@transaction.atomic
def try_letters_now(operator: Operator, *, by: User) -> int:
    """Let the letters that were put off be tried at once: the mail system is back. How many; the sweeper rings."""
    waiting = Notification.objects.of_operator(operator).filter(state=Notification.State.RETRY)
    many = waiting.filter(next_attempt_at__gt=Now()).update(next_attempt_at=Now(), rung_at=None)
    remember(operator.pk, "operations.letters_tried", f"Letters tried by hand: {many} were waiting.", by=by)
    return many
