"""What the operator's books say of the resellers in a file: asked for all rows at once, whatever their number."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Value
from django.db.models.functions import Upper

from . import periods
from .import_file import Row
from .models import Account, Contact, Entitlement, Operator, Plan, Subscription

AT_ONCE = 500  # columns of one answer: PostgreSQL gives 1,664 at the most


@dataclass(frozen=True)
class Books:
    """Six queries for up to AT_ONCE rows, and one for each AT_ONCE more. The rows must be sound text."""

    operator: Operator
    today: date
    plans: list[Plan]  # the lowest first
    opening: frozenset[int]  # plans with a storefront
    named: dict[str, Account]  # resellers by the name as the file writes it, whatever its case
    contacts: dict[str, list[Contact]]  # by email, the oldest first, each with its account
    held: dict[int, Plan]  # by account; who is on the default plan is not in it

    @classmethod
    def about(cls, rows: list[Row], *, operator: Operator) -> "Books":
        plans = list(Plan.objects.filter(operator=operator).order_by("rank"))
        opening = Entitlement.objects.filter(plan__operator=operator, code=Entitlement.Code.OWN_STOREFRONT)
        named = dict(_named({row.account for row in rows}, operator=operator))
        emails = {row.email.lower() for row in rows}
        contacts: dict[str, list[Contact]] = {}
        known = Contact.objects.filter(operator=operator, email__in=emails).select_related("account")
        for contact in known.order_by("pk"):
            contacts.setdefault(contact.email, []).append(contact)
        active = (
            Subscription.objects.active().for_plans().filter(account__in={account.pk for account in named.values()})
        )
        by_pk = {plan.pk: plan for plan in plans}
        held = {account: by_pk[plan] for account, plan in active.values_list("account", "plan")}
        return cls(
            operator, periods.today(operator), plans, frozenset(opening.values_list("plan", flat=True)), named,
            contacts, held,
        )  # fmt: skip

    def plan_called(self, name: str) -> Plan | None:
        found = [plan for plan in self.plans if plan.name.casefold() == name.casefold()]
        return found[-1] if found else None

    def plan_of(self, account: Account) -> Plan:
        return self.held.get(account.pk) or next(plan for plan in self.plans if plan.is_default)

    def opens_storefront(self, plan: Plan) -> bool:
        return plan.pk in self.opening


def _named(names: set[str], *, operator: Operator) -> Iterator[tuple[str, Account]]:
    """The oldest reseller of each name. What is one letter in two cases is for the database to say, as in `iexact`."""
    upper = dict(_in_capitals(sorted(names), operator=operator))
    resellers = Account.objects.resellers().filter(operator=operator).annotate(capitals=Upper("name"))
    found = {account.capitals: account for account in resellers.filter(capitals__in=upper.values()).order_by("-pk")}
    return ((name, found[capitals]) for name, capitals in upper.items() if capitals in found)


def _in_capitals(names: list[str], *, operator: Operator) -> Iterator[tuple[str, str]]:
    for at in range(0, len(names), AT_ONCE):
        some = names[at : at + AT_ONCE]
        row = Operator.objects.filter(pk=operator.pk).values_list(*(Upper(Value(name)) for name in some)).get()
        yield from zip(some, row, strict=True)
