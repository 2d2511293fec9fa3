"""Who is in the shop: a session proves who somebody is, never where they belong. That is asked for each request.

On the distributor's storefront a member is a contact, with a role, of an account right below the distributor. On a
reseller's storefront it is a contact of the reseller itself, or of an account right below the reseller. Who has no
membership in a storefront is anonymous there, signed in or not; so is who belongs to a customer that its reseller has
suspended, and is told so where one signs in.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from plans.models import (
    ROLE_PERMISSIONS,
    Account,
    Contact,
    ContactRole,
    Storefront,
    StorefrontText,
    User,
)
from plans.prepared import PreparedRows
from plans.refusals import SENTENCES

from .header import Header, header_parts
from .plain_rows import columns_of, instance_of


@dataclass(frozen=True)
class Visitor:
    """A member with what they may do here, or somebody unknown: then all is empty. Always true to one storefront."""

    user: User | None = None
    contact: Contact | None = None
    account: Account | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    permissions: frozenset[str] = field(default_factory=frozenset)
    header: Header = field(default_factory=Header)
    suspended: str = ""  # the customer whose suspension keeps the user out of a reseller's storefront

    @property
    def is_member(self) -> bool:
        return self.account is not None

    @property
    def is_reseller(self) -> bool:
        return self.account is not None and self.account.kind == Account.Kind.RESELLER

    def may(self, permission: str) -> bool:
        return permission in self.permissions

    def manages(self, storefront: Storefront) -> bool:
        """Whether this is who runs the reseller's storefront: a manager of the very account that owns it."""
        return self.may("manage_storefront") and self.account.pk == storefront.account_id


NOBODY = Visitor()
# What a storefront shows to strangers even where its reseller keeps browsing to customers: the way in, the pages that
# the law wants to be found, and what those are drawn with.
SHOWN_TO_STRANGERS = frozenset({*StorefrontText.Kind.values, "mfa_authenticate", "theme", "theme_css", "picture"})


class VisitorMiddleware:
    """Sets `request.visitor`; it costs its one query only where a page asks, or where strangers see little."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.visitor = SimpleLazyObject(lambda: visitor_of(request))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view, args, kwargs) -> HttpResponse | None:
        """Strangers sign in first where the reseller wants it so: on every page, those of tomorrow too."""
        if request.face != "reseller" or request.storefront.anonymous_browsing:
            return None
        name = request.resolver_match.url_name or ""
        if name in SHOWN_TO_STRANGERS or name.startswith("account_") or request.visitor.is_member:
            return None
        return redirect_to_login(request.get_full_path())


def visitor_of(request: HttpRequest) -> Visitor:
    """The member behind a request on a storefront, with one query; NOBODY where there is none, and in a preview."""
    if request.storefront is None or request.is_preview or not request.user.is_authenticated:
        return NOBODY
    return member(request.user, request.storefront)


def member(user: User, storefront: Storefront) -> Visitor:
    """What the user is on this storefront, with one query. Several memberships in one place: the oldest counts."""
    ask = MEMBERS_OF_THE_DISTRIBUTOR if storefront.is_own else MEMBERS_OF_A_RESELLER
    rows = ask(user=user.pk, storefront=storefront.pk, owner=storefront.account_id, operator=storefront.operator_id)
    if not rows:
        return NOBODY
    standing = rows if storefront.is_own else [row for row in rows if not _is_suspended(row)]
    if not standing:
        return Visitor(suspended=rows[0]["contact__account__name"])
    first = standing[0]
    contact, account = _of(Contact, "contact__", first), _of(Account, "contact__account__", first)
    account.operator = contact.operator = storefront.operator
    contact.account = account
    roles = frozenset(row["role"] for row in rows if row["contact__id"] == contact.pk)
    permissions = frozenset().union(*(ROLE_PERMISSIONS[role] for role in roles))
    return Visitor(user, contact, account, roles, permissions, Header.of_row(first))


def _is_suspended(row: dict[str, object]) -> bool:
    """Whether the row's account is an end customer that its reseller has suspended."""
    kind, state = row["contact__account__kind"], row["contact__account__state"]
    return kind == Account.Kind.CUSTOMER and state == Account.State.SUSPENDED


def _of(model: type[Model], prefix: str, row: dict[str, object]) -> Model:
    return instance_of(model, {name: row[prefix + name] for name in columns_of(model)})


def _members(place: Q, *, is_own: bool, user: int, storefront: int, owner: int, operator: int) -> QuerySet:
    """The roles of a user in a place, with contact, account and what the header shows of them."""
    held = ContactRole.objects.filter(place, contact__user=user, contact__operator_id=operator).order_by("contact_id")
    header = header_parts(user=user, storefront=storefront, operator=operator, is_own=is_own)
    return held.annotate(**header).values(
        "role",
        *(f"contact__{name}" for name in columns_of(Contact)),
        *(f"contact__account__{name}" for name in columns_of(Account)),
        *Header.PARTS,
    )


def _below(owner: int) -> Q:
    return Q(contact__account__parent_id=owner)


WHO = {"user": int, "storefront": int, "owner": int, "operator": int}
MEMBERS_OF_THE_DISTRIBUTOR = PreparedRows(lambda **who: _members(_below(who["owner"]), is_own=True, **who), **WHO)
MEMBERS_OF_A_RESELLER = PreparedRows(
    lambda **who: _members(_below(who["owner"]) | Q(contact__account_id=who["owner"]), is_own=False, **who), **WHO
)


class MemberRequired:
    """For pages of members: others are sent to sign in, and a member without `permission` gets 403."""

    permission = "view"

    def dispatch(self, request: HttpRequest, *args, **kwargs) -> HttpResponse:
        return refuse(request, self.permission) or super().dispatch(request, *args, **kwargs)


def member_may(permission: str = "view") -> Callable:
    """The same for a view function: `@member_may("buy")`."""

    def decorate(view: Callable) -> Callable:
        @wraps(view)
        def guarded(request: HttpRequest, *args, **kwargs) -> HttpResponse:
            return refuse(request, permission) or view(request, *args, **kwargs)

        return guarded

    return decorate


def refuse(request: HttpRequest, permission: str) -> HttpResponse | None:
    """A redirect to sign in for who is not a member here, None for who may. Raises PermissionDenied otherwise."""
    if not request.visitor.is_member:
        return redirect_to_login(request.get_full_path())
    if not request.visitor.may(permission):
        raise PermissionDenied(SENTENCES["not_permitted"])
    return None
