"""Administrators sign in with a second factor: the whole way, with real codes, and the ways around it."""

import re
import time
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings as django_settings
from django.core.management import CommandError, call_command
from django.test import Client

from plans.models import Activity, StaffMembership, User
from tests import cast

HOST = {"host": "bss.disti.test"}
SET_UP, CODES, STEP, AGAIN = (
    "/bss/two-factor/set-up/", "/bss/two-factor/codes/", "/bss/login/code/", "/bss/two-factor/code-again/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def required(settings):
    settings.BSS_HOST = "bss.disti.test"
    settings.STAFF_TWO_FACTOR_REQUIRED = True


@pytest.fixture
def maren(nordwind) -> User:
    user = User.objects.get(email="maren.holt@nordwind.example")
    user.set_password(cast.PASSWORD)
    user.save()
    return user


def sign_in(user: User, *, host: str = "bss.disti.test", at: str = "/bss/login/") -> Client:
    client = Client(headers={"host": host})
    answer = client.post(at, {"login": user.email, "password": cast.PASSWORD})
    assert answer.status_code == 302, answer.content.decode()
    return client


def code_for(secret: str, *, later: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + later))


def secret_on(page) -> str:
    return re.search(r'id="secret">([A-Z2-7 ]+)<', page.content.decode())[1].replace(" ", "")


def set_up(client: Client) -> str:
    """Follows where the dashboard leads, enters the code, and gives back the secret."""
    page = client.get("/bss/", follow=True)
    assert page.redirect_chain[-1][0].startswith(SET_UP)
    secret = secret_on(page)
    assert client.post(SET_UP, {"code": code_for(secret)})["Location"] == CODES
    return secret


def recovery_codes(client: Client) -> list[str]:
    return re.findall(r"<li>(\w{8})</li>", client.get(CODES).content.decode())


def test_an_administrator_sets_it_up_before_anything_else_and_signs_in_with_it_then(maren):
    first = sign_in(maren)
    assert first.post("/bss/setup/staff/invite/", {})["Location"].startswith("/bss/two-factor/")
    secret = set_up(first)
    assert first.get("/bss/").status_code == 200
    assert Activity.objects.get(verb="staff.two_factor").text == f"{maren.email} set up two-factor sign-in."
    second = sign_in(maren)
    assert second.get("/bss/")["Location"].startswith("/bss/login/")  # nobody is signed in yet
    answer = second.post(STEP, {"code": "000000" if code_for(secret) != "000000" else "111111"})
    assert answer.status_code == 422 and "This code is not correct." in answer.content.decode()
    assert second.post(STEP, {"code": code_for(secret)}).status_code == 302
    assert second.get("/bss/").status_code == 200


def test_a_code_works_once(maren):
    secret = set_up(sign_in(maren))
    code = code_for(secret)
    assert sign_in(maren).post(STEP, {"code": code}).status_code == 302
    assert sign_in(maren).post(STEP, {"code": code}).status_code == 422


def test_a_recovery_code_signs_in_once(maren):
    client = sign_in(maren)
    set_up(client)
    codes = recovery_codes(client)
    assert len(codes) == 10
    assert sign_in(maren).post(STEP, {"code": codes[0]}).status_code == 302
    assert sign_in(maren).post(STEP, {"code": codes[0]}).status_code == 422
    assert codes[0] not in recovery_codes(client)


def test_a_wrong_code_switches_nothing_on(maren):
    client = sign_in(maren)
    secret = secret_on(client.get("/bss/", follow=True))
    answer = client.post(SET_UP, {"code": code_for(secret, later=40)})
    assert answer.status_code == 422
    assert secret_on(answer) == secret  # the picture that was scanned still holds
    assert not Authenticator.objects.exists()
    assert client.get("/bss/").status_code == 302


def test_a_session_from_before_does_not_pass_because_somebody_else_set_it_up(maren):
    thief = sign_in(maren)
    assert thief.get("/bss/").status_code == 302
    secret = set_up(sign_in(maren))
    page = thief.get("/bss/", follow=True)
    assert page.redirect_chain[-1][0].startswith(AGAIN)
    assert thief.post(AGAIN, {"code": "999", "next": "/bss/"}).status_code == 422
    assert thief.get("/bss/orders/").status_code == 302
    assert thief.post(AGAIN, {"code": code_for(secret), "next": "/bss/orders/"})["Location"] == "/bss/orders/"
    assert thief.get("/bss/orders/").status_code == 200


