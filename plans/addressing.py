"""STORY: an account changes where its charges go."""

from django.db import transaction
from django.db.models import F

from notifications.request_id import current_request_id

from .models import Account, Activity, User


def set_billing_address(
    account: Account, *, street: str, postal_code: str, city: str, country: str, billing_email: str, by: User
) -> None:
    """Write the address that future orders are billed to. `country` is an ISO 3166 code. Placed orders keep theirs."""
    values = {
        "street": street,
        "postal_code": postal_code,
        "city": city,
        "country": country,
        "billing_email": billing_email,
    }
    with transaction.atomic():
        Account.objects.filter(pk=account.pk).update(version=F("version") + 1, **values)
        Activity.objects.create(
            operator_id=account.operator_id,
            account=account,
            verb="account.billing_changed",
            text=f"Billing address changed to {street}, {postal_code} {city}, {country}."[:300],
            actor=by,
            actor_name=str(by)[:120],
            request_id=current_request_id(),
        )
    for name, value in values.items():
        setattr(account, name, value)
