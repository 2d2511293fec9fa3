"""An end customer at its reseller's storefront: invited, signed in, in its portal, and nobody anywhere else."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils.module_loading import import_string

from notifications.models import Notification
from plans.models import Account, Contact, Storefront, User
from reselling.customers import CustomerDetails, invite_customer, suspend_customer
from tests import cast
from tests.storefront.visits import form_of, signed_in, statements, words

pytestmark = pytest.mark.django_db
CHOSEN = "a new harbour wall"
PORTAL = "/alpinecloud/portal/"


@pytest.fixture
def alpine():
    return cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")


@pytest.fixture
def harbor(alpine):
    return cast.on_plan(cast.reseller(alpine.operator, "Harbor IT"), "free", alias="harborit")


@pytest.fixture
def millbrook(alpine) -> Account:
    return cast.customer(alpine)


@pytest.fixture
def grace(millbrook) -> Client:
    return signed_in(cast.buyer_of(millbrook))


def link_of(letter: Notification) -> str:
    return import_string(settings.NOTIFICATION_SECRET_LINKS[letter.secret_kind])(letter)


def test_from_the_letter_to_the_portal(alpine):
    by = cast.buyer_of(alpine)
    invite_customer(
        alpine, details=CustomerDetails(name="Millbrook"), name="Grace", email="grace@millbrook.example", by=by
    )
    contact = Contact.objects.get(email="grace@millbrook.example")
    client = Client()
    form = client.get(link_of(Notification.objects.get(template_code="portal_invitation")), follow=True)
    path = form.redirect_chain[-1][0]
    assert path.startswith("/alpinecloud/password/reset/key/") and "Alpine Cloud" in words(form)
    saved = client.post(path, {"password1": CHOSEN, "password2": CHOSEN}, follow=True)
    assert "Your password is saved" in words(saved) and 'href="/alpinecloud/login/"' in saved.text
    assert contact.joined_at is None
    answer = client.post("/alpinecloud/login/", {"login": contact.email, "password": CHOSEN}, follow=True)
    assert answer.request["PATH_INFO"] == PORTAL
    assert "Millbrook · signed in as Grace" in words(answer) and "Nordwind" not in answer.text.replace(
        "Powered by Nordwind", ""
    )
    contact.refresh_from_db()
    assert contact.joined_at is not None
    told = words(signed_in(by).get(f"/alpinecloud/admin/customers/{contact.account.number}/"))
    assert "Grace signed in for the first time." in told and "Joined" in told
    client.post("/alpinecloud/logout/")
    assert client.get(PORTAL).headers["Location"].startswith("/alpinecloud/login/")


def test_a_customer_of_one_reseller_is_nobody_at_another(alpine, harbor, millbrook, grace):
    assert grace.get(PORTAL).status_code == 200
    for path in ("/harborit/portal/", "/harborit/portal/users/", "/harborit/admin/", "/orders/", "/basket/"):
        assert "login/" in grace.get(path).headers["Location"]
    for path in ("/harborit/", "/harborit/products/", "/harborit/login/", "/harborit/nothing/"):
        page = grace.get(path)
        assert "Millbrook" not in page.text and "Grace" not in page.text
        assert "Alpine" not in page.text
    text = words(grace.get("/harborit/login/"))
    assert "You are signed in as buyer@millbrook.example, who has no access to Harbor IT." in text


def test_one_person_may_be_a_customer_of_two_resellers(harbor, millbrook, grace):
    cast.customer(harbor, "Oakfield", email="buyer@millbrook.example")
    assert "Millbrook · signed in as" in words(grace.get(PORTAL))
    page = grace.get("/harborit/portal/")
    assert "Oakfield · signed in as" in words(page) and "Millbrook" not in page.text.replace("@millbrook", "")


def test_a_suspended_customer_is_out_at_the_next_click_and_is_told_why(alpine, millbrook, grace):
    Storefront.objects.filter(account=alpine).update(support_email="hello@alpine.example")
    assert grace.get(f"{PORTAL}profile/").status_code == 200
    suspend_customer(millbrook, reason="Has not paid", by=cast.buyer_of(alpine))
    answer = grace.get(f"{PORTAL}profile/", follow=True)
    text = words(answer)
    assert answer.request["PATH_INFO"] == "/alpinecloud/login/"
    assert "The access of Millbrook to Alpine Cloud is suspended" in text and "hello@alpine.example" in text
    assert "Has not paid" not in text
    assert "login/" in grace.post(f"{PORTAL}profile/", {"name": "X", "version": "1"}).headers["Location"]
    assert Contact.objects.get(account=millbrook).name == "Jonas Brandt"
    Account.objects.filter(pk=millbrook.pk).update(state="active")
    assert grace.get(PORTAL).status_code == 200


def test_the_other_company_of_a_suspended_customers_person_stays_open(alpine, millbrook, grace):
    second = cast.customer(alpine, "Oakfield", email="buyer@millbrook.example")
    suspend_customer(millbrook, reason="Left", by=cast.buyer_of(alpine))
    assert f"{second.name} · signed in as" in words(grace.get(PORTAL))


def test_subscriptions_are_shown_without_a_price_and_only_ones_own(alpine, harbor, millbrook, grace):
    held = cast.subscribed(millbrook, cast.product(alpine.operator, amount="12.34", unit="user"))
    theirs = cast.subscribed(cast.customer(harbor, "Oakfield"), cast.product(alpine.operator, "File Share"))
    for path in ("", "subscriptions/", f"subscriptions/{held.number}/"):
        page = grace.get(PORTAL + path)
        assert "Workplace Suite" in words(page) and held.number in words(page)
        assert "12.34" not in page.text and "File Share" not in page.text
    assert grace.get(f"{PORTAL}subscriptions/{theirs.number}/").status_code == 404


def test_a_profile_is_edited_and_an_old_page_overwrites_nothing(grace, millbrook):
    address = f"{PORTAL}profile/"
    first, second = form_of(grace.get(address), address), form_of(grace.get(address), address)
    assert "Profile saved." in words(grace.post(address, first | {"name": "Grace W"}, follow=True))
    late = grace.post(address, second | {"name": "Other", "phone": "123"})
    assert late.status_code == 422 and "changed this user at" in words(late) and 'value="123"' in late.text
    assert Contact.objects.get(account=millbrook).name == "Grace W"
    assert "Fill in this field." in words(grace.post(address, second | {"name": ""}))
    assert User.objects.get(email="buyer@millbrook.example").name == "Jonas Brandt"


def test_an_admin_looks_after_the_companys_users(grace, millbrook, harbor):
    owen = {"name": "Owen", "email": "owen@millbrook.example", "phone": "", "role": "viewer"}
    assert "Owen invited." in words(grace.post(f"{PORTAL}users/invite/", owen, follow=True))
    contact = Contact.objects.get(email="owen@millbrook.example")
    assert contact.account == millbrook
    assert "is on its way" in words(grace.post(f"{PORTAL}users/{contact.pk}/resend/", follow=True))
    address = f"{PORTAL}users/{contact.pk}/"
    assert "Owen saved." in words(
        grace.post(address, form_of(grace.get(address), address) | {"role": "buyer"}, follow=True)
    )
    assert grace.post(f"{PORTAL}users/invite/", owen | {"role": "storefront_manager"}).status_code == 422
    own = millbrook.contacts.get(is_primary=True)
    assert "is the only Admin of Millbrook" in words(grace.post(f"{PORTAL}users/{own.pk}/remove/"))
    viewer = signed_in(contact.user)
    assert viewer.get(f"{PORTAL}users/").status_code == 200
    assert "Invite a user" not in words(viewer.get(f"{PORTAL}users/"))
    assert viewer.post(f"{PORTAL}users/{own.pk}/remove/").status_code == 403
    assert "can’t sign in any more" in words(grace.post(f"{PORTAL}users/{contact.pk}/remove/", follow=True))
    assert viewer.get(PORTAL).status_code == 302
    stranger = cast.customer(harbor, "Oakfield").contacts.get()
    for path in ("", "resend/", "remove/"):
        assert grace.post(f"{PORTAL}users/{stranger.pk}/{path}").status_code == 404


def test_the_portal_costs_the_same_whatever_it_holds(grace, millbrook, alpine):
    grace.get(PORTAL)
    costs = []
    for many in (1, 4):
        for number in range(many):
            cast.subscribed(millbrook, cast.product(alpine.operator, f"P{many}-{number}"))
            cast.person(millbrook, f"p{many}-{number}@millbrook.example", roles=("viewer", "buyer"))
        asked = []
        for path in ("", "subscriptions/", "users/"):
            with statements() as counted:
                grace.get(PORTAL + path)
            asked.append(counted.many)
        costs.append(asked)
    assert costs[0] == costs[1], costs


def test_a_parked_storefront_keeps_the_portal_to_read(grace, millbrook, alpine):
    from django.core.cache import cache
    from django.utils import timezone

    Storefront.objects.filter(account=alpine).update(state="parked", parked_at=timezone.now())
    cache.clear()
    for path in ("", "subscriptions/", "users/"):
        page = grace.get(PORTAL + path)
        assert page.status_code == 200
        assert not re.search(r'href="[^"]*(profile|invite|products)/', page.text)
    assert grace.get(f"{PORTAL}profile/").status_code == 410


# --- Canaries: what belongs to one storefront, in every place where another one could show it ---
CANARIES = ("Zwergotter", "Quastenflosser", "Wiedehopf")  # a customer's name, its person, its street


@pytest.fixture
def canaries(alpine) -> Account:
    name, person, street = CANARIES
    customer = cast.customer(alpine, name, email=f"buyer@{person.lower()}.example")
    Account.objects.filter(pk=customer.pk).update(street=street, suspended_reason=street)
    customer.contacts.update(name=person)
    cast.subscribed(customer, cast.product(alpine.operator, f"{name} Suite", amount="4321.99"))
    alpine.operator.products.ordinary().update(is_sold=False)  # a product is everybody's to see while it is sold
    Account.objects.filter(pk=customer.pk).update(street=street)
    return customer


def test_nobodys_customers_prices_or_names_show_in_another_storefront(canaries, harbor):
    oakfield = cast.customer(harbor, "Oakfield")
    theirs = f"/harborit/admin/customers/{canaries.number}/"
    admin = ("", "customers/", "customers/?q=Zwerg", "customers/export/", "customers/invite/", "activity/", "texts/")
    people = {
        None: ("", "products/", "login/", "nothing/", "contact/"),
        cast.buyer_of(oakfield): ("portal/", "portal/subscriptions/", "portal/users/", "portal/profile/", "nothing/"),
        cast.buyer_of(harbor): ("portal/", *(f"admin/{path}" for path in admin)),
    }
    for user, paths in people.items():
        client = signed_in(user) if user else Client()
        for path in paths:
            page = client.get(f"/harborit/{path}")
            text = (page.getvalue() if page.streaming else page.content).decode()
            for canary in (*CANARIES, canaries.number, "4321", "4,321"):
                assert canary.lower() not in text.lower().replace("q=zwerg", "").replace('value="zwerg"', ""), path
    assert signed_in(cast.buyer_of(harbor)).get(theirs).status_code == 404
    assert "Zwergotter" in signed_in(cast.buyer_of(canaries.parent)).get("/alpinecloud/admin/customers/").text
    letters = Notification.objects.filter(account__in=(oakfield, harbor))
    assert not any(canary in letter.text + letter.html for letter in letters for canary in CANARIES)
