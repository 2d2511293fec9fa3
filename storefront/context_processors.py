"""What every page of a storefront shows around its content: navigation, the counts in the header, the account."""

from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property

from plans import links
from plans.models import Storefront, StorefrontText
from plans.refusals import SENTENCES

from . import readiness, theme
from .icon import Icon, storefront_icon
from .membership import Visitor
from .panel import rooms as panel_rooms

STORE_NAVIGATION = (
    ("Catalogue", "catalogue", "anyone"),
    ("Reseller Plans", "plans", "reseller"),
    ("Orders", "orders", "member"),
    ("Subscriptions", "subscriptions", "member"),
)
RESELLER_NAVIGATION = (("Products", "products", "anyone"), ("Customer Portal", "portal", "member"))
# The pages that search engines may show. Every other one asks them not to: rooms behind a sign-in, baskets, previews.
INDEXED = frozenset({"catalogue", "plans", "terms", "home", "products", "product", *StorefrontText.Kind.values})
# Parts of an address that make another page of the same name: found through links, not through search engines.
SELECTS = frozenset({"q", "category", "sort", "after"})
NAVIGATION = {  # of a reseller's storefront, by its state
    Storefront.State.OPEN: RESELLER_NAVIGATION,
    Storefront.State.PARKED: RESELLER_NAVIGATION[1:],
    Storefront.State.SUSPENDED: (),
}
HOMES = {Storefront.State.OPEN: "home", Storefront.State.PARKED: "portal", Storefront.State.SUSPENDED: "panel"}


class Shell:
    """Asked by templates/storefront/base.html. Nothing here costs a query before the template asks for it."""

    no_role = SENTENCES["not_permitted"]

    def __init__(self, request: HttpRequest) -> None:
        self.request = request
        self.is_store = request.face == "store"

    @property
    def home(self) -> str:
        return reverse("catalogue" if self.is_store else HOMES[self.request.storefront.state])

    @property
    def is_open(self) -> bool:
        """A parked storefront keeps its customers' side, a suspended one its panel: nothing else of it is linked."""
        return self.request.storefront.state == Storefront.State.OPEN

    @property
    def sign_in(self) -> str:
        """Where signing in leads back to this page, unless this page is about signing in."""
        address, match = reverse("account_login"), self.request.resolver_match
        if match is None or (match.url_name or "").startswith("account_"):
            return address
        return f"{address}?{urlencode({'next': self.request.get_full_path()})}"

    @property
    def distributor(self) -> str:
        return links.store_url(self.request.operator)

    @property
    def preview_form(self) -> str:
        """Where the draft behind a preview is changed."""
        return links.store_url(self.request.operator, "/preview/")

    @property
    def is_indexed(self) -> bool:
        match = None if self.request.is_preview else self.request.resolver_match
        return match is not None and match.url_name in INDEXED and SELECTS.isdisjoint(self.request.GET)

    @property
    def canonical(self) -> str:
        """The one address of this page, from the configured host: whatever else stood in the one that was asked for."""
        return links.store_url(self.request.operator, self.request.path)

    @property
    def theme(self) -> str:
        return theme.chosen(self.request)

    @property
    def theme_css(self) -> str:
        shown = self.request.storefront
        return reverse("theme_css", args=[shown.pk, shown.version])

    @property
    def initial(self) -> str:
        return self.request.storefront.name[:1].upper()

    @property
    def year(self) -> int:
        return theme.this_year()

    @property
    def manages(self) -> bool:
        return (
            not self.is_store
            and self.request.storefront.state != Storefront.State.PARKED
            and self.visitor.is_member
            and self.visitor.manages(self.request.storefront)
        )

    @property
    def first_steps(self) -> list[readiness.Check]:
        """What its manager, and nobody else, is asked to do first."""
        return readiness.first_steps(self.request.storefront) if self.manages else []

    @property
    def is_in_panel(self) -> bool:
        match = self.request.resolver_match
        return match is not None and match.route.startswith(links.ADMIN_PANEL_PATH)

    @property
    def rooms(self) -> list[dict[str, object]]:
        """The menu of the Storefront Admin Panel."""
        return panel_rooms.menu(self.request)

    @property
    def text_pages(self) -> list[dict[str, str]]:
        """The links of the footer to what the reseller has in its own words, legal pages among them."""
        labels = dict(StorefrontText.Kind.choices)
        return [{"label": labels[kind], "url": reverse(kind)} for kind in self.request.texts]

    @property
    def visitor(self) -> Visitor:
        return self.request.visitor

    @cached_property
    def icon(self) -> Icon | None:
        return storefront_icon(self.visitor) if self.is_store else None

    @cached_property
    def navigation(self) -> list[dict[str, object]]:
        """The links of the main navigation that lead somewhere for this visitor."""
        match = self.request.resolver_match
        here = match.url_name if match else ""
        named = STORE_NAVIGATION if self.is_store else NAVIGATION[self.request.storefront.state]
        shown = []
        for label, name, for_whom in named:
            if for_whom == "member" and not self.visitor.is_member:
                continue
            if for_whom == "reseller" and not self.visitor.is_reseller:
                continue
            shown.append({"label": label, "url": reverse(name), "is_current": here == name})
        return shown


def shell(request: HttpRequest) -> dict[str, object]:
    """Nothing where there is no storefront: the BSS has a shell of its own."""
    if getattr(request, "storefront", None) is None:
        return {}
    return {
        "operator": request.operator,
        "storefront": request.storefront,
        "visitor": request.visitor,
        "shell": Shell(request),
    }
