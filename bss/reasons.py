"""Refusals as staff meet them: the sentence, and a link to the control that mends it."""

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from plans.models import Account
from plans.refusals import Refused

# What mends it: (route of the account's page, words of the link).
ON_THE_ACCOUNT = {
    "contact": ("account_contacts", "Add a contact"),
    "billing": ("account_edit", "Edit account"),
    "account": ("account", "Open the account"),
}


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done. `url` and `label` lead to what mends it; both may be empty."""

    code: str
    sentence: str
    url: str = ""
    label: str = ""


def reasons(refusals: list[Refused], *, account: Account) -> list[Reason]:
    """The refusals that no field of the page can mend, each code once."""
    found = {refusal.code: reason_of(refusal, account=account) for refusal in refusals if not refusal.field}
    return list(found.values())


def reason_of(refusal: Refused, *, account: Account) -> Reason:
    if refusal.mend == "order" and "order" in refusal.values:
        number = str(refusal.values["order"])
        return Reason(refusal.code, refusal.sentence, _address("order", number), f"Open order {number}")
    return Reason(refusal.code, refusal.sentence, *mend_of(refusal.mend, account=account))


def mend_of(mend: str, *, account: Account) -> tuple[str, str]:
    """Address and words of the link to what mends it on the account; both empty where there is no such page."""
    route, label = ON_THE_ACCOUNT.get(mend, ("", ""))
    url = _address(route, account.number) if route else ""
    return (url, label) if url else ("", "")


def _address(route: str, number: str) -> str:
    try:
        return reverse(route, args=[number])
    except NoReverseMatch:  # an order that has no number yet
        return ""
