"""The Customers room of the Storefront Admin Panel, as a reseller uses it."""

import csv

import pytest
from django.db import connection
from django.test import Client

from plans.models import Account, Activity, Contact, Subscription
from tests import cast
from tests.storefront.visits import form_of, signed_in, statements, words

pytestmark = pytest.mark.django_db
ROOM = "/alpinecloud/admin/customers/"


@pytest.fixture
def alpine():
    return cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")


@pytest.fixture
def owner(alpine) -> Client:
    return signed_in(cast.buyer_of(alpine))


def typed(**changes) -> dict[str, str]:
    return {"company": "Millbrook", "name": "Grace", "email": "grace@millbrook.example", "phone": ""} | changes


def test_an_empty_room_leads_to_the_first_invitation(owner):
    page = owner.get(ROOM)
    assert "No customers yet" in words(page)
    assert f'href="{ROOM}invite/"' in page.text
    answer = owner.post(f"{ROOM}invite/", typed(), follow=True)
    customer = Account.objects.get(kind="customer")
    assert answer.request["PATH_INFO"] == f"{ROOM}{customer.number}/"
    assert "Millbrook invited. The letter to grace@millbrook.example is on its way." in words(answer)
    assert "0 of 10" not in words(owner.get(ROOM)) and "1 of 10 customers are active" in words(owner.get(ROOM))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "no address"}, "Enter an email address"),
        ({"company": ""}, "Fill in this field."),
        ({"company": "x" * 121}, "Use at most 120 characters."),
        ({"name": "a\0b"}, "Use one line of text without control characters."),
    ],
)
def test_what_is_typed_wrongly_is_said_and_stays(owner, changes, said):
    answer = owner.post(f"{ROOM}invite/", typed(**changes))
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Account.objects.filter(kind="customer").exists()
    assert 'value="Grace"' in answer.text or "name" in changes


def test_a_full_plan_says_why_before_anything_is_typed(owner, alpine):
    held = Subscription.objects.active().for_plans().get(account=alpine)
    held.entitlements |= {"customers": 1}
    held.save()
    millbrook = cast.customer(alpine)
    for page in (owner.get(ROOM), owner.get(f"{ROOM}invite/")):
        assert "The limit of the Free plan is reached: 1 of 1 customers are active." in words(page)
        assert 'href="http://testserver/plans/"' in page.text and 'aria-disabled="true"' in page.text
    answer = owner.post(f"{ROOM}invite/", typed(company="Oakfield"))
    assert answer.status_code == 422 and 'value="Oakfield"' in answer.text
    assert list(Account.objects.filter(kind="customer")) == [millbrook]


def test_search_filter_and_pages_find_only_the_resellers_own(owner, alpine):
    harbor = cast.on_plan(cast.reseller(alpine.operator, "Harbor IT"), "free", alias="harborit")
    cast.customer(harbor, "Oakfield")
    mill = cast.customer(alpine, "Millbrook")
    Account.objects.filter(pk=cast.customer(alpine, "Milltown").pk).update(state="suspended")
    assert names(owner.get(ROOM)) == ["Milltown", "Millbrook"]
    assert (
        names(owner.get(f"{ROOM}?q=buyer@millb"))
        == names(owner.get(f"{ROOM}?q={mill.number.lower()}"))
        == ["Millbrook"]
    )
    assert names(owner.get(f"{ROOM}?state=suspended")) == ["Milltown"]
    assert names(owner.get(f"{ROOM}?state=nonsense&q=%00")) == ["Milltown", "Millbrook"]
    assert "No customers match “Oakfield”." in words(owner.get(f"{ROOM}?q=Oakfield"))
    theirs = Account.objects.get(name="Oakfield").number
    assert {owner.get(f"{ROOM}{theirs}/{part}").status_code for part in ("", "edit/", "suspend/", "users/invite/")} == {
        404
    }
    pk = Contact.objects.get(account__number=theirs).pk
    assert owner.get(f"{ROOM}{mill.number}/users/{pk}/").status_code == 404


def names(page) -> list[str]:
    return [customer.name for customer in page.context["page"].rows]


