"""Letters of a reseller's storefront: in its name, under its alias, and without a word of the distributor."""

import email
from email import policy

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.utils.module_loading import import_string

from notifications.delivery import deliver
from notifications.models import Notification, NotificationTemplate
from plans.models import Storefront
from reselling.customer_users import invite_user
from reselling.customers import CustomerDetails, invite_customer
from tests import cast

pytestmark = pytest.mark.django_db
CANARY = "Zwergohreule"  # the distributor's name, and in all that it says of itself


@pytest.fixture
def kestrelwick():
    operator = cast.distributor(
        CANARY,
        sender_email="letters@mail.example",
        admin_email="maren@mail.example",
        support_email="help@zwergohreule.example",
        address=f"{CANARY}weg 1, Hamburg",
    )
    NotificationTemplate.objects.filter(operator=operator).update(
        subject=f"News of {CANARY}", body=f"# {CANARY}\n\nYour friends at {CANARY}."
    )
    reseller = cast.on_plan(cast.reseller(operator, "Kestrelwick"), "standard", alias="kestrelwick")
    Storefront.objects.filter(account=reseller).update(
        brand_colour="#6a35c9", support_email="hello@kestrelwick.example"
    )
    return reseller


def invited(reseller, name="Millbrook", *, address="grace@millbrook.example"):
    by = cast.buyer_of(reseller)
    return invite_customer(reseller, details=CustomerDetails(name=name), name="Grace W", email=address, by=by)


def sent(letter: Notification) -> str:
    """The letter as it arrives, every head and both of its parts."""
    mail.outbox.clear()
    deliver(letter.pk)
    [message] = mail.outbox
    arrived = email.message_from_bytes(message.message().as_bytes(), policy=policy.default)
    parts = [part.get_content() for part in arrived.walk() if part.get_content_maintype() == "text"]
    return "\n".join([*(f"{name}: {value}" for name, value in arrived.items()), *parts])


def letters() -> list[Notification]:
    return list(Notification.objects.exclude(account__kind="reseller").order_by("id"))


def test_no_letter_of_a_storefront_names_the_distributor(kestrelwick):
    customer = invited(kestrelwick)
    cast.user("known@elsewhere.example", "Known")
    invite_user(customer, name="K", email="known@elsewhere.example", role="viewer", by=cast.buyer_of(kestrelwick))
    Client().post("/kestrelwick/password/reset/", {"email": "known@elsewhere.example"})
    link = import_string(settings.NOTIFICATION_SECRET_LINKS["password_reset"])(letters()[-1])
    client = Client()
    path = client.get(link, follow=True).redirect_chain[-1][0]
    client.post(path, {"password1": "a new harbour wall", "password2": "a new harbour wall"})
    found = letters()
    assert [each.template_code for each in found] == [
        "portal_invitation", "portal_access", "password_reset", "password_changed",
    ]  # fmt: skip
    for letter in found:
        whole = sent(letter)
        assert CANARY.lower() not in whole.lower(), letter.template_code
        assert "Kestrelwick" in whole and "hello@kestrelwick.example" in whole
        assert letter.reply_to == "hello@kestrelwick.example"


def test_where_the_storefront_has_no_support_address_its_reseller_answers(kestrelwick):
    Storefront.objects.filter(account=kestrelwick).update(support_email="")
    invited(kestrelwick)
    [letter] = letters()
    assert letter.reply_to == cast.buyer_of(kestrelwick).email
    assert CANARY.lower() not in sent(letter).lower()


def test_the_link_leads_under_the_alias_and_is_not_kept(kestrelwick):
    invited(kestrelwick)
    [letter] = letters()
    whole = sent(letter)
    assert "http://testserver/kestrelwick/password/reset/key/" in whole
    assert "/kestrelwick/password/reset/key/" not in letter.text + letter.html


def test_who_can_sign_in_already_is_led_to_the_portal_and_the_screen_does_not_tell(kestrelwick):
    cast.user("known@elsewhere.example", "Known")
    customer = invited(kestrelwick, address="known@elsewhere.example")
    [letter] = letters()
    assert letter.template_code == "portal_access"
    assert "http://testserver/kestrelwick/portal/" in letter.text
    client = Client()
    client.force_login(cast.buyer_of(kestrelwick))
    stranger = invited(kestrelwick, "Oakfield", address="new@oakfield.example")
    pages = [client.get(f"/kestrelwick/admin/customers/{one.number}/").text for one in (customer, stranger)]
    assert ["Invited" in page and "Joined" not in page for page in pages] == [True, True]


def test_a_storefront_writes_to_its_own_people_alone(kestrelwick):
    harbor = cast.on_plan(cast.reseller(kestrelwick.operator, "Harbor IT"), "free", alias="harborit")
    neighbours = cast.buyer_of(cast.customer(harbor, "Oakfield"))
    said = [
        Client().post("/kestrelwick/password/reset/", {"email": who}, follow=True).request["PATH_INFO"]
        for who in (neighbours.email, "nobody@nowhere.example")
    ]
    assert said[0] == said[1]
    assert not Notification.objects.filter(template_code="password_reset").exists()
