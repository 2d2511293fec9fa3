"""The record of an account: a page for each of its tabs, all in one frame."""

from datetime import timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views import View

from plans import links
from plans.models import OPEN_STATES, Account, Activity, Order, Storefront, Subscription
from plans.prepared import Prepared
from plans.renaming import former_aliases
from plans.upgrade_paths import standing_of

from .. import paging
from ..letters import letters_of_orders, tasks_of
from ..letters import row as letter_row
from ..permissions import StaffRequired
from ..reasons import reason_of
from . import orders
from .checklist import checks_of
from .counting import count_of_customers
from .records import full_record, tabs_of

SIZE = 25
LATEST = 5
A_MOMENT = timedelta(minutes=10)
SHOWN = (("", "All"), ("plan", "Plan"), ("orders", "Orders"), ("emails", "Emails"))


class AccountPage(StaffRequired, View):
    """The frame: head, tabs, and the panel with the Shortcuts. A tab adds its own with `more`."""

    route = "account"
    template = "bss/accounts/overview.html"
    under = ""  # the tab that it belongs to, where that is not its own

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        account = full_record(request.operator, number)
        standing = standing_of(account)
        refusal = standing.refusal
        context = {
            "account": account,
            "standing": standing,
            "why_not": reason_of(refusal, account=account) if refusal else None,
            "tabs": tabs_of(account, here=self.under or self.route),
            "storefront_url": address_of(account),
            "why_not_open": why_not_open(account),
            "lost": tasks_of(account),
        }
        return render(request, self.template, context | self.more(account))

    def more(self, account: Account) -> dict[str, object]:
        return {
            "orders": orders.rows_of(LATEST_ORDERS(account=account.pk)),
            "checks": checks_of(account) if account.kind == Account.Kind.RESELLER else [],
            "activities": LATEST_ACTIVITIES(account=account.pk),
            "tenant_request": account.open_wish,
        }


LATEST_ORDERS = Prepared(
    lambda account: Order.objects.filter(account=account).only(*orders.COLUMNS).order_by("-pk")[:LATEST], account=int
)
LATEST_ACTIVITIES = Prepared(
    lambda account: Activity.objects.filter(account=account).select_related("order").order_by("-pk")[:LATEST],
    account=int,
)


class AccountOrders(AccountPage):
    route, template = "account_orders", "bss/accounts/orders.html"

    def more(self, account: Account) -> dict[str, object]:
        page = paging.newest_first(orders.orders_of(account), self.request, size=SIZE)
        return {"page": page, "rows": orders.rows_of(page.rows)}


class AccountSubscriptions(AccountPage):
    route, template = "account_subscriptions", "bss/accounts/subscriptions.html"

    def more(self, account: Account) -> dict[str, object]:
        found = Subscription.objects.filter(account=account).select_related("product", "plan")
        page = paging.newest_first(found, self.request, size=SIZE)
        return {"page": page, "rows": page.rows}


class AccountContacts(AccountPage):
    route, template = "account_contacts", "bss/accounts/contacts.html"

    def more(self, account: Account) -> dict[str, object]:
        found = account.contacts.prefetch_related("roles")
        page = paging.newest_first(found, self.request, size=SIZE)
        may_edit = self.request.staff.may("accounts") and account.kind == Account.Kind.RESELLER
        return {"page": page, "rows": page.rows, "may_edit": may_edit}


class AccountStorefront(AccountPage):
    route, template = "account_storefront", "bss/accounts/storefront.html"

    def more(self, account: Account) -> dict[str, object]:
        context = {"run": latest_run(account)}
        if storefront_of(account) is None:
            may_preview = account.kind == Account.Kind.RESELLER and self.request.staff.may("plan_changes")
            address_like = links.shown_address(account.operator, "")
            return context | {"address_like": address_like, "may_preview": may_preview}
        is_parked = account.storefront.state == Storefront.State.PARKED
        return context | {
            "customers": count_of_customers(account),
            "limit": account.limit("customers"),
            "former": [] if is_parked else former_aliases(account),
        }


class AccountCustomers(AccountPage):
    """The reseller's end customers: who is touched when its plan changes."""

    route, template, under = "account_customers", "bss/accounts/customers.html", "account_storefront"

    def more(self, account: Account) -> dict[str, object]:
        page = paging.newest_first(Account.objects.customers_of(account), self.request, size=SIZE)
        return {"page": page, "rows": page.rows}


def latest_run(account: Account) -> Order | None:
    """The plan order that is under way, or that was executed a moment ago: whoever saved it watches it here."""
    return LATEST_RUN.first(account=account.pk)


def _latest_run(account: int) -> QuerySet:
    recent = Q(state__in=OPEN_STATES) | Q(state=Order.State.EXECUTED, executed_at__gt=Now() - A_MOMENT)
    return Order.objects.filter(recent, account=account, is_plan_order=True).order_by("-pk")[:1]


LATEST_RUN = Prepared(_latest_run, account=int)


class AccountActivity(AccountPage):
    route, template = "account_activity", "bss/accounts/activity.html"

    def more(self, account: Account) -> dict[str, object]:
        wanted = self.request.GET.get("show", "")
        wanted = wanted if wanted in dict(SHOWN) else ""
        chips = [{"url": f"?show={code}", "word": word, "here": code == wanted} for code, word in SHOWN]
        context = {"chips": chips, "show": wanted}
        if wanted == "emails":
            letters = account.notifications.defer("text", "html")
            page = paging.newest_first(letters, self.request, size=SIZE)
            return context | {"page": page, "letters": [letter_row(letter) for letter in page.rows]}
        page = paging.newest_first(activities_of(account, wanted), self.request, size=SIZE)
        written = letters_of_orders(each.order_id for each in page.rows if each.verb == "order.execute")
        for each in page.rows:
            each.letters = written.get(each.order_id, []) if each.verb == "order.execute" else []
        return context | {"page": page, "activities": page.rows}


def activities_of(account: Account, show: str) -> QuerySet:
    """All that happened to the account; `plan`: what has to do with its plan; `orders`: with its orders."""
    found = Activity.objects.filter(account=account).select_related("order")
    if show == "orders":
        return found.filter(order__isnull=False)
    if show == "plan":
        return found.about_plans()
    return found


def storefront_of(account: Account):
    """The reseller's storefront, or None while there has never been one."""
    return getattr(account, "storefront", None)


def why_not_open(account: Account) -> str:
    storefront = storefront_of(account)
    if storefront is None:
        return "There is no storefront yet."
    is_open = storefront.state == Storefront.State.OPEN
    if storefront.state == Storefront.State.SUSPENDED and storefront.suspended_at:
        return f"The storefront is suspended: {storefront.suspended_reason}"
    return "" if is_open else f"The storefront is {storefront.get_state_display().lower()}."


def address_of(account: Account) -> str:
    """Where its storefront stands, or an empty string: it has none, or lost its alias after its plan had ended."""
    storefront = storefront_of(account)
    if storefront is None or storefront.claim is None:
        return ""
    return links.storefront_url(account.operator, storefront.claim.alias, "")
