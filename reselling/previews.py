"""A storefront before it is bought: what it would look like with its draft, for whoever holds a signed link.

Only the draft is ever written. The purchase makes it the storefront's brand: `plans.upgrading.open_storefront`.
"""

from datetime import datetime, timedelta

from django.core import signing
from django.utils import timezone

from plans.models import Account, Operator, Storefront, StorefrontDraft
from plans.upgrading import storefront_to_open

from .prices import Pricing

VALID_FOR = timedelta(days=7)
SALT = "reselling.previews"
NUMBERED_FROM = 10**15  # what is only previewed has a number of its own, which no row will ever have


def may_preview(account: Account) -> bool:
    """While there is no storefront, not even one that a plan would bring back as it was."""
    return account.kind == Account.Kind.RESELLER and not Storefront.objects.of_reseller(account).exists()


def token_of(draft: StorefrontDraft) -> str:
    """Part of a link that shows this draft, as it is by then, to whoever has it: for VALID_FOR, or till bought."""
    return signing.dumps(draft.pk, salt=SALT)


def path_of(draft: StorefrontDraft) -> str:
    """Of such a link, on the store host."""
    return f"/preview/{token_of(draft)}/"


def valid_until() -> datetime:
    """Of a link that is made now."""
    return timezone.now() + VALID_FOR


def draft_behind(token: str, *, operator: Operator) -> StorefrontDraft | None:
    """None for a link that ran out, was altered, or whose draft has become a storefront."""
    try:
        pk = signing.loads(token, salt=SALT, max_age=VALID_FOR)
    except signing.BadSignature:
        return None
    drafts = StorefrontDraft.objects.filter(pk=pk, operator=operator).select_related("account")
    return next((draft for draft in drafts if may_preview(draft.account)), None)


def storefront_of(draft: StorefrontDraft) -> Storefront:
    """The storefront as it would open; it is not in the database, and must not come there."""
    shown = storefront_to_open(draft.account, brand=draft.brand())
    shown.pk, shown.version = NUMBERED_FROM + draft.account_id, draft.version
    return shown


def pricing_of(draft: StorefrontDraft) -> Pricing:
    """A storefront begins without a markup: it asks for what the distributor recommends."""
    return Pricing(draft.account.currency, has_own_prices=False)