def test_the_api_is_closed_to_such_a_session_too(maren):
    client = sign_in(maren)
    answer = client.get("/api/v1/accounts/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_missing")
    set_up(client)
    assert client.get("/api/v1/accounts/").status_code == 200


def test_after_proving_oneself_nobody_is_led_elsewhere(maren):
    secret = set_up(sign_in(maren))
    client = Client(headers=HOST)
    client.force_login(maren, backend=django_settings.AUTHENTICATION_BACKENDS[0])
    answer = client.post(AGAIN, {"code": code_for(secret), "next": "https://evil.test/"})
    assert answer["Location"] == "/bss/"


def test_other_roles_may_have_one_and_need_none(nordwind):
    finance = cast.staff(nordwind, "finance").user
    client = sign_in(finance)
    assert client.get("/bss/").status_code == 200
    secret = secret_on(client.get("/bss/two-factor/", follow=True))
    assert client.post(SET_UP, {"code": code_for(secret)}).status_code == 302
    assert client.post("/bss/two-factor/switch-off/").status_code == 302
    assert not Authenticator.objects.exists()


def test_an_administrator_cannot_switch_it_off(maren):
    client = sign_in(maren)
    set_up(client)
    answer = client.post("/bss/two-factor/switch-off/")
    assert answer.status_code == 422 and "Administrators need a second factor." in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").count() == 1


def test_who_becomes_an_administrator_is_led_there_at_the_next_request(nordwind):
    member = cast.staff(nordwind, "finance")
    client = sign_in(member.user)
    assert client.get("/bss/").status_code == 200
    StaffMembership.objects.filter(pk=member.pk).update(role="administrator")
    assert client.get("/bss/")["Location"].startswith("/bss/two-factor/")


def test_the_shop_asks_for_the_code_too_for_one_login_serves_a_host(maren, nordwind):
    cast.reseller(nordwind, email=maren.email)
    secret = set_up(sign_in(maren))
    client = sign_in(maren, host="testserver", at="/login/")
    assert client.get("/orders/")["Location"].startswith("/login/")
    page = client.get("/login/code/").content.decode()
    assert "Enter your code" in page
    assert client.post("/login/code/", {"code": "1"}).status_code == 422
    assert client.post("/login/code/", {"code": code_for(secret)}).status_code == 302
    assert client.get("/orders/").status_code == 200


def test_the_secret_is_kept_encrypted(maren):
    secret = set_up(sign_in(maren))
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept and len(kept) > len(secret)


def test_under_a_new_key_of_the_house_the_old_one_still_reads(maren, settings):
    secret = set_up(sign_in(maren))
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 10, [old]
    assert sign_in(maren).post(STEP, {"code": code_for(secret)}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    assert sign_in(maren).post(STEP, {"code": code_for(secret, later=1)}).status_code == 422


def test_the_picture_is_drawn_without_what_the_policy_forbids(maren):
    page = sign_in(maren).get("/bss/", follow=True)
    text = page.content.decode()
    assert '<svg class="qr"' in text and "data:" not in text and "style=" not in text
    assert "img-src 'self'" in page["Content-Security-Policy"]


def test_who_lost_everything_sets_up_a_new_one(maren):
    set_up(sign_in(maren))
    call_command("forget_second_factor", maren.email.upper(), stdout=StringIO())
    assert not Authenticator.objects.exists()
    assert Activity.objects.order_by("pk").last().text == f"The second factor of {maren.email} was removed."
    set_up(sign_in(maren))
    with pytest.raises(CommandError, match="Nobody signs in"):
        call_command("forget_second_factor", "nobody@nordwind.example")


def test_where_it_is_not_asked_for_administrators_go_straight_in(maren, settings):
    settings.STAFF_TWO_FACTOR_REQUIRED = False
    assert sign_in(maren).get("/bss/").status_code == 200


@pytest.mark.parametrize("code", ["", "\0", "x" * 10_000, "１２３４５６", "<b>", "12 34 56"])
def test_whatever_is_entered_is_answered(maren, code):
    client = sign_in(maren)
    client.get("/bss/", follow=True)
    assert client.post(SET_UP, {"code": code}).status_code == 422
