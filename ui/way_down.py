"""The way down as a form: to which plan, when, and what is typed to confirm it. Both faces show and read the same.

Each moment that can be chosen has a preview of its own, and its fingerprint comes back with the form.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from plans.changing_down import change_down
from plans.models import Account, Order, PendingChange, Plan
from plans.placing import Confirmation
from plans.preview import Preview, Timing
from plans.previewing import SELF_SERVICE
from plans.previewing_down import preview_down, usual_timing

TIMINGS = {"period_end": Timing("period_end"), "now": Timing(), "now_credit": Timing(with_credit=True)}


@dataclass(frozen=True)
class Choice:
    """A moment that can be chosen: its word in the form, and what would happen."""

    key: str
    preview: Preview
    gives_no_credit: bool = False  # although days are left that were paid for


def choices(account: Account, *, to_plan: Plan, channel: str, by) -> list[Choice]:
    """The moments that can be chosen. Only staff give credit, and only where there is something to give back."""
    asked = {"to_plan": to_plan, "channel": channel, "by": by}
    held = account.held().subscription
    is_paid = bool(held and held.unit_price)
    keys = [key for key in TIMINGS if key != "now_credit" or (is_paid and channel not in SELF_SERVICE)]
    return [Choice(key, preview_down(account, timing=TIMINGS[key], **asked), is_paid and key == "now") for key in keys]


def usual(account: Account) -> str:
    """The moment that a form begins with."""
    timing = usual_timing(account.held().subscription)
    return next(key for key, one in TIMINGS.items() if one == timing)


def confirm(
    account: Account, sent: Mapping[str, str], *, to_plan: Plan, form_key: str, channel: str, by
) -> Order | PendingChange:
    """Do what the form confirms. Raises Refused or PreviewStale as `change_down` does."""
    when = sent.get("when", "")
    return change_down(
        account,
        to_plan=to_plan,
        timing=TIMINGS.get(when, Timing()),
        confirmed=Confirmation(sent.get(f"fingerprint-{when}", ""), form_key),
        typed_alias=sent.get("confirm_alias", ""),
        channel=channel,
        by=by,
    )
