"""RULE: in which language a person is written to: their own, else their company's, else the house's (decision 0039)."""

from notifications.languages import chosen

from .models import Account, Contact, Operator, Storefront, User


def language_of(person: Contact | User | None, *, account: Account | None = None, operator: Operator) -> str:
    """The person's own wish, else that of their account, else the operator's default. Of an end customer without a
    wish: its reseller's storefront's."""
    own = [person.language] if person else []
    if isinstance(person, Contact) and person.user_id:
        own.append(person.user.language)
    if account is None:
        return chosen(*own, operator.language)
    own.append(account.language)
    if account.kind == Account.Kind.CUSTOMER and not any(own):
        windows = Storefront.objects.filter(account=account.parent_id, is_own=False)
        own += windows.values_list("language", flat=True)
    return chosen(*own, operator.language)
