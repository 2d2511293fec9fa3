"""The nouns of PRODUCT.md section 1, one a file."""

from .access import ROLE_PERMISSIONS, STAFF_PERMISSIONS, ContactRole, StaffMembership
from .account import Account, Contact
from .activity import Activity
from .alarm import Alarm
from .api_token import ApiToken, IdempotencyRecord
from .basket import Basket, BasketItem
from .brand import StorefrontDraft
from .heartbeat import WorkerHeartbeat
from .import_run import ImportFate, ImportRun
from .listing import Listing, StorefrontText
from .operator import NumberSeries, Operator
from .order import MOVES, OPEN_STATES, Order, OrderItem
from .picture import Picture
from .plan import Entitlement, Plan, PlanEdge
from .product import Price, Product
from .storefront import AliasClaim, Storefront
from .subscription import Charge, PendingChange, Subscription, TenantRequest
from .terms import TermsAcceptance, TermsVersion
from .user import User

__all__ = [
    "MOVES",
    "OPEN_STATES",
    "ROLE_PERMISSIONS",
    "STAFF_PERMISSIONS",
    "Account",
    "Activity",
    "Alarm",
    "AliasClaim",
    "ApiToken",
    "Basket",
    "BasketItem",
    "Charge",
    "Contact",
    "ContactRole",
    "Entitlement",
    "IdempotencyRecord",
    "ImportFate",
    "ImportRun",
    "Listing",
    "NumberSeries",
    "Operator",
    "Order",
    "OrderItem",
    "PendingChange",
    "Picture",
    "Plan",
    "PlanEdge",
    "Price",
    "Product",
    "StaffMembership",
    "Storefront",
    "StorefrontDraft",
    "StorefrontText",
    "Subscription",
    "TenantRequest",
    "TermsAcceptance",
    "TermsVersion",
    "User",
    "WorkerHeartbeat",
]
