"""In which language somebody is written to, from the wish of a person to a letter that was sent."""

import re
from decimal import Decimal
from pathlib import Path

import pytest
from django.core import mail
from django.test import Client

from notifications.models import Notification
from plans import refusals
from plans.letters import order_failed, order_received, renewal_notice
from plans.models import Account, Contact, Operator, Storefront, Subscription, User
from plans.money import in_languages
from plans.previewing import preview_order
from plans.reading import language_of
from plans.refusals import GERMAN, SENTENCES, Refused
from tests import cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def tech():
    return cast.reseller(cast.distributor())


def wish(model, language: str, **which) -> None:
    model.objects.filter(**which).update(language=language)


def test_the_nearest_wish_counts(tech):
    contact = tech.contacts.select_related("user").get()

    def read() -> str:
        contact.refresh_from_db()
        account = Account.objects.select_related("operator").get(pk=tech.pk)
        return language_of(contact, account=account, operator=account.operator)

    wish(Account, "", pk=tech.pk)
    assert read() == "en"
    wish(Operator, "de", pk=tech.operator_id)
    assert read() == "de"
    wish(Account, "en", pk=tech.pk)
    assert read() == "en"
    wish(User, "de", pk=contact.user_id)
    assert read() == "de"
    wish(Contact, "en", pk=contact.pk)
    assert read() == "en"
    wish(Contact, "tlh", pk=contact.pk)
    assert read() == "de"


def test_an_end_customer_reads_what_its_storefront_speaks():
    reseller = cast.on_plan(cast.reseller(cast.distributor(), "Kestrelwick"), "standard", alias="kestrelwick")
    customer = cast.customer(reseller)
    wish(Account, "", pk=customer.pk)
    wish(Storefront, "de", account=reseller)
    customer.refresh_from_db()
    assert language_of(customer.contacts.get(), account=customer, operator=customer.operator) == "de"
    Client().post("/kestrelwick/password/reset/", {"email": customer.contacts.get().email})
    letter = Notification.objects.order_by("-pk").first()
    assert (letter.template_code, letter.language) == ("password_reset", "de")
    assert "Gültigkeit des Links: 1 Stunde." in letter.text and "Kestrelwick" in letter.subject + letter.text
    assert not mail.outbox


def test_what_a_preview_says_is_the_language_of_the_letter(tech):
    wish(Contact, "de", account=tech)
    shown = preview_order(
        tech, wanted=[cast.Wanted(cast.plan_product(tech.operator, "standard"))], alias="techsolutions", channel="bss"
    )
    assert [(each.template, each.language_name) for each in shown.letters] == [("welcome_standard", "German")]
    cast.on_plan(tech, "standard", alias="techsolutions")
    letter = Notification.objects.get(template_code="welcome_standard")
    assert letter.language == "de" and "Guten Tag Jonas Brandt," in letter.text


def test_money_and_days_are_written_as_the_reader_writes_them(tech):
    assert in_languages(Decimal("-1490.5"), "EUR") == {"en": "-€1,490.50", "de": "-1.490,50 €"}
    assert in_languages(Decimal(22000), "JPY") == {"en": "JPY 22,000", "de": "22.000 JPY"}
    wish(Contact, "de", account=tech)
    cast.on_plan(tech, "standard", alias="techsolutions")
    held = Subscription.objects.select_related("order_item").get(account=tech)
    letter = renewal_notice(held, account=tech, gross=Decimal("1773.1"))
    assert letter.fields["renewal_amount"]["de"] == "1.773,10 €"
    assert letter.to[0].language == "de"
    assert (
        order_received(held.order_item.order, account=tech)[0]
        .fields["order_date"]["de"]
        .startswith(f"{held.order_item.order.placed_at.day}. ")
    )


def test_why_an_order_failed_is_said_in_the_readers_language(tech):
    cast.on_plan(tech, "standard", alias="techsolutions")
    order = Subscription.objects.get(account=tech).order_item.order
    refusal = Refused("alias_taken", alias="techsolutions")
    for letter in order_failed(order, account=tech, reason=refusal.in_languages()):
        assert letter.fields["failure_reason"]["de"].startswith("Der Alias techsolutions ist bereits")
        assert letter.fields["failure_reason"]["en"] == refusal.sentence


def test_the_german_refusals_take_the_same_values():
    for code, sentence in GERMAN.items():
        values = {name: name.upper() for name in ("alias", "account", "plan", "from_plan", "order", "product")}
        assert SENTENCES[code], code
        sentence.format(**values, currency="EUR", attempts=5, day="")


def test_whatever_can_fail_an_order_can_be_said_in_german():
    rules = ("upgrade_paths", "aliases", "previewing", "previewing_down", "execution", "upgrading", "placing", "moves")
    folder = Path(refusals.__file__).parent
    codes = {
        code for rule in rules for code in re.findall(r'Refused\(\s*"([a-z_]+)"', (folder / f"{rule}.py").read_text())
    }
    assert len(codes) > 15
    assert codes - set(GERMAN) == set()