def test_the_file_holds_the_list_and_no_formula(owner, alpine):
    cast.customer(alpine, "=cmd|calc", email="a@b.example")
    Account.objects.filter(pk=cast.customer(alpine, "Milltown").pk).update(state="suspended")
    text = owner.get(f"{ROOM}export/").getvalue().decode("utf-8-sig")
    rows = list(csv.reader(text.splitlines()))
    assert [row[0] for row in rows] == ["Customer", "Milltown", "'=cmd|calc"]
    assert len(owner.get(f"{ROOM}export/?state=suspended").getvalue().decode().splitlines()) == 2


def test_the_list_and_a_record_cost_the_same_whatever_they_hold(owner, alpine):
    customer = cast.customer(alpine)
    owner.get(ROOM)  # the window is in the cache from here on
    costs = []
    for many in (2, 12):
        for number in range(many):
            cast.customer(alpine, f"C{many}-{number}", email=f"c{many}-{number}@x.example")
            cast.person(customer, f"p{many}-{number}@x.example", roles=("viewer", "buyer"))
        with statements() as listed:
            owner.get(ROOM)
        with statements() as shown:
            owner.get(f"{ROOM}{customer.number}/")
        costs.append((listed.many, shown.many))
    assert costs[0] == costs[1], costs


def test_an_index_leads_to_a_resellers_customers_newest_first(alpine):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")  # what a handful tempts to
    rows = Account.objects.customers_of(alpine).order_by("-pk")[:21]
    assert "account_by_parent" in rows.explain()


def test_a_customer_is_edited_and_the_second_of_two_is_told(owner, alpine):
    customer = cast.customer(alpine)
    address = f"{ROOM}{customer.number}/edit/"
    first, second = form_of(owner.get(address), address), form_of(owner.get(address), address)
    assert owner.post(address, first | {"name": "Mill & Brook"}).status_code == 302
    answer = owner.post(address, second | {"name": "Other", "city": "Leeds"})
    assert answer.status_code == 422
    assert "Jonas Brandt changed this customer at" in words(answer) and 'value="Leeds"' in answer.text
    assert Account.objects.get(pk=customer.pk).name == "Mill & Brook"
    assert "Mill & Brook changed: name: Millbrook to Mill & Brook." in words(owner.get(f"{ROOM}{customer.number}/"))


def test_a_customer_is_suspended_with_a_reason_and_comes_back(owner, alpine):
    customer = cast.customer(alpine)
    record = f"{ROOM}{customer.number}/"
    assert "Fill in this field." in words(owner.post(f"{record}suspend/", {"reason": ""}))
    page = owner.post(f"{record}suspend/", {"reason": "Has not paid"}, follow=True)
    assert "Nobody of Millbrook can sign in." in words(page) and "Has not paid" in words(page)
    assert f"{record}users/invite/" not in page.text
    page = owner.post(f"{record}reactivate/", follow=True)
    assert "Millbrook is active." in words(page)


def test_users_are_invited_again_changed_and_removed(owner, alpine):
    customer = cast.customer(alpine)
    record = f"{ROOM}{customer.number}/"
    owen = {"name": "Owen", "email": "owen@millbrook.example", "phone": "", "role": "viewer"}
    assert "Owen invited." in words(owner.post(f"{record}users/invite/", owen, follow=True))
    answer = owner.post(f"{record}users/invite/", owen)
    assert answer.status_code == 422 and "has a contact with this email already" in words(answer)
    contact = Contact.objects.get(email="owen@millbrook.example")
    page = owner.post(f"{record}users/{contact.pk}/resend/", follow=True)
    assert "The invitation to owen@millbrook.example is on its way." in words(page)
    address = f"{record}users/{contact.pk}/"
    sent = form_of(owner.get(address), address) | {"role": "buyer"}
    assert "Owen saved." in words(owner.post(address, sent, follow=True))
    assert owner.post(address, sent | {"name": "Late"}).status_code == 422
    last = customer.contacts.get(is_primary=True)
    refused = owner.post(f"{record}users/{last.pk}/remove/")
    assert refused.status_code == 422 and "is the only Admin of Millbrook" in words(refused)
    page = owner.post(f"{record}users/{contact.pk}/remove/", follow=True)
    assert "Owen can’t sign in any more." in words(page)
    assert Activity.objects.filter(account=customer, verb="contact.sign_in_removed").count() == 1
