"""The cast of these tests: Nordwind, its reseller Tech Solutions, and Jonas Brandt who runs it."""

from django.db import transaction

from notifications.models import Notification
from notifications.post import Brand, Recipient, post
from plans.models import Account, Contact, Operator, User

JONAS = "jonas.brandt@techsolutions.example"
WHY = "You get this message because you are the primary contact of Tech Solutions (AC-10482)."
BRAND = Brand(
    name="Nordwind Distribution",
    from_name="Nordwind Cloud",
    from_email="cloud@nordwind.example",
    initial="N",
    address="Nordwind Distribution GmbH, Speicherring 8, 20457 Hamburg, Germany",
    support_email="partners@nordwind.example",
    phone="+49 40 555 0100",
    home_url="https://cloud.nordwind.example/",
)
WELCOME = {
    "account_name": "Tech Solutions",
    "account_number": "AC-10482",
    "plan_name": "Standard",
    "storefront_url": "https://cloud.nordwind.example/techsolutions",
    "storefront_alias": "techsolutions",
    "admin_url": "https://cloud.nordwind.example/techsolutions/admin/",
}


def make_operator(*, name: str = "Nordwind Distribution", host: str = "cloud.nordwind.example") -> Operator:
    return Operator.objects.create(
        name=name,
        short_name=name.split()[0],
        store_host=host,
        currency="EUR",
        tax_rate=19,
        sender_name="Nordwind Cloud",
        sender_email="cloud@nordwind.example",
        support_email="partners@nordwind.example",
        address="Speicherring 8, 20457 Hamburg, Germany",
    )


def make_contact(operator: Operator, *, email: str = JONAS, name: str = "Jonas Brandt") -> Contact:
    """A contact of a reseller of its own, with a login."""
    house = Account.objects.create(operator=operator, number=f"H-{email}"[:20], kind="distributor", name="House")
    account = Account.objects.create(
        operator=operator, number=f"AC-{email}"[:20], kind="reseller", name="Tech Solutions", parent=house
    )
    user = User.objects.create(email=email, name=name)
    return Contact.objects.create(operator=operator, account=account, user=user, name=name, email=email)


def welcome(operator: Operator, *, occasion: str = "order:1", to=None, brand=BRAND, **fields) -> list[Notification]:
    """Post the welcome letter for Tech Solutions, to Jonas unless told otherwise."""
    with transaction.atomic():
        return post(
            "welcome_standard",
            operator_id=operator.pk,
            occasion=occasion,
            to=to or [Recipient(JONAS, "Jonas Brandt")],
            fields=WELCOME | fields,
            brand=brand,
            reason=WHY,
        )


def make_due(letter: Notification) -> None:
    """Let the time pass that the letter waits for."""
    from django.db.models.functions import Now

    Notification.objects.filter(pk=letter.pk).update(next_attempt_at=Now())


def end_lease(letter: Notification) -> None:
    """Let the minute pass that its carrier has."""
    from django.db.models.functions import Now

    Notification.objects.filter(pk=letter.pk).update(lease_until=Now())
