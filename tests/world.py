"""One small world with everybody in it, for tests that go through all pages as everybody."""

from dataclasses import dataclass

from django.conf import settings
from django.test import Client

from notifications.editing import template_of, words_of
from notifications.models import TemplateVersion
from plans.baskets import lines_in, wanted_in
from plans.execution import execute_order
from plans.models import (
    Account,
    ContactRole,
    NumberSeries,
    Operator,
    Order,
    Picture,
    StaffMembership,
    StorefrontText,
    Subscription,
    TenantRequest,
    User,
)
from plans.ordering import order_basket
from plans.previewing import preview_order
from plans.tokens import create_token
from reselling.texts import save_text
from tests import cast

STORE, BSS, OTHER_STORE = "cloud.disti.test", "bss.disti.test", "cloud.other.test"
STAFF_ROLES = StaffMembership.Role.values
CONTACT_ROLES = ContactRole.Role.values


@dataclass
class World:
    """Two distributors. Tech Solutions (Standard, `techsolutions`) is who is looked at, Harbor IT its neighbour."""

    operator: Operator
    reseller: Account
    neighbour: Account
    customer: Account
    users: dict[str, User | None]
    parts: dict[str, object]

    def client(self, who: str, host: str = STORE) -> Client:
        client = Client(headers={"host": host}, raise_request_exception=False)
        if self.users[who] is not None:
            client.force_login(self.users[who], backend=settings.AUTHENTICATION_BACKENDS[0])
        return client


def make() -> World:
    operator = cast.distributor(host=STORE)
    other = cast.distributor("Sudlicht", host=OTHER_STORE)
    NumberSeries.objects.filter(operator=other).update(next_number=90_001)  # no number is found at both
    Operator.objects.filter(pk=operator.pk).update(reserved_aliases=["kept-by-us"])
    cast.product(operator)
    reseller = cast.reseller(operator)
    people = {
        role: cast.person(reseller, f"{role}@techsolutions.example", roles=(role,)).user for role in CONTACT_ROLES
    }
    reseller = cast.on_plan(reseller, "standard", alias="techsolutions")
    neighbour = cast.on_plan(cast.reseller(operator, "Harbor IT"), "free", alias="harborit")
    customer = cast.customer(reseller)
    lumen = cast.on_plan(cast.reseller(other, "Lumen Desk"), "free", alias="lumendesk")
    for kind in StorefrontText.Kind.values:
        save_text(reseller.storefront, kind, text=f"Our {kind}.", seen=0, by=people["admin"])
    subscription = Subscription.objects.get(account=reseller)
    order = subscription.order_item.order
    failed = _failed_order(reseller)
    wish = TenantRequest.objects.create(operator=operator, account=reseller)
    token, _ = create_token(operator, name="ERP", scope="read", expires_at=None, by=people["admin"])
    logo = Picture.objects.create(operator=operator, account=reseller, width=512, height=256)
    users: dict[str, User | None] = {"anonymous": None} | people
    users["customer_viewer"] = cast.person(customer, "viewer@millbrook.example", roles=("viewer",)).user
    users["neighbours_customer"] = cast.buyer_of(cast.customer(neighbour, "Oakfield"))
    users["neighbour"] = cast.buyer_of(neighbour)
    users["customer"] = cast.buyer_of(customer)
    users["other_reseller"] = cast.buyer_of(lumen)
    users |= {f"staff_{role}": cast.staff(operator, role).user for role in STAFF_ROLES}
    users["staff_elsewhere"] = cast.staff(other).user
    parts = {
        "failed": failed,
        ":version": 1,
        ":uidb36": "1",
        ":key": "set-password",
        ":slug": "workplace-suite",
        ":number": order.number,
        "store/subscriptions/:number": subscription.number,
        "reseller/subscriptions/:number": subscription.number,
        "bss/subscriptions/:number": subscription.number,
        "bss/setup/reseller-plans/:code": "standard",
        "bss/orders/:pk": order.items.get().pk,
        "bss/setup/reserved-aliases/:alias": "kept-by-us",
        "bss/setup/terms/:number": 1,
        "bss/accounts/:number": reseller.number,
        "bss/accounts/<slug:number>/contacts/:pk": reseller.contacts.order_by("pk").first().pk,
        "bss/accounts/:plan": "tenant",
        "bss/accounts/:pk": wish.pk,
        "bss/setup/staff/:pk": StaffMembership.objects.get(operator=operator, user=users["staff_finance"]).pk,
        "bss/setup/notifications/:entity": "accounts",
        "bss/setup/notifications/:code": "welcome_standard",
        "bss/setup/notifications/:language": "en",
        "bss/setup/api/:pk": token.pk,
        "bss/setup/notifications/outbox/:pk": order.notifications.order_by("id").first().pk,
        "api/mail-reports/:provider": "resend",
        "api/v1/accounts/:number": reseller.number,
        "api/v1/charges/:pk": order.charges.first().pk,
        "api/v1/notifications/:pk": order.notifications.order_by("id").first().pk,
        "api/v1/orders/:pk": subscription.order_item_id,
        "api/v1/plans/:code": "standard",
        "api/v1/subscriptions/:number": subscription.number,
        "api/v1/tenant-requests/:pk": wish.pk,
        "reseller/admin/customers/:number": customer.number,
        "reseller/admin/customers/:pk": customer.contacts.get(is_primary=True).pk,
        "reseller/portal/users/:pk": customer.contacts.get(is_primary=True).pk,
        "reseller/portal/subscriptions/:number": cast.subscribed(customer, cast.product(operator, "File Share")).number,
        ":token": logo.token,
        ":width": 256,
        ":colour": "6a35c9",
        "reseller/:storefront_id": reseller.storefront.pk,
        "reseller/admin/texts/:kind": "imprint",
        "reseller/notifications/:pk": order.notifications.order_by("id").first().pk,
        "store/notifications/:pk": order.notifications.order_by("id").first().pk,
        "store/:storefront_id": operator.account.storefront.pk,
    }
    _letter_with_a_past(operator)
    return World(operator, reseller, neighbour, customer, users, parts)


def part_of(parts: dict[str, object], route: str, name: str) -> object:
    """What stands in a route for `name`: of all "where:name" in the world's parts, the one with the longest where."""
    known = [where for where, _, part in (key.rpartition(":") for key in parts) if part == name]
    fitting = [where for where in known if route.startswith(where)]
    assert fitting, f"tell tests/world.py what <{name}> of {route} is"
    return parts[f"{max(fitting, key=len)}:{name}"]


def _letter_with_a_past(operator: Operator) -> None:
    """A version of the words that the letter has now."""
    template = template_of("welcome_standard", operator=operator)
    TemplateVersion.objects.create(template=template, number=1, language="en", **vars(words_of(template)))


def _failed_order(account: Account) -> str:
    """An order for a product that used up its attempts."""
    held = cast.basket(account, cast.product(account.operator, "Backup Vault"))
    by = cast.buyer_of(account)
    shown = preview_order(account, wanted=wanted_in(lines_in(held)), by=by)
    order = order_basket(held, account=account, alias=None, fingerprint=shown.fingerprint, accepted=False, reference="",
                         form_key="failed", address=None, by=by)  # fmt: skip
    Order.objects.filter(pk=order.pk).update(attempts=8)
    execute_order(order.pk)
    assert Order.objects.get(pk=order.pk).state == "failed"
    return order.number
