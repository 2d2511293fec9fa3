"""STORY: a person of a customer is invited to the Customer Portal, by a letter in the reseller's brand.

Who never chose a password gets a link that does so, made at handover; who can sign in already is told to. Which of
the two it was is read in the letter alone: no screen says whether an email was known.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models.functions import Now

from notifications.models import Notification
from notifications.phrases import phrase
from notifications.post import Recipient, post
from plans import links
from plans.inviting import duration
from plans.models import Contact, Storefront, User
from plans.reading import language_of
from plans.refusals import Refused

from .letterhead import brand_of_storefront

SECRET_KIND = "portal_invitation"  # noqa: S105  the name of a kind
PORTAL_PATH = "portal/"
TEMPLATES = ("portal_invitation", "portal_access")  # the first for who has no password yet
MOST_A_DAY = 5  # to one person: what is sent in a reseller's name is sent by us


def send_invitation(contact: Contact, *, by: User) -> list[Notification]:
    """Invite the person, once more if there was an invitation. Two clicks in one moment send one letter.

    Refuses with nobody_can_follow while the storefront is not open: the letter's link would lead to a closed door; and
    with invited_often who got five within a day.
    """
    customer = contact.account
    found = Storefront.objects.select_related("operator", "claim").filter(account=customer.parent_id, is_own=False)
    storefront = found.get()
    if storefront.state != Storefront.State.OPEN:
        raise Refused("nobody_can_follow")
    if _invited_today(contact) >= MOST_A_DAY:
        raise Refused("invited_often", email=contact.email, many=MOST_A_DAY)
    alias = storefront.claim.alias
    is_known = contact.user.has_usable_password()
    portal = {"portal_url": links.storefront_url(storefront.operator, alias, PORTAL_PATH)}
    return post(
        TEMPLATES[is_known],
        operator_id=customer.operator_id,
        occasion=f"customer:{storefront.pk}:{contact.pk}:{_invitations(contact, storefront=storefront) + 1}",
        to=[Recipient(contact.email, contact.name, contact.user_id)],
        fields={
            "account_name": customer.name,
            "invited_by": by.name or storefront.name,
            **(portal if is_known else {"valid_for": duration(settings.PASSWORD_RESET_TIMEOUT)}),
        },
        brand=brand_of_storefront(storefront, alias=alias),
        reason=phrase("invited", place=storefront.name),
        account_id=customer.pk,
        secret_kind="" if is_known else SECRET_KIND,
        language=language_of(contact, account=customer, operator=storefront.operator),
    )


def _invited_today(contact: Contact) -> int:
    """However often the person was removed meanwhile and added again."""
    letters = Notification.objects.filter(account=contact.account_id, template_code__in=TEMPLATES)
    return letters.filter(recipient_email=contact.email, created_at__gt=Now() - timedelta(days=1)).count()


def _invitations(contact: Contact, *, storefront: Storefront) -> int:
    occasion = f"customer:{storefront.pk}:{contact.pk}:"
    return Notification.objects.filter(account=contact.account_id, occasion__startswith=occasion).count()
