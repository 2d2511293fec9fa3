"""STORY: a distributor brings the resellers it has already, each with the plan it is on.

Every row is a transaction of its own. A reseller that holds a plan gets it by an order like everybody else (channel
`import`), on its own day and without a charge: what runs now was paid for before Uplift came.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Literal
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from notifications.post import post_all

from . import letters, links, periods
from .execution import execute_order
from .import_books import Books
from .import_file import Row
from .import_rules import RowRefused, Seen, check_row, is_sound, plan_of
from .inviting import invite_contact
from .models import (
    Account,
    Activity,
    Contact,
    ContactRole,
    NumberSeries,
    Operator,
    Order,
    Plan,
    Product,
    Subscription,
    User,
)
from .models.product import Cycle
from .ordering import order_previewed
from .preview import Preview, Wanted
from .previewing import preview_order
from .refusals import Refused


@dataclass(frozen=True)
class Fate:
    """What becomes, or became, of a row."""

    row: Row
    kind: Literal["create", "unchanged", "refused"]
    text: str


def import_rows(
    rows: list[Row], *, operator: Operator, send_letters: bool = False, by: User | None = None
) -> Iterator[Fate]:
    """Bring in all rows of a file, one after the other: what becomes of each."""
    seen = Seen()
    for row in rows:
        yield import_row(row, operator=operator, seen=seen, send_letters=send_letters, by=by)


def import_row(
    row: Row,
    *,
    operator: Operator,
    seen: Seen,
    send_letters: bool = False,
    dry_run: bool = False,
    by: User | None = None,
) -> Fate:
    """Bring in one row, in a transaction of its own; with `dry_run` do the same and take it back.

    A dry run is the import itself, rolled back: what it says is what would happen. Never raises for a bad row.
    """
    try:
        with transaction.atomic():
            seen.check(row)
            books = Books.about([row] if is_sound(row) else [], operator=operator)
            if existing := check_row(row, books=books):
                return unchanged(row, existing, books=books)
            _bring_in(row, plan=plan_of(row, books=books), operator=operator, send_letters=send_letters, by=by)
            transaction.set_rollback(dry_run)
            return Fate(row, "create", outcome(row, books=books))
    except RowRefused as refusal:
        return Fate(row, "refused", str(refusal))
    except Refused as refusal:
        return Fate(row, "refused", refusal.sentence)
    except IntegrityError:
        return Fate(row, "refused", "Somebody else wrote the same at this moment. Run the file again.")


def unchanged(row: Row, existing: Account, *, books: Books) -> Fate:
    return Fate(row, "unchanged", f"{existing.number} is there already, on {books.plan_of(existing).name}.")


def outcome(row: Row, *, books: Books) -> str:
    """What a row that comes in comes to."""
    place = f", at {links.shown_address(books.operator, row.alias.lower())}" if row.alias else ""
    return f"{row.account} on {plan_of(row, books=books).name}{place}"


def _bring_in(row: Row, *, plan: Plan, operator: Operator, send_letters: bool, by: User | None) -> None:
    account = _create_account(row, operator=operator)
    contact = _create_contact(row, account)
    name = str(by)[:120] if by else "Import"
    text = f"{account.name} was imported."
    Activity.objects.create(
        operator=operator, account=account, verb="account.imported", text=text, actor=by, actor_name=name
    )
    if not plan.is_default:
        _give_plan(row, account, plan=plan, send_letters=send_letters)
    if send_letters:
        invite_contact(contact)


def _create_account(row: Row, *, operator: Operator) -> Account:
    [number] = NumberSeries.take(operator.pk, "AC")
    return Account.objects.create(
        operator=operator,
        parent_id=operator.account_id,
        number=number,
        kind=Account.Kind.RESELLER,
        name=row.account,
        currency=operator.currency,
        vat_id=row.vat_id,
        tax_treatment=row.tax_treatment.lower() or Account.TaxTreatment.NORMAL,
        street=row.street,
        postal_code=row.postal_code,
        city=row.city,
        country=row.country.upper(),
        billing_email=row.email.lower(),
        language=operator.language,
        has_primary_contact=True,  # written right after it
    )


def _create_contact(row: Row, account: Account) -> Contact:
    """The primary contact, who may do everything for the account. Whoever has the email already keeps their login."""
    email = row.email.lower()
    user = User.objects.filter(email=email).first() or User.objects.create_user(email, name=row.contact)
    contact = Contact.objects.create(
        operator_id=account.operator_id,
        account=account,
        user=user,
        name=row.contact,
        email=email,
        phone=row.phone,
        is_primary=True,
    )
    ContactRole.objects.create(contact=contact, role=ContactRole.Role.ADMIN)
    return contact


def _give_plan(row: Row, account: Account, *, plan: Plan, send_letters: bool) -> None:
    """The plan by an executed order, its period the one that runs now since the start date."""
    product = Product.objects.select_related("plan").filter(plan=plan).first()
    if product is None:
        raise RowRefused(f"No product sells the {plan.name} plan.")
    start = row.starts_on or periods.today(account.operator)
    wanted = Wanted(product, row.cycle.lower() or Cycle.MONTH)
    shown = preview_order(account, wanted=[wanted], alias=row.alias, channel=Order.Channel.IMPORT)
    order = order_previewed(
        account, _as_it_runs(shown, start=start, send_letters=send_letters), channel=Order.Channel.IMPORT, by=None
    )
    execute_order(order.pk)
    order.refresh_from_db()
    if order.state != Order.State.EXECUTED:
        raise RowRefused(order.error_message or "The plan could not be started; the log says why.")
    _keep_anchor(order, account, start=start)
    if send_letters:
        _send_welcome(order, account, alias=shown.alias)


def _as_it_runs(shown: Preview, *, start: date, send_letters: bool) -> Preview:
    """The preview without a charge, from the first day of the running period."""
    begins, ends = periods.running_period(start, shown.cycle, on=shown.on)
    welcome = shown.letters if send_letters else []
    return replace(shown, on=begins, renews_on=ends, lines=[], taxes=[], letters=welcome)


def _keep_anchor(order: Order, account: Account, *, start: date) -> None:
    """The subscription began on the start date, and renews on its day of the month."""
    since = datetime.combine(start, time(12), tzinfo=ZoneInfo(account.operator.time_zone))
    renews_on = date.fromisoformat(order.preview["renews_on"])
    Subscription.objects.filter(order_item__order=order).update(
        anchor_on=start, period_end_on=renews_on, started_at=since
    )


def _send_welcome(order: Order, account: Account, *, alias: str) -> None:
    subscription = Subscription.objects.get(order_item__order=order)
    welcome = letters.plan_change_letters(order, account=account, alias=alias, subscription=subscription)
    post_all(welcome, operator_id=order.operator_id)
