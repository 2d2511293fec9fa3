"""My statement: what the account was charged and credited, the balance after each line, and all of it as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from plans.statements import balances_of, statement_of, with_balances
from ui import statement_csv

from ..keyset import newest_first
from ..membership import member_may


@require_safe
@member_may("view")
def statement(request: HttpRequest) -> HttpResponse:
    account = request.visitor.account
    page = newest_first(statement_of(account), request)
    context = {"page": page, "entries": with_balances(page.rows, account=account), "balances": balances_of(account)}
    return render(request, "storefront/statement.html", context)


@require_safe
@member_may("view")
def statement_export(request: HttpRequest) -> HttpResponse:
    return statement_csv.download(request.visitor.account)
