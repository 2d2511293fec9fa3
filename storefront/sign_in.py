"""Signing in with allauth, on our terms: where it leads, what it says, and which letters it posts."""

import time
import uuid
from collections.abc import Callable

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from django.conf import settings
from django.core.cache import cache
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme

from notifications.languages import Spoken, moment
from notifications.phrases import phrase
from notifications.post import Recipient, post
from plans.inviting import duration
from plans.letters import brand_of
from plans.models import Account, Contact, Operator, Storefront, User
from plans.reading import language_of
from reselling.customer_users import note_first_sign_in
from reselling.letterhead import brand_of_storefront

from .membership import member

AGAIN_IN = 30  # seconds
COUNTED = frozenset(
    {
        "account_login",
        "account_reauthenticate",
        "account_reset_password",
        "account_reset_password_from_key",
        "mfa_authenticate",
        "mfa_reauthenticate",
    }
)
RECENTLY = 300  # seconds: who has just proven who they are need not prove it again


class AttemptsMiddleware:
    """Attempts are counted in the cache. Without it nobody signs in, rather than everybody as often as they like."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        if request.method != "POST" or request.resolver_match.url_name not in COUNTED or cache.alive():
            return None
        response = render(request, "503.html", status=503)
        response["Retry-After"] = str(AGAIN_IN)
        return response


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "The email address or the password is not correct.",
        "too_many_login_attempts": "Too many attempts. Try again in 15 minutes, or choose a new password.",
        "invalid_login": "The email address or the password is not correct.",
    }

    def is_safe_url(self, url: str) -> bool:
        return url_has_allowed_host_and_scheme(
            url, allowed_hosts={self.request.get_host()}, require_https=settings.HTTPS
        )

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """The home of the face; on a reseller's storefront the Storefront Admin Panel or the Customer Portal.

        Of a parked one, too: there its manager reads how it comes back.
        """
        shown = request.storefront
        if shown is None or shown.is_own:
            return get_script_prefix()
        return reverse("panel" if member(request.user, shown).manages(shown) else "portal")

    def post_login(self, request: HttpRequest, user: User, **kwargs) -> HttpResponse:
        """A customer's person who signs in for the first time has accepted the invitation."""
        shown = request.storefront
        if shown is not None and not shown.is_own:
            visitor = member(user, shown)
            if visitor.is_member and visitor.account.kind == Account.Kind.CUSTOMER:
                note_first_sign_in(visitor.contact, by=user)
        return super().post_login(request, user, **kwargs)

    def get_logout_redirect_url(self, request: HttpRequest) -> str:
        return get_script_prefix()

    def is_reauthentication_required(self, *, app: str, **kwargs) -> bool:
        records = get_authentication_records(self.request, self.request.user)
        if records and time.time() - records[-1]["at"] < RECENTLY:
            return False
        return super().is_reauthentication_required(app=app, **kwargs)

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def add_message(self, *args, **kwargs) -> None:
        """Nothing: the page that follows says it all."""

    def send_password_reset_mail(self, user: User, email: str, context: dict) -> None:
        """Post the letter where this operator knows the user. Its link is made at handover and never kept."""
        if belongs_to(user, self.request.storefront):
            self._post("password_reset", user, {"valid_for": duration(3600)}, has_secret=True)

    def send_notification_mail(self, template_prefix: str, user: User, context=None, email=None) -> None:
        if template_prefix == "account/email/password_reset":
            self._post("password_changed", user, {"changed_at": moment(timezone.now(), zone="UTC")})

    def send_mail(self, template_prefix: str, email: str, context: dict) -> None:
        """allauth's own letters are never sent: to an address nobody knows we say nothing at all."""

    def _post(self, template: str, user: User, fields: dict[str, Spoken], *, has_secret: bool = False) -> None:
        operator, storefront = operator_for(user, self.request), self.request.storefront
        if operator is None:
            return
        place, name = (storefront.pk, storefront.name) if storefront else (0, operator.name)
        post(
            template,
            operator_id=operator.pk,
            occasion=f"sign-in:{place}:{uuid.uuid4().hex}",
            to=[Recipient(user.email, user.name, user.pk)],
            fields=fields,
            brand=brand_of_storefront(storefront, alias=self.request.alias) if storefront else brand_of(operator),
            reason=phrase("signs_in", place=name),
            secret_kind=template if has_secret else "",
            language=_language(user, operator, storefront),
        )


def _language(user: User, operator: Operator, storefront: Storefront | None) -> str:
    """As the person of the account that signs in there; of two, of the one it was first."""
    contacts = Contact.objects.filter(user=user, operator=operator).select_related("account", "user").order_by("pk")
    if storefront is not None and not storefront.is_own:
        contacts = contacts.filter(Q(account=storefront.account_id) | Q(account__parent=storefront.account_id))
    contact = contacts.first()
    return language_of(contact or user, account=contact and contact.account, operator=operator)


def belongs_to(user: User, storefront: Storefront | None) -> bool:
    """Whether a reseller's storefront knows the user: its letters tell nobody else that they sign in somewhere.

    The distributor's own storefront and the back office ask for the operator alone.
    """
    if storefront is None or storefront.is_own:
        return True
    here = Q(account=storefront.account_id) | Q(account__parent=storefront.account_id)
    return Contact.objects.filter(here, user=user).exists()


def operator_for(user: User, request: HttpRequest) -> Operator | None:
    """The operator in whose name a letter about signing in leaves: the host's, if it knows the user at all.

    On the BSS it is the one who employs the user. Nobody learns from an operator's letters who signs in elsewhere.
    """
    if request.operator is None:
        return Operator.objects.staffed_by(user).order_by("pk").first()
    known = Q(accounts__contacts__user=user) | Q(staff__user=user, staff__is_active=True)
    return Operator.objects.filter(known, pk=request.operator.pk).distinct().first()
