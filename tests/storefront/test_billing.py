"""The billing address: who may order may enter it, and the checkout leads there when it is missing."""

import pytest
from django.conf import settings
from django.test import Client

from plans.models import Account, Activity
from tests import cast

pytestmark = pytest.mark.django_db
GOOD = {"street": "Kaiweg 14", "postal_code": "23552", "city": "Lübeck", "country": "DE", "billing_email": ""}


@pytest.fixture
def account():
    return cast.reseller(cast.distributor(), street="", city="", country="", postal_code="")


@pytest.fixture
def client(account):
    client = Client()
    client.force_login(cast.buyer_of(account), backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_the_checkout_leads_to_the_missing_address_and_back(account, client):
    cast.basket(account, cast.plan_product(account.operator, "free"))
    shown = client.get("/checkout/").content.decode()
    assert "The billing address is incomplete." in shown
    assert '<a href="/billing/">Enter the billing address</a>' in shown
    saved = client.post("/billing/", GOOD, follow=True)
    assert saved.redirect_chain == [("/checkout/", 302)]
    assert "The billing address is incomplete." not in saved.content.decode()
    account.refresh_from_db()
    assert account.billing_address() == "Kaiweg 14, 23552 Lübeck, Germany"
    assert Activity.objects.get(verb="account.billing_changed").actor == cast.buyer_of(account)


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("street", "", "Enter the street and number."),
        ("street", "x" * 161, "Use at most 160 characters."),
        ("street", "a\x00b", "Use one line of text without control characters."),
        ("street", "a\u202eb", "Use one line of text without control characters."),
        ("city", "  ", "Enter the city."),
        ("postal_code", "9" * 21, "Use at most 20 characters."),
        ("country", "XX", "Choose a country."),
        ("country", "", "Choose a country."),
        ("billing_email", "nobody", "Enter an email address, as in bills@firm.com."),
    ],
)
def test_a_bad_field_says_so_keeps_the_rest_and_writes_nothing(account, client, field, typed, said):
    answer = client.post("/billing/", GOOD | {field: typed})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'aria-describedby="{field}-message"' in page
    assert said in page
    kept = "city" if field != "city" else "street"
    assert f'value="{GOOD[kept]}"' in page
    assert Account.objects.get(pk=account.pk).street == ""
    assert not Activity.objects.filter(verb="account.billing_changed").exists()
