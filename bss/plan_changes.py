"""The dialog that changes an account's plan: it shows the preview, and Save orders exactly that.

The account's Upgrade Resellers and the subscription's Upgrade are the same dialog, opened from two places.
"""

import uuid
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.views import View

from plans import links
from plans.models import Account, Order, Product
from plans.ordering import Confirmation, order_change
from plans.preview import Preview, Wanted
from plans.previewing import preview_order
from plans.refusals import PreviewStale, Refused
from plans.upgrade_paths import Option, upgrade_options
from ui.alias_field import AliasField, Said
from ui.forms import form_key_of

from .alias import alias_field, said_about
from .letters import announced
from .permissions import StaffRequired
from .reasons import Reason, reasons


@dataclass
class Answer:
    """What there is to say about a form that did not become an order. On first sight there is nothing."""

    typed: str | None = None  # the alias; None: nothing was typed yet
    cycle: str = ""
    form_key: str = ""
    refused: list[Refused] = field(default_factory=list)
    is_stale: bool = False
    status: int = 200


class PlanChangeDialog(StaffRequired, View):
    """One plan for one account. Rooms say who, which plan, from where, and where it leads to."""

    permission = "plan_changes"
    channel: str
    template = "bss/plan_change.html"

    account: Account
    product: Product

    def find(self, **found: str) -> None:
        """Set `account` (with its operator) and `product` (with its plan), or raise Http404."""
        raise NotImplementedError

    def back(self) -> tuple[str, str]:
        """Where the dialog was opened from: address and words."""
        raise NotImplementedError

    def lands_on(self, order: Order) -> str:
        raise NotImplementedError

    def get(self, request: HttpRequest, **found: str) -> HttpResponse:
        self.find(**found)
        return self.show(Answer(form_key=str(uuid.uuid4())))

    def post(self, request: HttpRequest, **found: str) -> HttpResponse:
        self.find(**found)
        cycle, key = request.POST.get("cycle", ""), request.POST.get("form_key", "")
        answer = Answer(request.POST.get("alias"), cycle, key, status=422)
        if "take" in request.POST:  # a suggestion was chosen without a script at hand
            answer.typed, answer.status = request.POST["take"], 200
            return self.show(answer)
        try:
            order = order_change(
                self.account,
                wanted=Wanted(self.product, cycle),
                alias=answer.typed,
                confirmed=Confirmation(request.POST.get(f"fingerprint-{cycle}", ""), form_key_of(request.user.pk, key)),
                channel=self.channel,
                by=request.user,
            )
        except PreviewStale:
            answer.is_stale = True
        except Refused as refusal:
            answer.refused = [refusal]
        else:
            messages.success(request, f"Order {order.number} is being executed.")
            return HttpResponseRedirect(self.lands_on(order))
        return self.show(answer)

    def show(self, answer: Answer) -> HttpResponse:
        previews = self.previews(answer)
        chosen = next((one for one in previews if one.cycle == answer.cycle), previews[0])
        reasons_found = self.reasons(chosen, answer)
        back, back_label = self.back()
        context = {
            "account": self.account,
            "product": self.product,
            "plan": self.product.plan,
            "previews": previews,
            "preview": chosen,
            "alias": self.alias(chosen, answer),
            "reasons": reasons_found,
            "is_stale": answer.is_stale,
            "form_key": answer.form_key or str(uuid.uuid4()),
            "letters": announced(chosen, operator_id=self.account.operator_id),
            "origin": links.storefront_url(self.account.operator, ""),
            "back": back,
            "back_label": back_label,
        }
        return render(self.request, self.template, context | self.words(), status=answer.status)

    def words(self) -> dict[str, str]:
        """`heading`, `sub`, `confirm` and `decline`: what stands above the form and on its buttons."""
        raise NotImplementedError

    def previews(self, answer: Answer) -> list[Preview]:
        """One for each billing cycle that has a price, as it would be executed; at least one, which may refuse."""
        cycles = self.product.prices.filter(currency=self.account.currency).order_by("cycle")
        wanted = list(cycles.values_list("cycle", flat=True)) or ["month"]
        return [
            preview_order(
                self.account,
                wanted=[Wanted(self.product, cycle)],
                alias=answer.typed,
                by=self.request.user,
                channel=self.channel,
            )
            for cycle in wanted
        ]

    def alias(self, preview: Preview, answer: Answer) -> AliasField | None:
        """The alias field as it was left; None where the storefront keeps its alias or there is none."""
        if not preview.needs_alias:
            return None
        value = preview.alias if answer.typed is None else answer.typed
        said = Said() if answer.typed is None else said_about(answer.typed, account=self.account)
        return alias_field(self.account, value=value, state=said, focus=not answer.is_stale)

    def reasons(self, preview: Preview, answer: Answer) -> list[Reason]:
        codes = {refusal.code for refusal in preview.refusals}
        said = [*preview.refusals, *(refusal for refusal in answer.refused if refusal.code not in codes)]
        return reasons(said, account=self.account)


def account_of(request: HttpRequest, number: str) -> Account:
    accounts = Account.objects.filter(operator=request.operator, kind=Account.Kind.RESELLER)
    return get_object_or_404(accounts.select_related("operator", "account_manager"), number=number)


def ways_up(account: Account) -> list[Option]:
    """The plans that lie above the account's, lowest first; those that cannot be ordered say why."""
    return [option for option in upgrade_options(account) if option.direction == "up"]


def plan_called(account: Account, code: str) -> Option | None:
    """The plan as seen from the account, wherever it lies: a dialog that was open keeps its plan, and says why not."""
    return next((option for option in upgrade_options(account) if option.plan.code == code), None)


def product_of(option: Option | None) -> Product:
    """The product that grants the plan. Http404 where there is none: then it is not for sale."""
    if option is None or option.product is None:
        raise Http404
    option.product.plan = option.plan
    return option.product
