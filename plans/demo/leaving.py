"""The demo's reseller whose plan is about to become a smaller one."""

from ..drafts import sold_with
from ..models import Account, Operator, Order, PendingChange, Plan, User
from ..preview import Timing
from ..previewing_down import preview_down
from ..trail import remember

LEAVING = "meridianoffice"  # its alias; it pays by the year, so the change can be looked at for a while


def schedule_a_downgrade(operator: Operator, *, by: User) -> PendingChange:
    """As staff would schedule it today, for the end of the period."""
    resellers = Account.objects.select_related("operator", "account_manager")
    account = resellers.get(operator=operator, storefront__claim__alias=LEAVING)
    to_plan = Plan.objects.get(operator=operator, code="free")
    asked = {"to_plan": to_plan, "timing": Timing("period_end"), "channel": Order.Channel.SUBSCRIPTION}
    shown = preview_down(account, by=by, **asked)
    held = account.held().subscription
    change = PendingChange.objects.create(
        operator=operator,
        subscription=held,
        to_plan=to_plan,
        due_on=shown.on,
        preview=shown.as_dict() | {"sold": sold_with(shown)},
        created_by=by,
    )
    text = f"Change from {held.plan} to {to_plan} scheduled for {shown.on:%-d %b %Y}."
    remember(operator.pk, "plan.change_scheduled", text, by=by, account=account, subscription=held)
    return change
