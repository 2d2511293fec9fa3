"""Refusals as visitors meet them: the sentence, and a link to what mends it."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse

from plans import links
from plans.refusals import Refused

OUR_STAFF = frozenset({"account", "contact"})  # what only the operator's staff can mend
ANOTHER_PLAN = frozenset({"already_on_plan", "no_upgrade_path", "plan_not_offered", "no_price"})


@dataclass(frozen=True)
class Reason:
    """Why something cannot be done. `url` and `label` lead to what mends it; both may be empty."""

    sentence: str
    url: str = ""
    label: str = ""


def reasons(refusals: list[Refused], request: HttpRequest) -> list[Reason]:
    """The refusals that no field of the page can mend."""
    return [_reason(refusal, request) for refusal in refusals if not refusal.field]


def _reason(refusal: Refused, request: HttpRequest) -> Reason:
    if refusal.mend == "billing":
        return Reason(refusal.sentence, reverse("billing"), "Enter the billing address")
    if refusal.mend == "plan":  # asked in the reseller's own storefront, mended at the distributor's
        return Reason(refusal.sentence, links.store_url(request.operator, "/plans/"), "See Reseller Plans")
    if refusal.mend in OUR_STAFF:
        name, email = request.operator.short_name, request.operator.support_email
        return Reason(refusal.sentence, f"mailto:{email}", f"Write to {name}")
    if refusal.mend == "order":
        number = str(refusal.values["order"])
        return Reason(refusal.sentence, reverse("order", args=[number]), f"See order {number}")
    if refusal.code == "pending_change_exists" and (held := request.visitor.account.held().subscription):
        return Reason(refusal.sentence, reverse("subscription", args=[held.number]), f"See {held.number}")
    if refusal.code in ANOTHER_PLAN:
        return Reason(refusal.sentence, reverse("plans"), "See Reseller Plans")
    if refusal.mend == "basket":
        return Reason(refusal.sentence, reverse("basket"), "See the basket")
    return Reason(refusal.sentence)
