"""What a distributor starts with: plans, the ladder between them, plan products, prices and terms. All become rows."""

from decimal import Decimal

PLANS_CATEGORY = "Reseller Plans"

# code, name, rank, tagline, key features, default, offered, recommended (PRODUCT.md section 2).
# {operator} is the distributor's short name.
PLANS: tuple[dict, ...] = (
    {
        "code": "basic",
        "name": "Basic",
        "rank": 0,
        "tagline": "Order for your customers in our shop.",
        "key_features": ["Order in the {operator} storefront"],
        "is_default": True,
    },
    {
        "code": "free",
        "name": "Free",
        "welcome_letter": "welcome_free",
        "rank": 10,
        "tagline": "Your own storefront for your first customers.",
        "key_features": [
            "Storefront at your own URL",
            "Up to 10 customers",
            "Logo and colours",
            "Customer Portal",
        ],
    },
    {
        "code": "standard",
        "name": "Standard",
        "welcome_letter": "welcome_standard",
        "rank": 20,
        "tagline": "Your brand, your prices, no customer limit.",
        "key_features": [
            "Everything in Free, without limits",
            "Own prices and margins",
            "Own email sender and custom domain",
            "API: read and write",
        ],
        "is_recommended": True,
    },
    {
        "code": "tenant",
        "name": "Tenant",
        "welcome_letter": "welcome_tenant",
        "rank": 30,
        "tagline": "Your own back office.",
        "key_features": ["Everything in Standard", "Own back office"],
        "is_offered": False,
    },
)

NO_LIMIT = None
_FREE: dict[str, int | None] = {
    "shop": None,
    "own_storefront": None,
    "branding": None,
    "customers_order": None,
    "api_read": None,
    "customers": 10,
}
_STANDARD: dict[str, int | None] = _FREE | {
    "customers": NO_LIMIT,
    "direct_orders": None,
    "own_prices": None,
    "unbranded": None,
    "own_sender": None,
    "custom_domain": None,
    "api_write": None,
}
ENTITLEMENTS: dict[str, dict[str, int | None]] = {
    "basic": {"shop": None},
    "free": _FREE,
    "standard": _STANDARD,
    "tenant": _STANDARD | {"own_bss": None},
}

# Each step up has its step back. Cancelling leads to Basic, so every plan has an edge down to it.
LADDER: tuple[tuple[str, str], ...] = (
    ("basic", "free"),
    ("basic", "standard"),
    ("basic", "tenant"),
    ("free", "standard"),
    ("free", "tenant"),
    ("standard", "tenant"),
)

# The starting prices; a distributor names its own when it is created.
PLAN_PRODUCTS: tuple[dict, ...] = (
    {
        "plan": "free",
        "name": "Free Plan",
        "slug": "free-plan",
        "summary": "Your own storefront for your first customers.",
        "is_sold": True,
        "prices": {"month": Decimal("0.00")},
    },
    {
        "plan": "standard",
        "name": "Standard Plan",
        "slug": "standard-plan",
        "summary": "Your brand, your prices, no customer limit.",
        "is_sold": True,
        "prices": {"month": Decimal("149.00"), "year": Decimal("1490.00")},
    },
    {
        "plan": "tenant",
        "name": "Tenant Plan",
        "slug": "tenant-plan",
        "summary": "Your own back office.",
        "is_sold": False,
        "prices": {"month": Decimal("390.00")},
    },
)

# Where each series of numbers starts at a new distributor. A subscription takes the number of its order.
SERIES: dict[str, int] = {"AC": 10001, "SO": 1001, "BU": 1}

TERMS = """\
Terms for resellers of {operator}

1. What they cover
These terms cover the reseller plans of {operator} and the storefront that comes with a plan. They are part of the \
agreement between you and {operator}; where both speak of the same thing, the agreement comes first.

2. Your plan
A plan starts when its order is executed and renews at the end of each billing period. You can change to another plan \
or cancel at any time. A change upwards counts from its day; what you paid for the unused whole days of the old plan \
is credited. A paid plan that you end yourself runs to the end of its period unless you end it at once, which gives no \
credit.

3. Your storefront
Your storefront is at the address under your Storefront Alias. The alias is yours while the plan runs and is kept for \
you for {quarantine} days after it ends. You are responsible for what you publish there and for your customers.

4. Prices
Prices are net. Tax is added at the rate that applies to you. Charges go on your account with {operator}.

5. When a plan ends
Your storefront closes. Nothing you made is deleted; it comes back as it was when you upgrade again. The services of \
your customers go on, and they can still reach their orders and charges.

6. Contact
{operator_name}, {address}, {support_email}
"""
