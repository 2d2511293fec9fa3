"""Which letters a story posts, and to whom. Their words live in the post room."""

from datetime import date
from decimal import Decimal

from notifications.catalogue import CATALOGUE
from notifications.languages import Spoken, day, together
from notifications.phrases import phrase
from notifications.post import Brand, Letter, Recipient

from . import links
from .models import Account, Contact, Operator, Order, PendingChange, Plan, Subscription, User
from .money import in_languages
from .prepared import Prepared
from .reading import language_of

BRAND_COLOUR = "#0a6573"
SCHEDULED, WITHDRAWN = "scheduled", "withdrawn"


def brand_of(operator: Operator) -> Brand:
    """The operator as the sender of a letter."""
    return Brand(
        name=operator.name,
        colour=BRAND_COLOUR,
        on_colour="#ffffff",
        initial=operator.name[:1],
        address=operator.address if operator.name in operator.address else f"{operator.name}, {operator.address}",
        support_email=operator.support_email,
        phone=operator.support_phone,
        from_name=operator.sender_name,
        from_email=operator.sender_email,
        home_url=links.store_url(operator),
    )


def reader_of(account: Account, *, otherwise=None) -> Recipient | None:
    """The primary contact; without one the user who ordered (`otherwise`), or nobody."""
    if contact := PRIMARY_CONTACT.first(account=account.pk):
        language = language_of(contact, account=account, operator=account.operator)
        return Recipient(contact.email, contact.name, contact.user_id, language=language)
    return user_of(otherwise, account=account) if otherwise else None


PRIMARY_CONTACT = Prepared(
    lambda account: Contact.objects.primary().filter(account=account).select_related("user").order_by("pk")[:1],
    account=int,
)


def user_of(user: User, *, account: Account) -> Recipient:
    """The user as a reader of a letter about the account."""
    language = language_of(user, account=account, operator=account.operator)
    return Recipient(user.email, user.name, user.id, language=language)


def operations_of(operator: Operator) -> Recipient:
    """Those at the distributor who look after what got stuck."""
    email = operator.operations_email or operator.support_email
    return Recipient(email, language=language_of(None, operator=operator))


def reason_for(account: Account, reader: Recipient, *, is_primary: bool = True) -> dict[str, str]:
    return phrase("primary_contact" if is_primary else "ordered_for", account=f"{account.name} ({account.number})")


def plan_change_letters(
    order: Order, *, account: Account, alias: str, subscription: Subscription | None, kept_until: date | None = None
) -> list[Letter]:
    """The letters named in what was agreed: the plan's own to the reseller, and the notice to who looks after it."""
    fields = _plan_fields(account, order.from_plan, order.to_plan, by=order.placed_by, alias=alias) | {
        "order_number": order.number,
        "account_url": links.bss_url(f"orders/{order.number}/"),
        "change_date": day(date.fromisoformat(order.preview["on"])),
        "alias_kept_until": day(kept_until) if kept_until else "",
    }
    about = {"order_id": order.id, "subscription_id": subscription.id if subscription else None}
    codes = [agreed["template"] for agreed in order.preview["letters"]]
    occasion = f"order:{order.id}"
    return _about_plan(codes, account=account, by=order.placed_by, fields=fields, occasion=occasion, **about)


def scheduled_letters(
    change: PendingChange, codes: list[str], *, account: Account, by, own: bool, occasion: str
) -> list[Letter]:
    """Those about a change that waits, or does not any more. There is no order yet: its subscription stands for it.

    `own`: the reseller acts for itself. Whoever does reads them where there is no primary contact; staff never do.
    """
    held = change.subscription
    fields = _plan_fields(account, held.plan, change.to_plan, by=by, alias="") | {
        "order_number": held.number,
        "account_url": links.bss_url(f"subscriptions/{held.number}/"),
        "change_date": day(change.due_on),
    }
    if occasion == WITHDRAWN:
        waited = {"en": f"{change.to_plan.name} (scheduled)", "de": f"{change.to_plan.name} (vorgemerkt)"}
        fields |= {"old_plan_name": waited, "plan_name": held.plan.name}
    told = f"change:{change.id}:{occasion}"
    reader = by if own else None
    return _about_plan(codes, account=account, by=reader, fields=fields, occasion=told, subscription_id=held.id)


def _about_plan(
    codes: list[str], *, account: Account, by, fields: dict[str, Spoken], occasion: str, **about
) -> list[Letter]:
    posted: list[Letter] = []
    for code in codes:
        to, reason = _readers(code, account=account, by=by)
        if to:
            posted.append(
                Letter(
                    template_code=code,
                    occasion=occasion,
                    to=[to],
                    fields={name: fields[name] for name in CATALOGUE[code].fields},
                    brand=brand_of(account.operator),
                    reason=reason,
                    account_id=account.id,
                    language=language_of(None, account=account, operator=account.operator),
                    **about,
                )
            )
    return posted


