"""A storefront whose plan has ended, as the end of a plan leaves it: parked, its alias in quarantine."""

from datetime import timedelta

from django.utils import timezone

from plans.models import Account, AliasClaim, Storefront, Subscription

QUARANTINE = timedelta(days=90)


def parked(account: Account, *, ago: timedelta = timedelta(0)) -> Account:
    now = timezone.now() - ago
    Subscription.objects.filter(account=account, state="active", plan__isnull=False).update(state="ended", ended_at=now)
    Storefront.objects.filter(account=account).update(state="parked", parked_at=now)
    claims = AliasClaim.objects.filter(account=account, state="in_use")
    claims.update(state="quarantined", quarantined_until=now + QUARANTINE)
    return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
