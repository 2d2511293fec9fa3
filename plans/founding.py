"""STORY: a distributor is founded. It gets its own storefront, plans, prices, terms, letters and first administrator.

Nothing here is demo data: `manage.py create_distributor` and the demo both begin with `found_operator`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from notifications.defaults import install_templates

from . import inviting, money, starter
from .models import (
    Account,
    Activity,
    Entitlement,
    NumberSeries,
    Operator,
    Plan,
    PlanEdge,
    Price,
    Product,
    StaffMembership,
    Storefront,
    TermsVersion,
    User,
)
from .organization_rules import decimal_of, problems_of

HOST = re.compile(r"^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$")


class CannotFound(Exception):
    """The details of a distributor are not right. `problems`: name of the detail -> what is wrong with it."""

    def __init__(self, problems: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {problem}" for name, problem in problems.items()))
        self.problems = problems


@dataclass(frozen=True, kw_only=True)
class Details:
    """What has to be known about a distributor, as typed. `prices` names own plan prices by (slug, cycle)."""

    name: str
    short_name: str
    address: str
    store_host: str
    currency: str
    time_zone: str
    tax_rate: str
    sender_email: str
    admin_name: str
    admin_email: str
    tax_name: str = "VAT"
    sender_name: str = ""
    support_email: str = ""
    support_phone: str = ""
    operations_email: str = ""
    prices: Mapping[tuple[str, str], str] = field(default_factory=dict)


def check_details(details: Details) -> dict[str, str]:
    """What is wrong with the details: name of the detail -> a sentence. Empty when nothing is. Reads only."""
    problems = problems_of(
        details, required=("name", "short_name", "address", "admin_name", "sender_email", "admin_email")
    )
    if not HOST.match(details.store_host.strip().lower()):
        problems["store_host"] = "Enter a host name alone, as in cloud.disti.com: no https://, no port, no path."
    elif Operator.objects.filter(store_host=details.store_host.strip().lower()).exists():
        problems["store_host"] = f"The host {details.store_host} belongs to another distributor already."
    return problems | _check_prices(details.prices)


def _check_prices(prices: Mapping[tuple[str, str], str]) -> dict[str, str]:
    known = {(product["slug"], cycle) for product in starter.PLAN_PRODUCTS for cycle in ("month", "year")}
    problems = {}
    for (slug, cycle), amount in prices.items():
        number = decimal_of(amount)
        if (slug, cycle) not in known:
            problems["prices"] = f"There is no price {slug}/{cycle}. Known: {', '.join(map('/'.join, sorted(known)))}."
        elif number is None or not 0 <= number < 10**12:
            problems["prices"] = f"{slug}/{cycle}: enter an amount, as in 149.00."
    return problems


@transaction.atomic
def found_operator(details: Details, *, invite: bool = True, at: datetime | None = None) -> Operator:
    """Create the distributor and everything it needs to sell, or raise CannotFound and change nothing.

    The first administrator gets the invitation letter; without `invite` they get none, and no password either. `at` is
    when it was founded, where that is not now.
    """
    problems = check_details(details)
    if problems:
        raise CannotFound(problems)
    operator = _create_operator(details)
    NumberSeries.objects.bulk_create(
        NumberSeries(operator=operator, prefix=prefix, next_number=first) for prefix, first in starter.SERIES.items()
    )
    account = _create_account(operator)
    _create_plans(operator)
    _create_plan_products(operator, prices=details.prices)
    TermsVersion.objects.create(operator=operator, number=1, text=_terms(operator))
    install_templates(operator)
    membership = _create_administrator(operator, name=details.admin_name.strip(), email=details.admin_email)
    Activity.objects.create(
        operator=operator,
        account=account,
        verb="operator.founded",
        text=f"{operator} was founded.",
        at=at or timezone.now(),
    )
    if invite:
        inviting.invite_staff(membership)
    return operator


def _create_operator(details: Details) -> Operator:
    return Operator.objects.create(
        name=details.name.strip(),
        short_name=details.short_name.strip(),
        store_host=details.store_host.strip().lower(),
        currency=details.currency,
        time_zone=details.time_zone,
        tax_name=details.tax_name.strip() or "VAT",
        tax_rate=Decimal(details.tax_rate),
        sender_name=details.sender_name.strip() or details.name.strip(),
        sender_email=details.sender_email.lower(),
        support_email=(details.support_email or details.sender_email).lower(),
        support_phone=details.support_phone.strip(),
        operations_email=details.operations_email.lower(),
        address=details.address.strip(),
    )


def _create_account(operator: Operator) -> Account:
    """The distributor as an account, the root of its tree, with its own storefront at the root of its host."""
    [number] = NumberSeries.take(operator.pk, "AC")
    account = Account.objects.create(
        operator=operator,
        number=number,
        kind=Account.Kind.DISTRIBUTOR,
        name=operator.name,
        currency=operator.currency,
        billing_email=operator.support_email,
    )
    operator.account = account
    operator.save(update_fields=["account"])
    Storefront.objects.create(
        operator=operator,
        account=account,
        is_own=True,
        name=operator.short_name,
        support_email=operator.support_email,
        support_phone=operator.support_phone,
        address=operator.address,
    )
    return account


def _create_plans(operator: Operator) -> None:
    plans = {}
    for row in starter.PLANS:
        features = [feature.format(operator=operator.short_name) for feature in row["key_features"]]
        plans[row["code"]] = Plan(operator=operator, **row | {"key_features": features})
    Plan.objects.bulk_create(plans.values())
    Entitlement.objects.bulk_create(
        Entitlement(plan=plans[plan], code=code, limit=limit)
        for plan, codes in starter.ENTITLEMENTS.items()
        for code, limit in codes.items()
    )
    edges = []
    for lower, upper in starter.LADDER:
        edges.append(PlanEdge(from_plan=plans[lower], to_plan=plans[upper], direction=PlanEdge.Direction.UP))
        edges.append(PlanEdge(from_plan=plans[upper], to_plan=plans[lower], direction=PlanEdge.Direction.DOWN))
    PlanEdge.objects.bulk_create(edges)


def _create_plan_products(operator: Operator, *, prices: Mapping[tuple[str, str], str]) -> None:
    plans = {plan.code: plan for plan in Plan.objects.filter(operator=operator)}
    for row in starter.PLAN_PRODUCTS:
        product = Product.objects.create(
            operator=operator,
            plan=plans[row["plan"]],
            name=row["name"],
            slug=row["slug"],
            category=starter.PLANS_CATEGORY,
            icon="shop",
            summary=row["summary"],
            description="\n".join(plans[row["plan"]].key_features),
            is_sold=row["is_sold"],
        )
        own = {cycle: Decimal(amount) for (slug, cycle), amount in prices.items() if slug == row["slug"]}
        Price.objects.bulk_create(
            Price(
                product=product,
                cycle=cycle,
                currency=operator.currency,
                amount=money.round_to(amount, operator.currency),
            )
            for cycle, amount in (row["prices"] | own).items()
        )


def _terms(operator: Operator) -> str:
    return starter.TERMS.format(
        operator=operator.short_name,
        operator_name=operator.name,
        quarantine=operator.alias_quarantine_days,
        address=operator.address,
        support_email=operator.support_email,
    )


def _create_administrator(operator: Operator, *, name: str, email: str) -> StaffMembership:
    """Whoever has this email already is the same person and keeps their password."""
    user = User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, name=name)
    return StaffMembership.objects.create(operator=operator, user=user, role=StaffMembership.Role.ADMINISTRATOR)