def _readers(template: str, *, account: Account, by) -> tuple[Recipient | None, Spoken]:
    if template == "plan_changed_by_reseller":
        manager, operator = account.account_manager, account.operator
        reason = phrase("looks_after_account", account=f"{account.name} ({account.number})")
        if manager is None:
            return operations_of(operator), reason
        language = language_of(manager, operator=operator)
        return Recipient(manager.email, manager.name, manager.id, language=language), reason
    reader = reader_of(account, otherwise=by)
    if reader is None:
        return None, ""
    ordered_it = by is not None and reader.user_id == by.id
    return reader, reason_for(account, reader, is_primary=not ordered_it or reader.email != by.email)


def _plan_fields(account: Account, from_plan: Plan, to_plan: Plan, *, by, alias: str) -> dict[str, Spoken]:
    operator = account.operator
    return {
        "account_name": account.name,
        "account_number": account.number,
        "plan_name": to_plan.name,
        "old_plan_name": from_plan.name,
        "changed_by": str(by) if by else "Uplift",
        "storefront_alias": alias,
        "storefront_url": links.storefront_url(operator, alias) if alias else links.store_url(operator),
        "admin_url": links.admin_panel_url(operator, alias) if alias else links.store_url(operator),
        "subscription_url": links.store_url(operator, "/subscriptions/"),
        "plans_url": links.store_url(operator, "/plans/"),
    }


def order_received(order: Order, *, account: Account) -> list[Letter]:
    """To the reseller, for an order without a plan."""
    reader = reader_of(account, otherwise=order.placed_by)
    if reader is None:
        return []
    fields = _order_fields(order, account=account) | {
        "order_date": day(order.placed_at),
        "product_names": ", ".join(item["name"] for item in order.preview["items"]),
        "order_total": in_languages(order.total, order.currency),
    }
    return [_about(order, "order_received", [reader], fields, account=account, reason=reason_for(account, reader))]


def order_failed(order: Order, *, account: Account, reason: Spoken) -> list[Letter]:
    """To who placed the order, and to operations."""
    operator = account.operator
    fields = _order_fields(order, account=account) | {"failure_reason": reason}
    posted = []
    if order.placed_by:
        placer = user_of(order.placed_by, account=account)
        why = phrase("ordered", order=order.number)
        posted.append(_about(order, "order_needs_attention", [placer], fields, account=account, reason=why))
    operations = operations_of(operator)
    why = phrase("looks_after_orders", operator=operator.name)
    fields = fields | {"order_url": links.bss_url(f"orders/{order.number}/")}
    posted.append(_about(order, "order_failed", [operations], fields, account=account, reason=why))
    return posted


def alarms_rang(operator: Operator, *, new: list[Spoken], standing: list[Spoken], occasion: str) -> Letter:
    """To operations: what has begun to be wrong, and what still is. Sentences."""
    return Letter(
        template_code="operations_digest",
        occasion=occasion,
        to=[operations_of(operator)],
        fields={
            "new_alarms": together(new),
            "standing_alarms": together(standing),
            "operations_url": links.bss_url("setup/operations/"),
        },
        brand=brand_of(operator),
        reason=phrase("looks_after_operations", operator=operator.name),
        language=language_of(None, operator=operator),
    )


def _order_fields(order: Order, *, account: Account) -> dict[str, Spoken]:
    return {
        "account_name": account.name,
        "order_number": order.number,
        "order_url": links.order_url(account.operator, order.number),
    }


def _about(order: Order, template: str, to: list[Recipient], fields, *, account: Account, reason: Spoken) -> Letter:
    return Letter(
        template_code=template,
        # An order may fail, be retried and fail again: each time is told. Its version has grown in between.
        occasion=f"order:{order.id}:{order.version}" if template != "order_received" else f"order:{order.id}",
        to=to,
        fields=fields,
        brand=brand_of(account.operator),
        reason=reason,
        account_id=account.id,
        order_id=order.id,
        language=language_of(None, account=account, operator=account.operator),
    )


def renewal_notice(subscription: Subscription, *, account: Account, gross: Decimal) -> Letter | None:
    """To the reseller, before its next period begins; None without a primary contact. Once for each period."""
    reader = reader_of(account)
    if reader is None:
        return None
    many = f"{subscription.quantity} × " if subscription.quantity > 1 else ""
    fields = {
        "account_name": account.name,
        "product_names": f"{many}{subscription.order_item.name}",
        "renewal_date": day(subscription.period_end_on),
        "renewal_amount": in_languages(gross, subscription.currency),
        "subscription_url": links.store_url(account.operator, f"/subscriptions/{subscription.number}/"),
    }
    return Letter(
        template_code="renewal_notice",
        occasion=f"renewal:{subscription.pk}:{subscription.period_end_on}",
        to=[reader],
        fields=fields,
        brand=brand_of(account.operator),
        reason=reason_for(account, reader),
        account_id=account.pk,
        subscription_id=subscription.pk,
        language=language_of(None, account=account, operator=account.operator),
    )
