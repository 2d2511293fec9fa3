"""The Storefront Alias field of the back office: for an account at hand, whose number comes with the question."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views import View

from plans import aliases
from plans.asking import askable
from plans.models import Account
from plans.refusals import Refused
from ui import alias_field as ui
from ui.alias_field import UNREACHABLE, AliasField, Said, asks_too_often, said_free, said_of

from .permissions import StaffRequired

HINT = "It can’t be changed by the reseller later."


def alias_field(account: Account, *, value: str = "", state: Said | None = None, focus: bool = False) -> AliasField:
    """The field for this account; `account.operator` should be loaded."""
    return ui.alias_field(
        account.operator,
        hint=HINT,
        check_url=reverse("alias_check"),
        hold_url=reverse("alias_hold"),
        value=value,
        state=state,
        focus=focus,
        account=account.number,
    )


def said_about(typed: str, *, account: Account) -> Said:
    """What there is to say about an alias that was typed for the account."""
    return said_of(aliases.availability(typed, operator=account.operator, account=account))


class AliasQuestion(StaffRequired, View):
    permission = "plan_changes"

    def account(self, number: str) -> Account:
        accounts = Account.objects.filter(operator=self.request.operator).select_related("operator")
        return get_object_or_404(accounts, number=askable(number, most=20))

    def answer(self, account: Account, said: Said, *, status: int = 200) -> HttpResponse:
        context = {"alias": alias_field(account, state=said)}
        return render(self.request, "ui/alias_field.html", context, status=status)


class AliasCheck(AliasQuestion):
    def get(self, request: HttpRequest) -> HttpResponse:
        """Says whether the typed alias could be had. Writes nothing."""
        account = self.account(request.GET.get("account", ""))
        if asks_too_often(request.user):
            return self.answer(account, Said("warn", UNREACHABLE), status=429)
        return self.answer(account, said_about(request.GET.get("alias", ""), account=account))


class AliasHold(AliasQuestion):
    def post(self, request: HttpRequest) -> HttpResponse:
        """Holds the alias for the account, for as long as a dialog takes; says the same as the check."""
        account = self.account(request.POST.get("account", ""))
        if asks_too_often(request.user):
            return self.answer(account, Said("warn", UNREACHABLE), status=429)
        typed = request.POST.get("alias", "")
        try:
            held = aliases.hold(typed, account=account, until=aliases.CHECKOUT_HOLD, by=request.user)
        except Refused:
            return self.answer(account, said_about(typed, account=account))
        return self.answer(account, said_free(held))
