"""Billing: the statement of one account, with what it comes to in each currency, and as a file."""

from django.http import HttpRequest, HttpResponse
from django.views import View

from plans.models import Account, Charge
from plans.statements import balances_of, statement_of, with_balances
from ui import statement_csv

from .. import paging
from ..permissions import StaffRequired
from .pages import SIZE, AccountPage
from .records import plain_record

SHOWN = (("", "All"), (Charge.Kind.CHARGE, "Charges"), (Charge.Kind.CREDIT, "Credits"))


class AccountBilling(AccountPage):
    """The balance after each line is shown where no line is left out between them."""

    route, template = "account_billing", "bss/accounts/billing.html"

    def more(self, account: Account) -> dict[str, object]:
        wanted = self.request.GET.get("show", "")
        wanted = wanted if wanted in Charge.Kind.values else ""
        lines = statement_of(account)
        page = paging.newest_first(lines.filter(kind=wanted) if wanted else lines, self.request, size=SIZE)
        return {
            "page": page,
            "rows": [{"charge": line} for line in page.rows] if wanted else with_balances(page.rows, account=account),
            "balances": balances_of(account),
            "chips": [{"url": f"?show={code}", "word": word, "here": code == wanted} for code, word in SHOWN],
            "show": wanted,
        }


class AccountStatement(StaffRequired, View):
    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return statement_csv.download(plain_record(request.operator, number))
