"""STORY: staff send a letter once more, to who had it or to another contact of its account."""

from django.db import transaction

from notifications.models import Notification
from notifications.models.notification import ON_ITS_WAY
from notifications.post import Recipient, resend, resend_key

from .models import Contact, User
from .refusals import Refused
from .trail import remember


@transaction.atomic
def resend_letter(letter: Notification, *, to: Contact | None = None, by: User) -> Notification:
    """A new letter with the kept words. `to` is a contact of the letter's account; nobody else is written to.

    Refuses with letter_on_its_way while the same letter to the same address has not arrived or failed yet, which is
    also what a second press meets; with letter_personal where its link is somebody else's.
    """
    goes_elsewhere = to is not None and to.email.lower() != letter.recipient_email.lower()
    if goes_elsewhere and letter.secret_kind:
        raise Refused("letter_personal")
    if goes_elsewhere and (letter.account_id is None or to.account_id != letter.account_id):
        raise ValueError("A letter goes to contacts of its own account only.")
    email = to.email if goes_elsewhere else letter.recipient_email
    same = Notification.objects.filter(operator_id=letter.operator_id, key__startswith=resend_key(letter, email))
    if same.filter(state__in=ON_ITS_WAY).exists():
        raise Refused("letter_on_its_way", email=email)
    person = Recipient(to.email, to.name, to.user_id) if goes_elsewhere else None
    sent = resend(letter, to=person, by=by)
    about = {"account": letter.account, "order": letter.order, "subscription": letter.subscription}
    remember(letter.operator_id, "letter.resent", f"“{letter.subject[:160]}” sent again to {email}.", by=by, **about)
    return sent
