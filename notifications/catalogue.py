"""The letters there are: for each code its name, when it is sent, and the merge fields its words may use.

Words are kept per operator (NotificationTemplate); the starter words are in notifications/defaults/, one file for each
language and code.
A field whose name ends in `_url` holds an absolute http(s) URL; `secret_link` is made only at handover.
"""

from dataclasses import dataclass

LINK_FIELD = "secret_link"

# Filled in by the post room for every letter, from the brand and the recipient. A caller may say otherwise.
ALWAYS: dict[str, str] = {
    "contact_first_name": "First name of the person the letter is for",
    "contact_name": "Name of the person the letter is for",
    "greeting": "The greeting in the letter’s language, as in Guten Tag Jonas Brandt",
    "operator_name": "Name of the sender",
    "support_email": "The sender’s support address",
    "home_url": "The sender’s storefront",
}

FIELD_HELP: dict[str, str] = ALWAYS | {
    "account_name": "Name of the account",
    "account_number": "Number of the account, as in AC-10482",
    "account_url": "The account in the back office",
    "admin_url": "The Storefront Admin Panel",
    "alias_kept_until": "The day until which the Storefront Alias is kept",
    "change_date": "The day of the change",
    "changed_at": "When it was changed",
    "changed_by": "Who changed the plan",
    "customer_name": "Name of the end customer",
    "decline_reason": "Why the order was declined",
    "failure_reason": "Why the order could not be executed, and what mends it",
    "invited_by": "Who sent the invitation",
    "new_alarms": "What has begun to be wrong, in sentences",
    "old_plan_name": "Name of the plan before",
    "operations_url": "Setup > Operations in the back office",
    "order_date": "The day of the order",
    "order_number": "Number of the order, as in SO-01874",
    "order_total": "Total with tax, as in 177.31 EUR",
    "order_url": "The order",
    "portal_url": "The Customer Portal",
    "plan_name": "Name of the plan",
    "plans_url": "The Reseller Plans page",
    "price_list_wanted": "Whether a price list is wanted: Yes or No",
    "product_names": "The ordered products",
    "renewal_amount": "What the renewal costs with tax",
    "renewal_date": "The day of the renewal",
    "request_language": "The language asked for",
    "request_note": "The note of the request",
    "requested_by": "Who asked",
    LINK_FIELD: "The personal link; it is made when the letter is sent and never kept",
    "standing_alarms": "What was wrong before and still is, in sentences; empty where nothing is",
    "storefront_alias": "The Storefront Alias",
    "storefront_url": "The reseller’s storefront",
    "subscription_url": "The subscription",
    "valid_for": "How long the link works, as in 1 hour",
}


@dataclass(frozen=True)
class LetterKind:
    """One kind of letter. `fields` must all be given by who posts it; `contractual` adds the line that says so.

    `reader` is who gets it by its trigger, as an editor names them.
    """

    code: str
    name: str
    entity: str
    trigger: str
    fields: tuple[str, ...]
    button_field: str = ""
    contractual: bool = True
    reader: str = "Primary contact of the account"

    @property
    def has_secret_link(self) -> bool:
        return LINK_FIELD in self.fields

    @property
    def merge_fields(self) -> tuple[str, ...]:
        """Every name its words may use, sorted."""
        return tuple(sorted({*self.fields, *ALWAYS}))


_RESELLER = ("account_name", "account_number")
_STOREFRONT = ("storefront_url", "storefront_alias", "admin_url")
_ORDER = ("account_name", "order_number", "order_url")

