"""What an account needs before it can run a storefront: each line says how it stands, and leads to what mends it."""

from dataclasses import dataclass

from plans.models import Account


@dataclass(frozen=True)
class Check:
    is_met: bool
    text: str
    route: str = ""


def checks_of(account: Account) -> list[Check]:
    """For an account of records.full_record. Only the first one keeps it from being upgraded."""
    if account.reselling_enabled:
        reselling = Check(True, "Reselling is enabled")
    else:
        reselling = Check(False, "Reselling is not enabled", "account_edit")
    return [reselling, _sign_in(account)]


def _sign_in(account: Account) -> Check:
    contact = account.primary_contact
    if contact is None:
        return Check(False, "There is no primary contact", "account_contacts")
    if contact.user is None or not account.primary_has_role:
        return Check(False, "The primary contact has no sign-in", "account_contacts")
    if not contact.user.is_active:
        return Check(False, "The primary contact’s sign-in is deactivated", "account_contacts")
    return Check(True, "Primary contact can sign in")
