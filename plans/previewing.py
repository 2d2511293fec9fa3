"""Computing what an order would do, before it is placed. Reads only."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import FilteredRelation, Q

from notifications.catalogue import CATALOGUE
from notifications.languages import chosen

from . import periods, pricing
from .aliases import availability
from .models import Account, Order, Plan, Price, Storefront, TermsVersion
from .preview import Letter, Preview, Wanted
from .reading import language_of
from .refusals import Refused
from .upgrade_paths import kind_of_change, step_to

# By which a reseller acts for itself: it accepts the terms, and who looks after it is told. By all others staff act,
# and no letter for the reseller ever goes to them.
SELF_SERVICE = frozenset({Order.Channel.STOREFRONT, Order.Channel.OWN_API})


def preview_order(
    account: Account,
    *,
    wanted: list[Wanted],
    alias: str | None = None,
    by=None,
    channel: str = Order.Channel.STOREFRONT,
    except_order_id: int | None = None,
    is_brief: bool = False,
) -> Preview:
    """What ordering these products would do today. Reads only; `account.operator` should be loaded.

    `is_brief` leaves out what a basket does not show: storefront, letters, terms. Nobody can order from such a preview.

    `alias` is what was typed: None while nothing was typed yet (then no refusal speaks of it), an empty string when
    it was left empty.
    """
    on = periods.today(account.operator)
    priced, refusals = price(account, wanted, channel=channel)
    lines = charge_lines(account, priced, on=on)
    plan_item = next((i for i, w in enumerate(priced) if w.product.is_plan), None)
    if not account.has_billing_details() and channel in SELF_SERVICE:
        refusals.append(Refused("billing_details_missing"))
    if plan_item is None:
        primary, _ = primary_reader_and_storefront(account)
        letters = [letter("order_received", first_reader(primary, account=account, by=by, channel=channel))]
        taxes = pricing.tax_lines(lines, currency=account.currency)
        return Preview(
            account, account.currency, on, priced, lines=lines, taxes=taxes, letters=letters, refusals=refusals
        )
    return _with_plan_change(
        account,
        priced,
        plan_item,
        lines,
        refusals,
        alias=alias,
        on=on,
        by=by,
        channel=channel,
        except_order_id=except_order_id,
        is_brief=is_brief,
    )


def _with_plan_change(
    account, priced, at, lines, refusals, *, alias, on, by, channel, except_order_id, is_brief
) -> Preview:
    chosen, to_plan = priced[at], priced[at].product.plan
    step = step_to(to_plan, account=account, except_order_id=except_order_id)
    holding, sold = step.holding, step.sold
    if holding.subscription and (
        credit := pricing.credit_line(holding.subscription, on=on, currency=account.currency, item=at)
    ):
        lines = [*lines, credit]
    shown = Preview(
        account,
        account.currency,
        on,
        priced,
        change=kind_of_change(step.direction or "up", to_plan=to_plan),
        from_plan=holding.plan,
        to_plan=to_plan,
        replaces=holding.subscription.number if holding.subscription else "",
        replaced_until=holding.subscription.period_end_on if holding.subscription else None,
        lines=lines,
        taxes=pricing.tax_lines(lines, currency=account.currency),
        cycle=chosen.cycle,
        renews_on=periods.period_end(on, on, chosen.cycle),
        renewal_net=chosen.unit_price or Decimal(0),
        gained=sorted(set(sold) - set(holding.entitlements)),
        frozen=sorted(set(holding.entitlements) - set(sold)),
        refusals=refusals + step.refusals,
    )
    return shown if is_brief else _completed(shown, opens="own_storefront" in sold, typed=alias, by=by, channel=channel)


def _completed(shown: Preview, *, opens: bool, typed: str | None, by, channel: str) -> Preview:
    """With what becomes of the storefront, who gets which letter, and the terms to accept."""
    account = shown.account
    primary, window = primary_reader_and_storefront(account)
    outcome, alias, alias_refusal = _storefront_outcome(account, window, opens=opens, typed=typed)
    reader = first_reader(primary, account=account, by=by, channel=channel)
    refusals = [*shown.refusals]
    if reader is None:
        refusals.append(Refused("no_primary_contact", account=account.name))
    if alias_refusal:
        refusals.append(alias_refusal)
    return replace(
        shown,
        storefront=outcome,
        alias=alias,
        letters=_plan_letters(account, shown.to_plan, outcome, reader, channel=channel),
        refusals=refusals,
        terms=TermsVersion.objects.current(account.operator_id) if channel in SELF_SERVICE else None,
    )


def price(account: Account, wanted: list[Wanted], *, channel: str) -> tuple[list[Wanted], list[Refused]]:
    """Each wanted product with its price in the account's currency; a refusal for each that has none or is not sold."""
    rows = Price.objects.filter(product__in=[w.product.id for w in wanted], currency=account.currency)
    amounts = {(row.product_id, row.cycle): row.amount for row in rows}
    priced, refusals = [], []
    for w in wanted:
        amount = amounts.get((w.product.id, w.cycle))
        if not w.product.is_sold and channel in SELF_SERVICE:
            refusals.append(Refused("product_not_sold", product=w.product.name))
        elif amount is None:
            refusals.append(Refused("no_price", product=w.product.name, currency=account.currency))
        cycles = tuple(sorted(cycle for product_id, cycle in amounts if product_id == w.product.id))
        priced.append(Wanted(w.product, w.cycle, w.quantity, amount, cycles))
    return priced, refusals