_KINDS = (
    LetterKind(
        "welcome_standard",
        "Welcome to Standard Reseller Storefront",
        "accounts",
        "Sent when a reseller’s plan becomes Standard by an upgrade",
        (*_RESELLER, "plan_name", *_STOREFRONT),
        "storefront_url",
    ),
    LetterKind(
        "welcome_free",
        "Welcome to Free Reseller Storefront",
        "accounts",
        "Sent when a reseller’s plan becomes Free from Basic",
        (*_RESELLER, "plan_name", *_STOREFRONT),
        "storefront_url",
    ),
    LetterKind(
        "welcome_tenant",
        "Welcome to Tenant Reseller",
        "accounts",
        "Sent when a reseller’s plan becomes Tenant",
        (*_RESELLER, "plan_name", *_STOREFRONT),
        "storefront_url",
    ),
    LetterKind(
        "plan_downgraded",
        "Reseller plan downgraded",
        "accounts",
        "Sent when a reseller’s plan becomes a smaller one",
        (*_RESELLER, "old_plan_name", "plan_name", *_STOREFRONT, "subscription_url"),
        "subscription_url",
    ),
    LetterKind(
        "plan_cancelled",
        "Reseller plan cancelled",
        "accounts",
        "Sent when a reseller returns to Basic",
        (*_RESELLER, "old_plan_name", "plan_name", "storefront_url", "alias_kept_until", "plans_url"),
        "plans_url",
    ),
    LetterKind(
        "change_scheduled",
        "Reseller plan change scheduled",
        "accounts",
        "Sent when a plan change is set for the end of the period",
        (*_RESELLER, "old_plan_name", "plan_name", "change_date", "subscription_url"),
        "subscription_url",
    ),
    LetterKind(
        "change_withdrawn",
        "Reseller plan change withdrawn",
        "accounts",
        "Sent when a scheduled plan change is undone",
        (*_RESELLER, "plan_name", "subscription_url"),
        "subscription_url",
    ),
    LetterKind(
        "storefront_restored",
        "Storefront restored",
        "accounts",
        "Sent when an upgrade brings a closed storefront back",
        (*_RESELLER, "plan_name", *_STOREFRONT),
        "storefront_url",
    ),
    LetterKind(
        "plan_changed_by_reseller",
        "A reseller changed its plan",
        "accounts",
        "Sent to the account manager, else to operations, when a reseller acts for itself",
        (*_RESELLER, "old_plan_name", "plan_name", "change_date", "changed_by", "order_number", "account_url"),
        "account_url",
        contractual=False,
        reader="Account manager, else operations",
    ),
    LetterKind(
        "tenant_requested",
        "Tenant requested",
        "accounts",
        "Sent to operations when the Tenant plan is asked for",
        (*_RESELLER, "requested_by", "price_list_wanted", "request_language", "request_note", "account_url"),
        "account_url",
        contractual=False,
        reader="Operations",
    ),
    LetterKind(
        "order_received",
        "Order received",
        "orders",
        "Sent when an order without a reseller plan is placed",
        (*_ORDER, "order_date", "product_names", "order_total"),
        "order_url",
    ),
    LetterKind(
        "order_needs_attention",
        "Your order needs attention",
        "orders",
        "Sent to who placed the order when it could not be executed",
        (*_ORDER, "failure_reason"),
        "order_url",
        reader="Who placed the order",
    ),
    LetterKind(
        "order_failed",
        "Order could not be executed",
        "orders",
        "Sent to operations when an order could not be executed",
        (*_ORDER, "failure_reason"),
        "order_url",
        contractual=False,
        reader="Operations",
    ),
    LetterKind(
        "operations_digest",
        "Something needs operations",
        "orders",
        "Sent to operations when something has begun to be wrong, every 15 minutes at the most",
        ("new_alarms", "standing_alarms", "operations_url"),
        "operations_url",
        contractual=False,
        reader="Operations",
    ),
    LetterKind(
        "order_awaiting_approval",
        "Order awaiting your approval",
        "orders",
        "Sent to the reseller when a customer’s order waits for approval",
        (*_ORDER, "customer_name", "product_names", "order_total"),
        "order_url",
        reader="Primary contact of the reseller",
    ),
    LetterKind(
        "order_approved",
        "Order approved",
        "orders",
        "Sent to the customer when the reseller approves its order",
        (*_ORDER, "product_names", "order_total"),
        "order_url",
        reader="Who placed the order",
    ),
    LetterKind(
        "order_declined",
        "Order declined",
        "orders",
        "Sent to the customer when the reseller declines its order",
        (*_ORDER, "product_names", "decline_reason"),
        "order_url",
        reader="Who placed the order",
    ),
    LetterKind(
        "renewal_notice",
        "Renewal notice",
        "subscriptions",
        "Sent before a subscription renews",
        ("account_name", "product_names", "renewal_date", "renewal_amount", "subscription_url"),
        "subscription_url",
    ),
    LetterKind(
        "invitation",
        "Invitation",
        "contacts",
        "Sent when a person is invited to sign in",
        ("account_name", "invited_by", "valid_for", LINK_FIELD),
        LINK_FIELD,
        contractual=False,
        reader="The person it is about",
    ),
    LetterKind(
        "portal_invitation",
        "Invitation to a Customer Portal",
        "contacts",
        "Sent when a reseller or a customer’s Admin invites a person who never chose a password",
        ("account_name", "invited_by", "valid_for", LINK_FIELD),
        LINK_FIELD,
        contractual=False,
        reader="The person it is about",
    ),
    LetterKind(
        "portal_access",
        "Access to a Customer Portal",
        "contacts",
        "Sent when a reseller or a customer’s Admin invites a person who can sign in already",
        ("account_name", "invited_by", "portal_url"),
        "portal_url",
        contractual=False,
        reader="The person it is about",
    ),
    LetterKind(
        "password_reset",
        "Password reset",
        "contacts",
        "Sent when a new password is asked for",
        ("valid_for", LINK_FIELD),
        LINK_FIELD,
        contractual=False,
        reader="The person it is about",
    ),
    LetterKind(
        "password_changed",
        "Your password was changed",
        "contacts",
        "Sent when a password was changed",
        ("changed_at",),
        contractual=False,
        reader="The person it is about",
    ),
)

CATALOGUE: dict[str, LetterKind] = {kind.code: kind for kind in _KINDS}
