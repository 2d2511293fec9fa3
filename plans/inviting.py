"""STORY: a person is invited to sign in. The letter's link lets them choose a password; it is made at handover."""

from django.conf import settings
from django.db.models import Q

from notifications.languages import Spoken
from notifications.models import Notification
from notifications.phrases import phrase
from notifications.post import Recipient, post, resend

from .letters import brand_of
from .models import Contact, Operator, StaffMembership, User
from .reading import language_of

SECRET_KIND = "invitation"  # noqa: S105  the name of a kind


def invite_staff(membership: StaffMembership, *, by: User | None = None) -> list[Notification]:
    """Invite a member of staff to the operator's back office. Inviting twice sends one letter."""
    user, short = membership.user, membership.operator.short_name
    return _invite(
        membership.operator,
        to=Recipient(user.email, user.name, user.pk, language=language_of(user, operator=membership.operator)),
        occasion=f"staff:{membership.pk}",
        account_name={"en": f"the {short} back office", "de": f"das Backoffice von {short}"},
        by=by,
        reason=phrase("works_for", operator=membership.operator.name),
    )


def invite_staff_again(membership: StaffMembership, *, by: User | None = None) -> Notification:
    """The invitation once more, as a letter of its own with a new link; the first one where none was sent."""
    letters = Notification.objects.filter(operator=membership.operator, occasion=f"staff:{membership.pk}")
    before = letters.filter(template_code="invitation", key__startswith="invitation:").order_by("-pk").first()
    return resend(before, by=by) if before else invite_staff(membership, by=by)[0]


def invite_contact(contact: Contact, *, by: User | None = None, is_again: bool = False) -> list[Notification]:
    """Invite a contact who has a user to the operator's storefront. Inviting twice sends one letter, if not meant."""
    account = contact.account
    before = _invitations(contact) if is_again else 0
    language = language_of(contact, account=account, operator=account.operator)
    return _invite(
        account.operator,
        to=Recipient(contact.email, contact.name, contact.user_id, language=language),
        occasion=f"contact:{contact.pk}" + (f":{before}" if before else ""),
        account_name=account.name,
        by=by,
        reason=phrase("contact", account=f"{account.name} ({account.number})"),
        account_id=account.pk,
    )


def _invitations(contact: Contact) -> int:
    """How often this contact was invited. Two clicks in one moment count the same, and send one letter."""
    letters = Notification.objects.filter(account=contact.account_id, template_code="invitation")
    occasion = f"contact:{contact.pk}"
    return letters.filter(Q(occasion=occasion) | Q(occasion__startswith=f"{occasion}:")).count()


def _invite(operator: Operator, *, to: Recipient, occasion: str, account_name: Spoken, by, reason: Spoken, **about):
    return post(
        "invitation",
        operator_id=operator.pk,
        occasion=occasion,
        to=[to],
        fields={
            "account_name": account_name,
            "invited_by": (by.name if by else "") or operator.name,
            "valid_for": duration(settings.PASSWORD_RESET_TIMEOUT),
        },
        brand=brand_of(operator),
        reason=reason,
        secret_kind=SECRET_KIND,
        **about,
    )


_LENGTHS = (
    (86400, ("day", "days"), ("Tag", "Tage")),
    (3600, ("hour", "hours"), ("Stunde", "Stunden")),
    (60, ("minute", "minutes"), ("Minute", "Minuten")),
    (1, ("second", "seconds"), ("Sekunde", "Sekunden")),
)


def duration(seconds: int) -> dict[str, str]:
    """As people say it: 14 days, 1 hour; 14 Tage, 1 Stunde."""
    size, english, german = next(length for length in _LENGTHS if seconds >= length[0] and seconds % length[0] == 0)
    count = seconds // size
    return {"en": f"{count} {english[count != 1]}", "de": f"{count} {german[count != 1]}"}
