"""The same people in every test: Nordwind and Sudlicht, and their resellers. Factory functions, no fixtures of rows."""

import time
from decimal import Decimal

from plans.baskets import lines_in, wanted_in
from plans.founding import Details
from plans.models import (
    Account,
    Basket,
    Contact,
    ContactRole,
    NumberSeries,
    Operator,
    Order,
    Price,
    Product,
    StaffMembership,
    Storefront,
    Subscription,
    User,
)
from plans.ordering import order_basket
from plans.preview import Wanted
from plans.previewing import preview_order
from tests import planted

PASSWORD = "uplift-demo"


def distributor(name: str = "Nordwind", *, host: str = "testserver", **details) -> Operator:
    """A founded distributor, as `create_distributor` makes it."""
    mail = name.lower()
    values = {
        "name": f"{name} Distribution",
        "short_name": name,
        "address": "Speicherring 8, 20457 Hamburg, Germany",
        "store_host": host,
        "currency": "EUR",
        "time_zone": "Europe/Berlin",
        "tax_rate": "19",
        "sender_email": f"cloud@{mail}.example",
        "operations_email": f"ops@{mail}.example",
        "admin_name": "Maren Holt",
        "admin_email": f"maren.holt@{mail}.example",
    }
    return planted.found(Details(**values | details))


def user(email: str, name: str = "", *, password: str | None = PASSWORD) -> User:
    known = User.objects.filter(email=email).first()
    return known or User.objects.create_user(email, password, name=name)


def reseller(
    operator: Operator, name: str = "Tech Solutions", *, roles: tuple[str, ...] = ("admin",), email: str = "", **fields
) -> Account:
    """A reseller on Basic with a primary contact who may sign in, and an address to bill."""
    address = {"street": "Kaiweg 14", "postal_code": "23552", "city": "Lübeck", "country": "DE"}
    account = Account.objects.create(
        operator=operator,
        parent=operator.account,
        kind="reseller",
        number=NumberSeries.take(operator.id, "AC")[0],
        name=name,
        **{"currency": operator.currency, **address, **fields},
    )
    person(account, email or f"owner@{name.lower().replace(' ', '')}.example", roles=roles, is_primary=True)
    return account


def customer(parent: Account, name: str = "Millbrook", *, email: str = "") -> Account:
    account = Account.objects.create(
        operator=parent.operator,
        parent=parent,
        kind="customer",
        number=NumberSeries.take(parent.operator_id, "AC")[0],
        name=name,
        currency=parent.currency,
    )
    person(account, email or f"buyer@{name.lower()}.example", roles=("admin",), is_primary=True)
    return account


def person(
    account: Account, email: str, *, roles: tuple[str, ...], is_primary: bool = False, name: str = ""
) -> Contact:
    login = user(email, name or "Jonas Brandt")
    contact = Contact.objects.create(
        operator=account.operator,
        account=account,
        user=login,
        name=name or "Jonas Brandt",
        email=email,
        is_primary=is_primary,
    )
    ContactRole.objects.bulk_create(ContactRole(contact=contact, role=role) for role in roles)
    if is_primary:
        Account.objects.filter(pk=account.pk).update(has_primary_contact=True)
    return contact


def without_primary_contact(account: Account) -> Account:
    account.contacts.update(is_primary=False)
    Account.objects.filter(pk=account.pk).update(has_primary_contact=False)
    return account


def staff(operator: Operator, role: str = "administrator", *, email: str = "") -> StaffMembership:
    login = user(email or f"{role}@{operator.short_name.lower()}.example", role.replace("_", " ").title())
    return StaffMembership.objects.create(operator=operator, user=login, role=role)


def product(operator: Operator, name: str = "Workplace Suite", amount: str = "12.40", **fields) -> Product:
    slug = fields.pop("slug", name.lower().replace(" ", "-"))
    made = Product.objects.create(operator=operator, name=name, slug=slug, category="Workplace", **fields)
    Price.objects.create(product=made, cycle="month", currency=operator.currency, amount=Decimal(amount))
    return made


def plan_product(operator: Operator, code: str) -> Product:
    return Product.objects.select_related("plan").get(operator=operator, plan__code=code)


def buyer_of(account: Account) -> User:
    return account.contacts.filter(is_primary=True).get().user


def basket(account: Account, *products: Product, cycle: str = "month") -> Basket:
    """The basket of the account's primary contact on the distributor's storefront, holding just these."""
    window = Storefront.objects.get(operator=account.operator, is_own=True)
    made, _ = Basket.objects.get_or_create(operator=account.operator, user=buyer_of(account), storefront=window)
    made.items.all().delete()
    for each in products:
        made.items.create(product=each, is_plan=each.is_plan, cycle=cycle)
    return made


def order_plan(account: Account, code: str = "standard", *, alias: str | None = "techsolutions", **changes) -> Order:
    """Door 1 without its pages: the plan through the basket, placed, not executed yet."""
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    held = basket(account, plan_product(account.operator, code), cycle=changes.pop("cycle", "month"))
    by = buyer_of(account)
    shown = preview_order(account, wanted=wanted_in(lines_in(held)), by=by)
    agreed = {
        "alias": alias,
        "fingerprint": shown.fingerprint,
        "accepted": True,
        "reference": "",
        "form_key": f"{account.pk}-{Order.objects.count()}",
        "address": "192.0.2.7",
        "by": by,
    }
    return order_basket(held, account=account, **agreed | changes)


def executed(order: Order) -> Order:
    """The order after its execution, by us or by a worker that was quicker."""
    from plans.execution import execute_order

    execute_order(order.pk)
    until = time.monotonic() + 15
    order.refresh_from_db()
    while order.state == "executing" and time.monotonic() < until:
        time.sleep(0.05)
        order.refresh_from_db()
    assert order.state == "executed", order.error_message
    return order


def subscribed(account: Account, item: Product) -> Subscription:
    """The account, with an address to bill, after an order for an ordinary product was executed."""
    Account.objects.filter(pk=account.pk).update(street="Kaiweg 14", city="Lübeck", country="DE")
    account = Account.objects.select_related("operator", "account_manager").get(pk=account.pk)
    held, by = basket(account, item), buyer_of(account)
    shown = preview_order(account, wanted=wanted_in(lines_in(held)), by=by)
    agreed = {"alias": None, "accepted": True, "reference": "", "address": "192.0.2.7", "by": by}
    key = f"{account.pk}-{Order.objects.count()}"
    order = order_basket(held, account=account, fingerprint=shown.fingerprint, form_key=key, **agreed)
    return Subscription.objects.get(order_item__order=executed(order))


def on_plan(account: Account, code: str = "standard", *, alias: str | None = "techsolutions") -> Account:
    """The account as it is after such an order was executed."""
    executed(order_plan(account, code, alias=alias))
    return Account.objects.select_related("operator", "account_manager").get(pk=account.pk)


__all__ = [
    "Wanted",
    "basket",
    "buyer_of",
    "customer",
    "distributor",
    "on_plan",
    "order_plan",
    "person",
    "plan_product",
    "product",
    "reseller",
    "staff",
    "subscribed",
    "user",
    "without_primary_contact",
]
