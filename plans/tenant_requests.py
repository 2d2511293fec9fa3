"""STORY: a wish for a plan that cannot be ordered yet. It changes no plan; operations are told, and answer by hand."""

from django.db import IntegrityError, transaction
from django.utils import timezone

from notifications.languages import Spoken
from notifications.phrases import phrase
from notifications.post import post

from . import links
from .letters import brand_of, operations_of
from .models import Account, TenantRequest
from .refusals import Refused
from .trail import remember

LETTER = "tenant_requested"
LANGUAGES: dict[str, Spoken] = {"en": {"en": "English", "de": "Englisch"}, "de": {"en": "German", "de": "Deutsch"}}


def request_tenant(account: Account, *, price_list: str, language: str, note: str, by) -> TenantRequest:
    """Record the wish and tell operations. Refused with tenant_request_open while one is open, or not_a_reseller."""
    if account.kind != Account.Kind.RESELLER or not account.reselling_enabled:
        raise Refused("not_a_reseller")
    about = {"operator_id": account.operator_id, "account": account}
    try:
        with transaction.atomic():
            wish = TenantRequest.objects.create(
                **about, price_list=price_list, language=language, note=note, created_by=by
            )
            remember(account.operator_id, "tenant.requested", "Tenant requested.", by=by, account=account)
            _tell_operations(wish, account=account, by=by)
    except IntegrityError:
        raise Refused("tenant_request_open", account=account.name) from None
    return wish


def close_tenant_request(wish: TenantRequest, *, state: str, by) -> None:
    """Answered or withdrawn. One that was closed in between stays as it was, and the second one reads so."""
    with transaction.atomic():
        closed = TenantRequest.objects.filter(pk=wish.pk, state=TenantRequest.State.OPEN).update(
            state=state, closed_at=timezone.now()
        )
        if not closed:
            raise Refused("tenant_request_closed")
        word = TenantRequest.State(state).label.lower()
        remember(wish.operator_id, f"tenant.{state}", f"Tenant request {word}.", by=by, account=wish.account)


def _tell_operations(wish: TenantRequest, *, account: Account, by) -> None:
    operator = account.operator
    post(
        LETTER,
        operator_id=operator.pk,
        occasion=f"tenant_request:{wish.pk}",
        to=[operations_of(operator)],
        fields={
            "account_name": account.name,
            "account_number": account.number,
            "account_url": links.bss_url(f"accounts/{account.number}/"),
            "requested_by": str(by),
            "price_list_wanted": wish.price_list or {"en": "No", "de": "Nein"},
            "request_language": LANGUAGES.get(wish.language, wish.language),
            "request_note": wish.note or {"en": "None", "de": "Keine"},
        },
        brand=brand_of(operator),
        reason=phrase("looks_after_orders", operator=operator.name),
        account_id=account.pk,
    )
