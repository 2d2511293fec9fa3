"""The demo's reseller whose plan is about to become a smaller one."""

from ..changing_down import schedule
from ..models import Account, Operator, Order, PendingChange, Plan, User
from ..preview import Timing
from ..previewing_down import preview_down

LEAVING = "meridianoffice"  # its alias; it pays by the year, so the change can be looked at for a while


def schedule_a_downgrade(operator: Operator, *, by: User) -> PendingChange:
    """As staff would schedule it today, for the end of the period."""
    resellers = Account.objects.select_related("operator", "account_manager")
    account = resellers.get(operator=operator, storefront__claim__alias=LEAVING)
    to_plan = Plan.objects.get(operator=operator, code="free")
    asked = {"to_plan": to_plan, "timing": Timing("period_end"), "channel": Order.Channel.SUBSCRIPTION}
    return schedule(account, preview_down(account, by=by, **asked), channel=Order.Channel.SUBSCRIPTION, by=by)
