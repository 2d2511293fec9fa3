"""New order: the account, a product, a billing cycle. Save makes a draft and opens it."""

import re
import uuid

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views import View

from plans.asking import askable
from plans.models import Account, Operator, Order, Product
from plans.ordering import draft_order
from plans.preview import Wanted
from plans.refusals import Refused

from ..permissions import StaffRequired
from . import choices
from .forms import NewOrderForm

MOST = 10  # accounts that are offered for what was typed
LONGEST = 120
NAMED = re.compile(r"\(([^()]+)\)\s*$")  # Tech Solutions (AC-10482), as a chosen account is shown


class NewOrder(StaffRequired, View):
    permission = "orders"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Without an account at hand it asks for one first."""
        typed = askable(request.GET.get("account", ""), most=LONGEST)
        account = _account(request.operator, typed)
        if account is None:
            return self.ask(request, typed)
        form = NewOrderForm(initial={"form_key": uuid.uuid4(), "cycle": "month"})
        return self.show(request, account, form, picked=request.GET.get("product", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        account = _account(request.operator, askable(request.POST.get("account", ""), most=LONGEST))
        if account is None:
            return self.ask(request, askable(request.POST.get("account", ""), most=LONGEST), status=422)
        form = NewOrderForm(request.POST)
        form.is_valid()
        slug = request.POST.get("product", "")
        product = choices.chosen(request.operator, slug)
        plans = choices.plans(account)
        if problem := _problem(product, plans):
            form.refuse("product", problem)
        if form.errors:
            return self.show(request, account, form, plans=plans, picked=slug, status=422)
        try:
            order = self.draft(request, account, product, form)
        except Refused as refusal:
            form.refuse("cycle" if refusal.code == "no_price" else "product", refusal.sentence)
            return self.show(request, account, form, plans=plans, picked=slug, status=422)
        return redirect("order", order.number)

    def draft(self, request: HttpRequest, account: Account, product: Product, form: NewOrderForm) -> Order:
        return draft_order(
            account,
            wanted=[Wanted(product, form.cleaned_data["cycle"])],
            channel=Order.Channel.BSS_ORDER,
            by=request.user,
            reference=form.cleaned_data["reference"],
            form_key=form.key_for(request.user.pk),
        )

    def ask(self, request: HttpRequest, typed: str, *, status: int = 200) -> HttpResponse:
        found = list(_matching(request.operator, typed)) if typed else []
        problem = f"No account matches “{typed}”." if typed and not found else ""
        problem = problem or ("Choose an account." if status == 422 else "")
        context = {"typed": typed, "found": found, "problem": problem}
        return render(request, "bss/orders/new.html", context, status=status)

    def show(
        self, request: HttpRequest, account: Account, form: NewOrderForm, *, plans=None, picked="", status=200
    ) -> HttpResponse:
        context = {
            "account": account,
            "typed": shown(account),
            "plan": account.held().plan,
            "form": form,
            "plans": choices.plans(account) if plans is None else plans,
            "offer": choices.ordinary(account, request.GET.get("q", "")),
            "picked": picked,
        }
        return render(request, "bss/orders/new.html", context, status=status)


class AccountChoices(StaffRequired, View):
    """The accounts for what is being typed, for the combobox."""

    permission = "orders"

    def get(self, request: HttpRequest) -> HttpResponse:
        text = askable(request.GET.get("q", ""), most=LONGEST)
        found = _matching(request.operator, text) if text else []
        return JsonResponse({"accounts": [{"number": one.number, "name": one.name} for one in found]})


def shown(account: Account) -> str:
    return f"{account.name} ({account.number})"


def _orderers(operator: Operator) -> QuerySet[Account]:
    """Who orders at the operator: its resellers, and customers of its own."""
    own_customers = Q(kind=Account.Kind.CUSTOMER, parent=operator.account_id)
    return Account.objects.filter(Q(kind=Account.Kind.RESELLER) | own_customers, operator=operator)


def _matching(operator: Operator, text: str) -> QuerySet[Account]:
    """By number, or by how the name begins."""
    return _orderers(operator).called(text, operator=operator).order_by("name", "pk")[:MOST]


def _account(operator: Operator, typed: str) -> Account | None:
    """The account that was named exactly: by its number, or as the page shows a chosen one."""
    named = NAMED.search(typed)
    number = named[1] if named else typed.upper()
    if not number:
        return None
    return _orderers(operator).filter(number=number).select_related("operator", "account_manager").first()


def _problem(product: Product | None, plans: list[choices.Choice]) -> str:
    """Why this product cannot be ordered for the account; an empty string where it can."""
    if product is None:
        return choices.CHOOSE
    return next((choice.reason for choice in plans if choice.slug == product.slug), "")
