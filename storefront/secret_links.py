"""Links that let their holder choose a password. Made when a letter leaves, by settings.NOTIFICATION_SECRET_LINKS."""

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.urls import reverse

from notifications.models import Notification
from plans import links
from plans.models import Storefront

BSS = "bss.urls"


def password_reset(notification: Notification) -> str:
    """The link of a letter that was asked for at a sign-in page: it leads back to the face it was asked for at."""
    place = int(notification.occasion.split(":")[1])
    if not place:
        return links.bss_url(_path(notification, urlconf=BSS))
    return _at_storefront(notification, place)


def invitation(notification: Notification) -> str:
    """The link of an invitation: staff come to the BSS, contacts to the operator's storefront."""
    if notification.occasion.startswith("staff:"):
        return links.bss_url(_path(notification, urlconf=BSS))
    return links.store_url(notification.operator, "/" + _path(notification, urlconf="storefront.urls"))


def portal_invitation(notification: Notification) -> str:
    """The link of an invitation to a Customer Portal: it leads to the reseller's storefront."""
    return _at_storefront(notification, int(notification.occasion.split(":")[1]))


def _at_storefront(notification: Notification, place: int) -> str:
    """LookupError where the storefront has lost its alias: then there is no place any more that the link could mean."""
    shown = Storefront.objects.select_related("operator", "claim").get(pk=place, operator=notification.operator_id)
    if shown.is_own:
        return links.store_url(shown.operator, "/" + _path(notification, urlconf="storefront.urls"))
    if shown.claim is None:
        raise LookupError(f"storefront {place} has no alias")
    return links.storefront_url(
        shown.operator, shown.claim.alias, _path(notification, urlconf="storefront.reseller_urls")
    )


def _path(notification: Notification, *, urlconf: str) -> str:
    """The path below a face's root, without a leading slash: a worker has no script prefix."""
    user = notification.recipient_user
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    path = reverse(
        "account_reset_password_from_key", urlconf=urlconf, kwargs={"uidb36": user_pk_to_url_str(user), "key": token}
    )
    return path.removeprefix("/")
