"""The way down in tests: a reseller's plan becomes a smaller one at once, by a real order."""

from plans.changing_down import change_down
from plans.execution import execute_order
from plans.models import Account, Order, Plan
from plans.placing import Confirmation
from plans.preview import Timing
from plans.previewing_down import preview_down
from tests import cast


def placed_down(account: Account, code: str) -> Order:
    """The order, placed by the reseller itself, not executed yet."""
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    to_plan = Plan.objects.get(operator=account.operator, code=code)
    by = cast.buyer_of(account)
    asked = {"to_plan": to_plan, "timing": Timing(), "channel": Order.Channel.STOREFRONT, "by": by}
    shown = preview_down(account, **asked)
    confirmed = Confirmation(shown.fingerprint, f"down-{account.pk}-{Order.objects.count()}", accepted=True)
    return change_down(account, confirmed=confirmed, typed_alias=shown.alias, **asked)


def down_to(account: Account, code: str) -> Account:
    order = placed_down(account, code)
    execute_order(order.pk)
    order.refresh_from_db()
    assert order.state == "executed", order.error_message
    return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)


def parked(account: Account) -> Account:
    """On Basic: its storefront parked, its alias in quarantine."""
    return down_to(account, "basic")
