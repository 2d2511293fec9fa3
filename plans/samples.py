"""A letter as it would be for an account, to preview it and to try it out: nothing has to happen for it first.

What the account has is taken from it (names, alias, plan, newest order); what only an event brings is made up.
"""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone
from django.utils.text import slugify

from notifications.catalogue import CATALOGUE, LINK_FIELD
from notifications.languages import Spoken, day, moment
from notifications.post import Letter, Recipient

from . import links
from .alarm_kinds import ALARM_KINDS
from .asking import askable
from .inviting import duration
from .letters import brand_of, reader_of, reason_for
from .models import Account, Operator, Order, Plan, Storefront, User
from .money import in_languages
from .reading import language_of
from .refusals import Refused
from .tenant_requests import LANGUAGES

A_PERIOD = timedelta(days=30)


def sample_letter(code: str, *, operator: Operator, account: Account | None, by: User) -> Letter:
    """The letter for this account; without one, for a reseller that does not exist. Reads, and writes nothing."""
    kind = CATALOGUE[code]
    account = account or Account(operator=operator, number="AC-10000", name="Example Reseller", kind="reseller")
    reader = (reader_of(account) if account.pk else None) or Recipient(by.email, by.name)
    values: dict[str, Spoken]
    values = _account(account, operator) | _plan(code, account, operator) | _order(account, operator)
    values |= _events(operator, reader=reader, by=by)
    return Letter(
        template_code=code,
        occasion="sample",
        to=[reader],
        fields={name: values[name] for name in kind.fields if name != LINK_FIELD},
        brand=brand_of(operator),
        reason=reason_for(account, reader),
        language=language_of(None, account=account, operator=operator),
    )


def account_for_sample(operator: Operator, text: str) -> Account | None:
    """Whom staff mean: by number, name, alias or email; without a text, the newest reseller."""
    resellers, text = Account.objects.filter(operator=operator).resellers(), askable(text, most=120)
    if not text:
        return resellers.order_by("-pk").first()
    known = Account.objects.filter(operator=operator).exclude(kind=Account.Kind.DISTRIBUTOR)
    exact = known.filter(number=text.upper()).first()
    return exact or known.matching(text, operator=operator).order_by("name", "pk").first()


def _account(account: Account, operator: Operator) -> dict[str, str]:
    found = Storefront.objects.filter(account=account).select_related("claim").first() if account.pk else None
    alias = found.claim.alias if found and found.claim else slugify(account.name)[:40].strip("-") or "storefront"
    return {
        "account_name": account.name,
        "account_number": account.number,
        "account_url": links.bss_url(f"accounts/{account.number}/"),
        "customer_name": "Example Customer",
        "storefront_alias": alias,
        "storefront_url": links.storefront_url(operator, alias),
        "admin_url": links.admin_panel_url(operator, alias),
        "portal_url": links.storefront_url(operator, alias, "portal/"),
        "subscription_url": links.store_url(operator, "/subscriptions/"),
        "plans_url": links.store_url(operator, "/plans/"),
    }


def _plan(code: str, account: Account, operator: Operator) -> dict[str, str]:
    """From the plan that is held; to the plan that the letter welcomes to, else to the one it starts from."""
    plans = list(Plan.objects.filter(operator=operator).order_by("rank"))
    default = next((plan for plan in plans if plan.is_default), None)
    held = account.held().plan if account.pk else default
    to = next((plan for plan in plans if plan.welcome_letter == code), None) or default
    return {"old_plan_name": held.name if held else "", "plan_name": to.name if to else ""}


def _order(account: Account, operator: Operator) -> dict[str, Spoken]:
    order = Order.objects.filter(account=account).order_by("-pk").first() if account.pk else None
    number, items = (order.number, order.preview.get("items", [])) if order else ("SO-10000", [])
    is_priced = order is not None and order.total is not None
    total = in_languages(order.total, order.currency) if is_priced else in_languages(Decimal(149), operator.currency)
    names = ", ".join(item["name"] for item in items if isinstance(item, dict) and "name" in item)
    return {
        "order_number": number,
        "order_url": links.order_url(operator, number),
        "order_date": _day(order.created_at if order else timezone.now()),
        "order_total": total,
        "product_names": names or "Example Product",
        "renewal_amount": total,
    }


def _events(operator: Operator, *, reader: Recipient, by: User) -> dict[str, Spoken]:
    now = timezone.now()
    return {
        "alias_kept_until": _day(now + timedelta(days=operator.alias_quarantine_days)),
        "change_date": _day(now + A_PERIOD),
        "changed_at": moment(timezone.localtime(now)),
        "changed_by": reader.name or reader.email,
        "decline_reason": "Out of budget this month.",
        "failure_reason": Refused("alias_taken", alias="storefront").in_languages(),
        "invited_by": str(by),
        "new_alarms": ALARM_KINDS["no_worker"].in_languages(),
        "operations_url": links.bss_url("setup/operations/"),
        "price_list_wanted": {"en": "Yes", "de": "Ja"},
        "renewal_date": _day(now + A_PERIOD),
        "request_language": LANGUAGES["en"],
        "request_note": "From the next quarter on.",
        "requested_by": str(by),
        "standing_alarms": ALARM_KINDS["letters_put_off"].in_languages(),
        "valid_for": duration(3 * 86400),
    }


def _day(at: datetime) -> dict[str, str]:
    return day(timezone.localtime(at))
