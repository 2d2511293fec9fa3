"""What going down would do: the impact report that every door shows, and that is executed (PRODUCT.md section 5).

A downgrade and a cancel are one change: what differs is the plan that it leads to. Reads only.
"""

from datetime import timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q

from . import periods, pricing
from .models import OPEN_STATES, Account, Contact, Entitlement, Listing, Order, Plan, Product, Storefront, Subscription
from .preview import Letter, Preview, Timing, Wanted
from .previewing import (
    SELF_SERVICE,
    Reader,
    charge_lines,
    first_reader,
    letter,
    notices,
    price,
    primary_reader_and_storefront,
)
from .refusals import Refused
from .upgrade_paths import DOWN, kind_of_change, step_to

UNDER_WAY = (Order.State.AWAITING_APPROVAL, *OPEN_STATES)
# On the day itself, by what happens.
LETTER_OF = {Order.Change.CANCEL: "plan_cancelled", Order.Change.DOWNGRADE: "plan_downgraded"}


def usual_timing(subscription: Subscription | None) -> Timing:
    """What a dialog begins with: a plan that costs nothing ends now, a paid one at the end of what is paid for."""
    return Timing("period_end" if subscription and subscription.unit_price else "now")


def preview_down(account: Account, *, to_plan: Plan, timing: Timing, cycle: str = "", by=None, channel: str) -> Preview:
    """What leaving the account's plan for a smaller one would do. `account.operator` should be loaded.

    A reseller's own "now" gives no credit, whatever `timing` says. `cycle`: of the smaller plan's price, where it has
    one; without it the present one, or the first that has a price.
    """
    step = step_to(to_plan, account=account, going=DOWN)
    held = step.holding.subscription
    timing = Timing(timing.when, timing.with_credit and not timing.is_later and channel not in SELF_SERVICE)
    on = held.period_end_on if held and timing.is_later else periods.today(account.operator)
    wanted, refusals = _smaller(account, to_plan, cycle=cycle, held=held, channel=channel)
    lines = charge_lines(account, wanted, on=on)
    if timing.with_credit and held and (credit := pricing.credit_line(held, on=on, currency=account.currency)):
        lines = [*lines, credit]
    primary, window = primary_reader_and_storefront(account)
    is_open = window is not None and window.state != Storefront.State.PARKED
    outcome = "none" if not is_open else "keep" if Entitlement.Code.OWN_STOREFRONT in step.sold else "park"
    reader = first_reader(primary, account=account, by=by, channel=channel)
    refusals += step.refusals + ([] if reader else [Refused("no_primary_contact", account=account.name)])
    change, touched = kind_of_change(DOWN, to_plan=to_plan), who_is_touched(account)
    return Preview(
        account,
        account.currency,
        on,
        wanted,
        change=change,
        from_plan=step.holding.plan,
        to_plan=to_plan,
        replaces=held.number if held else "",
        replaced_until=held.period_end_on if held else None,
        timing=timing,
        lines=lines,
        taxes=pricing.tax_lines(lines, currency=account.currency),
        cycle=wanted[0].cycle if wanted else "",
        renews_on=periods.period_end(on, on, wanted[0].cycle) if wanted else None,
        renewal_net=(wanted[0].unit_price if wanted else None) or Decimal(0),
        storefront=outcome,
        alias=window.alias if is_open else "",
        kept_until=on + timedelta(days=account.operator.alias_quarantine_days) if outcome == "park" else None,
        gained=sorted(set(step.sold) - set(step.holding.entitlements)),
        frozen=sorted(set(step.holding.entitlements) - set(step.sold)),
        touched=touched,
        over={code: most for code, most in step.sold.items() if most is not None and touched.get(code, 0) > most},
        letters=_letters(account, change, reader, timing=timing, channel=channel),
        refusals=refusals,
    )


def _smaller(
    account: Account, plan: Plan, *, cycle: str, held: Subscription | None, channel: str
) -> tuple[list[Wanted], list[Refused]]:
    """What is subscribed to afterwards, priced: the plan's product, or nothing on the plan that needs none."""
    if plan.is_default:
        return [], []
    product = Product.objects.select_related("plan").filter(plan=plan).first()
    if product is None:
        return [], [Refused("plan_not_offered", plan=plan.name)]
    asked = cycle or (held.cycle if held else "month")
    priced, refusals = price(account, [Wanted(product, asked)], channel=channel)
    if not cycle and priced[0].unit_price is None and priced[0].cycles:
        return price(account, [Wanted(product, priced[0].cycles[0])], channel=channel)
    return priced, refusals


def who_is_touched(account: Account) -> dict[str, int]:
    """To how many it means something: customers that are served, their users, listed products, open orders."""
    customers = Account.objects.customers_of(account).active()
    users = Contact.objects.filter(user__isnull=False, account__in=customers.values("pk"))
    orders = Order.objects.filter(is_plan_order=False, state__in=UNDER_WAY).filter(
        Q(account=account) | Q(account__parent=account, account__kind=Account.Kind.CUSTOMER)
    )
    shown = Product.objects.sold_by(account.operator_id).ordinary()
    own = Listing.objects.filter(storefront__account=account, product=OuterRef("pk"))
    everything = Storefront.objects.filter(account=account, lists_everything=True)
    listed = shown.filter(Exists(own.filter(is_listed=True)) | (Exists(everything) & ~Exists(own)))
    counted = {"customers": customers, "users": users, "listed_products": listed, "open_orders": orders}
    return {name: rows.count() for name, rows in counted.items()}


def _letters(account: Account, change: str, reader: Reader | None, *, timing: Timing, channel: str) -> list[Letter]:
    """Those of today, then that of the day itself."""
    today = [letter("change_scheduled", reader)] if timing.is_later else []
    return [*today, letter(LETTER_OF[change], reader), *notices(account, channel=channel)]
