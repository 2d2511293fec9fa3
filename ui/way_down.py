"""The way down as a page: to which plan, when, and what is typed to confirm it. Both faces show and read the same.

Each moment that can be chosen has a preview of its own, and its fingerprint comes back with the form.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from plans.changing_down import change_down
from plans.models import Account, Order, PendingChange, Plan, Subscription
from plans.placing import Confirmation
from plans.preview import Preview, Timing
from plans.previewing import SELF_SERVICE
from plans.previewing_down import preview_down, usual_timing
from plans.refusals import PreviewStale, Refused
from plans.upgrade_paths import Option

from .forms import form_key_of

TIMINGS = {"period_end": Timing("period_end"), "now": Timing(), "now_credit": Timing(with_credit=True)}


@dataclass(frozen=True)
class Choice:
    """A moment that can be chosen: its word in the form, and what would happen."""

    key: str
    preview: Preview
    gives_no_credit: bool = False  # although days are left that were paid for


@dataclass
class Answer:
    """What there is to say about a form that was not carried out. On first sight there is nothing."""

    when: str
    form_key: str = ""
    typed: str = ""
    refused: list[Refused] = field(default_factory=list)
    is_stale: bool = False
    status: int = 200


class WayDownPage:
    """One plan subscription, and the plan that its account would have afterwards.

    A face says with `find` who and which, with `words` and `more` how it speaks, with `landed` where it leads to.
    """

    channel: str
    template: str
    request: HttpRequest
    account: Account
    subscription: Subscription
    plan: Plan

    def find(self, number: str) -> None:
        """Set `account`, `subscription` and `plan`, or raise Http404. One that was sent twice finds what has ended."""
        raise NotImplementedError

    def plan_wanted(self, code: str) -> Plan:
        """The plan that `?to=` names, or Http404."""
        raise NotImplementedError

    def landed(self, done: Order | PendingChange) -> HttpResponse:
        raise NotImplementedError

    def words(self) -> dict[str, str]:
        """`heading`, `confirm` and `decline`."""
        raise NotImplementedError

    def more(self, found: list[Choice], chosen: Choice, said: list[Refused]) -> dict[str, object]:
        """What the face adds: `reasons` and whatever its template shows beside."""
        raise NotImplementedError

    def others(self) -> list[Option]:
        """The plans that can be chosen instead, this one included; nothing where there is only one."""
        return []

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        self.find(number)
        return self.show(Answer(usual(self.account)))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        self.find(number)
        sent = request.POST
        answer = Answer(sent.get("when", ""), sent.get("form_key", ""), sent.get("confirm_alias", ""), status=422)
        try:
            return self.landed(self.confirm(sent, form_key=form_key_of(request.user.pk, answer.form_key)))
        except PreviewStale:
            answer.is_stale = True
        except Refused as refusal:
            answer.refused = [refusal]
        return self.show(answer)

    def confirm(self, sent: Mapping[str, str], *, form_key: str) -> Order | PendingChange:
        """Do what the form confirms. Raises Refused or PreviewStale as `change_down` does."""
        when = sent.get("when", "")
        return change_down(
            self.account,
            to_plan=self.plan,
            timing=TIMINGS.get(when, Timing()),
            confirmed=Confirmation(sent.get(f"fingerprint-{when}", ""), form_key),
            typed_alias=sent.get("confirm_alias", ""),
            channel=self.channel,
            by=self.request.user,
        )

    def show(self, answer: Answer) -> HttpResponse:
        found = choices(self.account, to_plan=self.plan, channel=self.channel, by=self.request.user)
        chosen = next((one for one in found if one.key == answer.when), found[0])
        known = {refusal.code for refusal in chosen.preview.refusals}
        said = [*chosen.preview.refusals, *(one for one in answer.refused if one.code not in known)]
        context = {
            "subscription": self.subscription,
            "choices": found,
            "chosen": chosen.key,
            "preview": chosen.preview,
            "typed": answer.typed,
            "typed_wrong": next((one.sentence for one in said if one.code == "alias_unconfirmed"), ""),
            "is_stale": answer.is_stale,
            "form_key": answer.form_key or str(uuid.uuid4()),
            "action": f"{self.request.path}?to={self.plan.code}",
            "others": self.others(),
        }
        shown = context | self.words() | self.more(found, chosen, said)
        return render(self.request, self.template, shown, status=answer.status)


class Downgrade:
    """To the plan that is named, one of several maybe."""

    ways: list[Option]

    def plan_wanted(self, code: str) -> Plan:
        """Without a code the next one below. A form that comes late names it wherever it lies."""
        if code and self.request.method == "POST":
            return get_object_or_404(Plan, operator=self.request.operator, code=code)
        named = [way.plan for way in self.ways if way.plan.code == code or not code]
        if not named:
            raise Http404
        return named[0]

    def others(self) -> list[Option]:
        return self.ways if len(self.ways) > 1 else []

    def words(self) -> dict[str, str]:
        down = f"Downgrade to {self.plan.name}"
        return {"heading": down, "confirm": down, "decline": f"Keep {self.subscription.plan.name} plan"}


class Cancel:
    """Back to the plan that needs no subscription: the same change as a downgrade to it."""

    def plan_wanted(self, code: str) -> Plan:
        return get_object_or_404(Plan, operator=self.request.operator, is_default=True)

    def words(self) -> dict[str, str]:
        return {
            "heading": "Cancel this subscription?",
            "confirm": "Cancel subscription",
            "decline": "Keep subscription",
        }


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
