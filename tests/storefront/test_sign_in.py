"""Signing in, out, and choosing a password: at each storefront's root, by our words and our letters."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils.module_loading import import_string

from notifications.models import Notification
from plans.models import Storefront
from tests import cast

pytestmark = pytest.mark.django_db
WRONG = "The email address or the password is not correct."
FOREIGN = [
    "https://evil.test/", "//evil.test/", "///evil.test/", "/\\evil.test/", "\\\\evil.test/", "https:evil.test",
    "javascript:alert(1)", "http://testserver.evil.test/", "http://testserver@evil.test/",
    " //evil.test", "\t//evil.test",
]  # fmt: skip


@pytest.fixture
def alpine():
    return cast.on_plan(cast.reseller(cast.distributor(), "Alpine Cloud"), "free", alias="alpinecloud")


def sign_in(email: str, password: str = cast.PASSWORD, *, at: str = "/login/", client: Client | None = None, **fields):
    return (client or Client()).post(at, {"login": email, "password": password, **fields})


def email_of(account) -> str:
    return cast.buyer_of(account).email


def test_the_same_credentials_open_both_storefronts(alpine):
    client = Client()
    assert sign_in(email_of(alpine), client=client).headers["Location"] == "/"
    assert "Alpine Cloud · Free" in client.get("/").text
    assert client.get("/alpinecloud/admin/").status_code == 200
    assert sign_in(email_of(alpine).upper(), at="/alpinecloud/login/").headers["Location"] == "/alpinecloud/admin/"
    millbrook = cast.customer(alpine, "Millbrook")
    assert sign_in(email_of(millbrook), at="/alpinecloud/login/").headers["Location"] == "/alpinecloud/portal/"


def test_wrong_password_and_unknown_address_are_told_the_same(alpine):
    for email, password in ((email_of(alpine), "wrong"), ("nobody@nowhere.example", cast.PASSWORD)):
        response = sign_in(email, password)
        assert response.status_code == 200
        assert WRONG in response.text
        assert f'value="{email}"' in response.text  # what was typed stays, the password does not
        assert password not in response.text


def test_what_is_missing_is_said_at_its_field(alpine):
    text = sign_in("", "").text
    for name in ("login", "password"):
        field = re.search(rf'<input [^>]*id="{name}"[^>]*>', text)[0]
        assert 'aria-invalid="true"' in field
        assert f'aria-describedby="{name}-message"' in field.replace('describedby=" ', 'describedby="')
        assert f'id="{name}-message"' in text


def test_five_failures_close_the_door_for_this_address_alone(alpine):
    other = cast.reseller(alpine.operator, "Harbor IT")
    for _ in range(5):
        assert WRONG in sign_in(email_of(alpine), "wrong").text
    assert "Too many attempts. Try again in 15 minutes" in sign_in(email_of(alpine)).text
    assert sign_in(email_of(other)).status_code == 302


def test_without_the_cache_nobody_signs_in_and_everybody_is_told_when(alpine, settings):
    settings.CACHES = {"default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}}
    response = sign_in(email_of(alpine))
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert "Not available right now" in response.text
    assert Client().get("/plans/").status_code == 200


@pytest.mark.parametrize("target", FOREIGN)
def test_next_stays_on_this_host(alpine, target):
    for response in (
        sign_in(email_of(alpine), next=target),
        Client().post("/theme/", {"next": target, "theme": "dark"}),
    ):
        assert response.headers["Location"] in ("/",) or response.headers["Location"].startswith("/%"), target


def test_next_leads_back_to_where_one_wanted_to_go(alpine):
    assert sign_in(email_of(alpine), next="/alpinecloud/admin/").headers["Location"] == "/alpinecloud/admin/"


def test_who_is_unknown_here_is_not_sent_in_circles(alpine):
    client = Client()
    client.force_login(cast.buyer_of(cast.customer(alpine, "Millbrook")))
    assert client.get("/orders/").headers["Location"] == "/login/?next=/orders/"
    page = client.get("/login/?next=/orders/")
    assert page.status_code == 200
    assert "You are signed in as buyer@millbrook.example, who has no access to Nordwind." in page.text
    assert client.get("/alpinecloud/portal/").status_code == 200


def test_the_session_changes_with_signing_in_and_dies_with_signing_out(alpine, settings):
    client = Client()
    sign_in(email_of(alpine), client=client)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert client.get("/logout/").status_code == 200  # asking is no signing out
    assert client.post("/logout/").headers["Location"] == "/"
    assert not Session.objects.filter(session_key=key).exists()
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = key
    assert stolen.get("/orders/").headers["Location"].startswith("/login/")


def test_reset_says_the_same_and_writes_one_letter(alpine):
    texts = []
    for email in (email_of(alpine), "nobody@nowhere.example"):
        response = Client().post("/password/reset/", {"email": email}, follow=True)
        texts.append(re.sub(r'(value|nonce)="[^"]*"', "", response.text))
    assert texts[0] == texts[1]
    assert "Check your email" in texts[0]
    letters = list(Notification.objects.filter(template_code="password_reset"))
    assert [letter.recipient_email for letter in letters] == [email_of(alpine)]


def test_the_letter_of_a_reseller_carries_its_name_and_its_address(alpine):
    Storefront.objects.filter(account=alpine).update(brand_colour="#6a35c9", support_email="hello@alpine.example")
    buyer = cast.buyer_of(cast.customer(alpine, "Millbrook"))
    cache.clear()
    Client().post("/alpinecloud/password/reset/", {"email": buyer.email})
    letter = Notification.objects.get(template_code="password_reset")
    assert letter.from_name == "Alpine Cloud"
    assert "Alpine Cloud" in letter.text
    assert "#6a35c9" in letter.html
    assert "hello@alpine.example" in letter.text
    assert "Nordwind" not in letter.text + letter.html + letter.subject
    link = link_of(letter)
    assert link.startswith("http://testserver/alpinecloud/password/reset/key/")
    assert link not in letter.text + letter.html


def test_nobody_hears_of_a_user_from_an_operator_who_does_not_know_them(alpine):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    Client(headers={"host": "sudlicht.test"}).post("/password/reset/", {"email": email_of(alpine)})
    assert not Notification.objects.filter(operator=sudlicht, template_code="password_reset").exists()


def test_the_link_chooses_a_password_once_and_says_so_in_a_letter(alpine):
    client, email = Client(), email_of(alpine)
    client.post("/alpinecloud/password/reset/", {"email": email})
    link = link_of(Notification.objects.get(template_code="password_reset"))
    form = client.get(link, follow=True)
    assert "Choose your password" in form.text
    assert link.rsplit("/", 2)[1] not in form.request["PATH_INFO"]  # the key does not stay in the address
    path = form.redirect_chain[-1][0]
    refused = client.post(path, {"password1": "short", "password2": "short"})
    assert 'aria-invalid="true"' in refused.text
    done = client.post(path, {"password1": "a new harbour wall", "password2": "a new harbour wall"}, follow=True)
    assert "Your password is saved" in done.text
    assert sign_in(email).status_code == 200
    assert sign_in(email, "a new harbour wall").status_code == 302
    assert Notification.objects.filter(template_code="password_changed", recipient_email=email).count() == 1
    assert "This link does not work any more" in Client().get(link, follow=True).text


def test_an_invited_contact_chooses_the_first_password(alpine):
    from plans.inviting import invite_contact

    contact = cast.person(alpine, "new@alpinecloud.example", roles=("viewer",))
    contact.user.set_unusable_password()
    contact.user.save()
    [letter] = invite_contact(contact)
    client = Client()
    path = client.get(link_of(letter), follow=True).redirect_chain[-1][0]
    client.post(path, {"password1": "a new harbour wall", "password2": "a new harbour wall"})
    assert sign_in(contact.email, "a new harbour wall").status_code == 302


def test_an_invited_administrator_is_led_to_the_back_office(alpine):
    from plans.inviting import invite_staff

    [letter] = invite_staff(cast.staff(alpine.operator))
    assert link_of(letter).startswith("http://localhost/bss/password/reset/key/")


def link_of(letter: Notification) -> str:
    from django.conf import settings

    return import_string(settings.NOTIFICATION_SECRET_LINKS[letter.secret_kind])(letter)
