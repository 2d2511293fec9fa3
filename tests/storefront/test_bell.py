"""The bell of the distributor's storefront and of each reseller's: one's own letters, each where it was written."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from notifications.models import Notification
from plans.models import Account, Activity, Subscription
from tests import cast
from tests.storefront.test_pages import letters
from tests.storefront.visits import signed_in, statements, words

pytestmark = pytest.mark.django_db


@pytest.fixture
def nordwind():
    return cast.distributor()


@pytest.fixture
def alpine(nordwind) -> Account:
    return cast.on_plan(cast.reseller(nordwind, "Alpine Cloud"), "free", alias="alpinecloud")


@pytest.fixture
def harbor(nordwind) -> Account:
    return cast.on_plan(cast.reseller(nordwind, "Harbor IT"), "free", alias="harborit")


def written_by(reseller: Account, count: int, *, to) -> None:
    """So many letters that the reseller's storefront wrote to somebody."""
    before = set(Notification.objects.values_list("pk", flat=True))
    letters(reseller, count, user=to)
    new = Notification.objects.exclude(pk__in=before)
    new.update(storefront=reseller.storefront)
    for letter in new:
        Notification.objects.filter(pk=letter.pk).update(key=f"{letter.key}:{letter.pk}", subject=f"Of {reseller.name}")


def unread(client: Client, path: str) -> int:
    return int(re.search(r'aria-label="Notifications, (\d+) unread"', client.get(path).text)[1])


def test_each_storefront_shows_what_it_wrote_and_nothing_else(alpine, harbor):
    """Whoever is a customer of two resellers, and of the distributor, has three bells."""
    person = cast.buyer_of(cast.customer(alpine, "Millbrook"))
    for account in (cast.customer(harbor, "Oakfield"), cast.reseller(alpine.operator, "Tech Solutions")):
        contact = account.contacts.get()
        contact.user = person
        contact.save()
    written_by(alpine, 2, to=person)
    written_by(harbor, 3, to=person)
    letters(alpine, 4, user=person)
    client = signed_in(person)
    homes = ("/alpinecloud/", "/harborit/", "/")
    assert [unread(client, home) for home in homes] == [2, 3, 4]
    pages = [words(client.get(f"{home}notifications/")) for home in homes]
    assert ["Of Alpine Cloud" in page for page in pages] == [True, False, False]
    assert ["Of Harbor IT" in page for page in pages] == [False, True, False]
    client.post("/harborit/notifications/")
    assert [unread(client, home) for home in homes] == [2, 0, 4]


def test_one_is_read_and_the_others_are_not(alpine):
    person = cast.buyer_of(cast.customer(alpine))
    written_by(alpine, 25, to=person)
    client = signed_in(person)
    oldest = Notification.objects.filter(recipient_user=person).earliest("pk")
    second = re.search(r'href="\?after=(\d+)">Next page', client.get("/alpinecloud/notifications/").text)[1]
    page = client.get(f"/alpinecloud/notifications/?after={second}").text
    assert f'action="/alpinecloud/notifications/{oldest.pk}/"' in page
    assert f'name="after" value="{second}"' in page
    answer = client.post(f"/alpinecloud/notifications/{oldest.pk}/", {"after": second})
    assert answer["Location"] == f"/alpinecloud/notifications/?after={second}"
    assert unread(client, "/alpinecloud/portal/") == 24
    astray = client.post(f"/alpinecloud/notifications/{oldest.pk}/", {"after": "//evil.test"})
    assert astray["Location"] == "/alpinecloud/notifications/"


def test_nobody_marks_anothers(alpine, harbor):
    person = cast.buyer_of(cast.customer(alpine))
    written_by(alpine, 1, to=person)
    letter = Notification.objects.get(recipient_user=person)
    for client, path in (
        (signed_in(cast.buyer_of(alpine)), "/alpinecloud/"),
        (signed_in(cast.buyer_of(harbor)), "/harborit/"),
        (signed_in(cast.buyer_of(harbor)), "/"),
    ):
        assert client.post(f"{path}notifications/{letter.pk}/").status_code == 404
        client.post(f"{path}notifications/")
    assert "/login/" in Client().post(f"/alpinecloud/notifications/{letter.pk}/")["Location"]
    letter.refresh_from_db()
    assert letter.read_at is None


def test_a_letter_leads_to_what_it_is_about(alpine):
    owner = signed_in(cast.buyer_of(alpine))
    held = Subscription.objects.get(account=alpine)
    letters(alpine, 1)
    Notification.objects.filter(subject="Letter 0").update(subscription=held)
    page = owner.get("/notifications/").text
    assert f'href="/subscriptions/{held.number}/">Subscription {held.number}</a>' in page
    assert f'href="/orders/{held.order_item.order.number}/">Order' in page  # the welcome letter's


def test_a_customers_letter_leads_to_its_subscription_and_to_nobody_elses(alpine):
    account = cast.customer(alpine)
    held = Subscription.objects.get(account=alpine)
    written_by(alpine, 1, to=cast.buyer_of(account))
    letter = Notification.objects.filter(recipient_user=cast.buyer_of(account))
    letter.update(subscription=held)
    client = signed_in(cast.buyer_of(account))
    assert held.number not in client.get("/alpinecloud/notifications/").text
    Subscription.objects.filter(pk=held.pk).update(account=account)
    link = f'href="/alpinecloud/portal/subscriptions/{held.number}/">Subscription {held.number}</a>'
    assert link in client.get("/alpinecloud/notifications/").text


def test_what_a_storefront_writes_hangs_on_its_bell(alpine):
    person = cast.buyer_of(cast.customer(alpine))
    cache.clear()
    Client().post("/alpinecloud/password/reset/", {"email": person.email})
    assert unread(signed_in(person), "/alpinecloud/notifications/") == 1


@pytest.mark.parametrize("count", [1, 20, 50])
def test_the_bell_asks_the_same_whatever_there_is(alpine, count):
    person = cast.buyer_of(cast.customer(alpine))
    written_by(alpine, count, to=person)
    client = signed_in(person)
    client.get("/alpinecloud/notifications/")
    with statements() as counted:
        client.get("/alpinecloud/notifications/")
    assert counted.many == 3, counted.text


@pytest.mark.parametrize("home", ["/", "/alpinecloud/"])
def test_a_person_chooses_the_language_of_letters_to_them(alpine, home):
    person = cast.buyer_of(alpine if home == "/" else cast.customer(alpine))
    client, contact = signed_in(person), person.contacts.get()
    page = client.get(f"{home}notifications/")
    assert '<option value="" selected>As the company’s</option>' in page.text
    answer = client.post(f"{home}notifications/language/", {"language": "de"}, follow=True)
    assert "Language saved." in answer.text and '<option value="de" selected>German</option>' in answer.text
    assert Activity.objects.filter(verb="contact.changed", text__endswith="gets letters in German.").count() == 1
    client.post(f"{home}password/reset/", {"email": person.email})
    letter = Notification.objects.filter(recipient_user=person).latest("pk")
    assert (letter.template_code, letter.language) == ("password_reset", "de")
    answer = client.post(f"{home}notifications/language/", {"language": "tlh"})
    assert f'name="next" value="{home}notifications/"' in answer.text  # the address of the form is no page
    assert (answer.status_code, "Choose a language of the list." in answer.text) == (422, True)
    contact.refresh_from_db()
    assert contact.language == "de"
    assert "Nothing was changed." in client.post(f"{home}notifications/language/", {"language": "de"}, follow=True).text
