"""A plan change that waits for its day, as its reseller meets it: what comes when, and Keep my plan to undo it."""

from dataclasses import dataclass
from datetime import date

from plans import links
from plans.models import PendingChange, Plan, Subscription
from plans.refusals import SENTENCES

from .membership import Visitor


@dataclass(frozen=True)
class Waiting:
    """What templates/storefront/waiting.html shows. `reason`: why the visitor may not keep the plan."""

    change: PendingChange
    keep_url: str
    reason: str

    @property
    def on(self) -> date:
        return self.change.due_on

    @property
    def ends_storefront(self) -> bool:
        return self.change.preview.get("storefront") == "park"

    @property
    def to_plan(self) -> Plan:
        return self.change.to_plan


def waiting_on(subscription: Subscription | None, *, visitor: Visitor) -> Waiting | None:
    """The change that waits on the visitor's own subscription. It should be loaded with it, and its plan, too."""
    change = getattr(subscription, "pending_change", None)
    if change is None:
        return None
    undo = links.store_url(visitor.account.operator, f"/subscriptions/{subscription.number}/undo/")
    return Waiting(change, undo, "" if visitor.may("change_plan") else SENTENCES["not_permitted"])