def charge_lines(account: Account, priced: list[Wanted], *, on: date) -> list[pricing.Line]:
    rate, text = pricing.tax_of(account, account.operator)
    lines = []
    for position, w in enumerate(priced):
        if w.unit_price is None:
            continue
        many = f"{w.quantity} × " if w.quantity > 1 else ""
        label = f"{many}{w.product.name}, {pricing.CYCLE_WORDS[w.cycle]}"
        net = pricing.round_to(w.unit_price * w.quantity, account.currency)
        end = periods.period_end(on, on, w.cycle)
        lines.append(pricing.Line("charge", label, net, rate, text, on, end, position))
    return lines


@dataclass(frozen=True)
class Window:
    """A reseller's storefront as it is now. Without an alias: another account took it after its quarantine."""

    state: str
    alias: str


@dataclass(frozen=True)
class Reader:
    """Who gets a letter, in which language."""

    email: str
    language: str


def primary_reader_and_storefront(account: Account) -> tuple[Reader | None, Window | None]:
    """What the account has of both. One query."""
    found = Account.objects.filter(pk=account.pk).annotate(
        primary_contact=FilteredRelation("contacts", condition=Q(contacts__is_primary=True)),
        reseller_window=FilteredRelation("storefront", condition=Q(storefront__is_own=False)),
    )
    email, own, of_user, state, alias = found.values_list(
        "primary_contact__email",
        "primary_contact__language",
        "primary_contact__user__language",
        "reseller_window__state",
        "reseller_window__claim__alias",
    ).get()
    reader = Reader(email, chosen(own, of_user or "", account.language, account.operator.language)) if email else None
    return reader, Window(state, alias or "") if state else None


def _storefront_outcome(
    account: Account, window: Window | None, *, opens: bool, typed: str | None
) -> tuple[str, str, Refused | None]:
    """What becomes of the storefront, under which alias, and why that alias cannot be had."""
    if not opens:
        return "none", "", None
    if window and window.state != Storefront.State.PARKED:
        return "keep", window.alias, None
    outcome = "restore" if window else "open"
    if typed is None:
        return outcome, window.alias if window else "", None
    answer = availability(typed, operator=account.operator, account=account)
    return outcome, answer.alias, answer.refusal


def first_reader(primary: Reader | None, *, account: Account, by, channel: str) -> Reader | None:
    """Who gets the letter: the primary contact; without one, a user of the reseller who orders."""
    if primary is None and by is not None and channel in SELF_SERVICE:
        return Reader(by.email, language_of(by, account=account, operator=account.operator))
    return primary


def letter(template: str, reader: Reader | None) -> Letter:
    name = CATALOGUE[template].name
    return Letter(template, name, (reader.email,), reader.language) if reader else Letter(template, name, ())


def _plan_letters(
    account: Account, to_plan: Plan, outcome: str, reader: Reader | None, *, channel: str
) -> list[Letter]:
    template = "storefront_restored" if outcome == "restore" else to_plan.welcome_letter
    letters = [letter(template, reader)] if template else []
    return letters + notices(account, channel=channel)


def notices(account: Account, *, channel: str) -> list[Letter]:
    """Who looks after a reseller is told whenever it changes its plan itself."""
    if channel not in SELF_SERVICE:
        return []
    manager, operator = account.account_manager, account.operator
    email = manager.email if manager else operator.operations_email or operator.support_email
    return [letter("plan_changed_by_reseller", Reader(email, language_of(manager, operator=operator)))]
