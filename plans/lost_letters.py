"""STORY: somebody deals with a letter that did not arrive: by sending it again, or by saying that it is dealt with."""

from django.db import transaction
from django.db.models.functions import Now

from notifications.models import Notification
from notifications.models.notification import NOT_DEALT_WITH

from .models import User
from .refusals import Refused
from .trail import remember


@transaction.atomic
def deal_with_letter(letter: Notification, *, note: str = "", by: User) -> None:
    """The letter is nobody's task any more; `note` says what was done. Refuses with letter_dealt_with the second time,
    with letter_no_task what has arrived or is still on its way."""
    open_one = Notification.objects.filter(NOT_DEALT_WITH, pk=letter.pk)
    if not open_one.update(dealt_with_at=Now(), dealt_with_by=by):
        now = Notification.objects.select_related("dealt_with_by").get(pk=letter.pk)
        if now.dealt_with_at:
            raise Refused("letter_dealt_with", name=now.dealt_with_by)
        raise Refused("letter_no_task")
    about = {"account": letter.account, "order": letter.order, "subscription": letter.subscription}
    said = f"“{letter.subject[:120]}” to {letter.recipient_email[:80]} marked as dealt with"
    remember(letter.operator_id, "letter.dealt_with", f"{said}: {note}" if note else f"{said}.", by=by, **about)
