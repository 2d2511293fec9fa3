"""Who gets into a back office, and whose: sign-in, the choice between two employers, a lost password."""

import re

import pytest

from notifications.models import Notification
from plans.models import StaffMembership, User
from tests import cast

PAGES = ["/bss/", "/bss/orders/", "/bss/orders/SO-01001/", "/bss/setup/", "/bss/setup/notifications/outbox/"]


@pytest.fixture
def admin(nordwind):
    user = User.objects.get(email="maren.holt@nordwind.example")
    user.set_password(cast.PASSWORD)
    user.save()
    return user


@pytest.mark.parametrize("page", PAGES)
def test_a_stranger_signs_in_first_and_comes_back(nordwind, office, page):
    answer = office().get(page)
    assert (answer.status_code, answer["Location"]) == (302, f"/bss/login/?next={page}")


def test_signing_in_leads_to_the_page_that_was_asked_for(admin, office):
    client = office()
    typed = {"login": "Maren.Holt@nordwind.example", "password": cast.PASSWORD, "next": "/bss/orders/"}
    answer = client.post("/bss/login/", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/bss/orders/")
    assert client.get("/bss/orders/").status_code == 200


@pytest.mark.parametrize("elsewhere", ["https://evil.test/", "//evil.test/", "javascript:alert(1)", "/\\evil.test"])
def test_next_never_leads_to_another_host(admin, office, elsewhere):
    typed = {"login": admin.email, "password": cast.PASSWORD, "next": elsewhere}
    answer = office().post("/bss/login/", typed)
    assert (answer.status_code, answer["Location"]) == (302, "/bss/")


@pytest.mark.parametrize("typed", [("maren.holt@nordwind.example", "wrong"), ("nobody@nordwind.example", "wrong")])
def test_a_wrong_password_says_the_same_as_an_unknown_address(admin, office, typed):
    answer = office().post("/bss/login/", {"login": typed[0], "password": typed[1]})
    assert answer.status_code == 200
    assert "The email address or the password is not correct." in answer.content.decode()
    assert f'value="{typed[0]}"' in answer.content.decode()  # what was typed is kept, the password aside
    assert 'value="wrong"' not in answer.content.decode()


def test_five_wrong_passwords_are_enough(admin, office):
    client = office()
    for _ in range(5):
        client.post("/bss/login/", {"login": admin.email, "password": "wrong"})
    answer = client.post("/bss/login/", {"login": admin.email, "password": cast.PASSWORD})
    assert "Too many attempts." in answer.content.decode()


def test_a_reseller_has_no_business_here(nordwind, office):
    buyer = cast.buyer_of(cast.reseller(nordwind))
    answer = office(buyer).get("/bss/orders/")
    assert answer.status_code == 403
    assert "You don’t work in this back office." in answer.content.decode()
    assert "Sign out" in answer.content.decode()


def test_who_left_gets_in_no_more(admin, office):
    client = office(admin)
    assert client.get("/bss/").status_code == 200
    StaffMembership.objects.filter(user=admin).update(is_active=False)
    assert client.get("/bss/").status_code == 403


def test_a_role_without_the_permission_is_refused(nordwind, office, monkeypatch):
    client = office(cast.staff(nordwind, "read_only").user)
    assert client.get("/bss/orders/").status_code == 200
    monkeypatch.setattr("bss.orders.views.OrderList.permission", "execute")
    answer = client.get("/bss/orders/")
    assert answer.status_code == 403
    assert "You can’t do this with your role." in answer.content.decode()


class TestTwoEmployers:
    @pytest.fixture
    def both(self, admin):
        sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
        StaffMembership.objects.create(operator=sudlicht, user=admin, role="read_only")
        return sudlicht

    def test_asks_whose_back_office_and_comes_back(self, admin, both, office):
        client = office(admin)
        answer = client.get("/bss/orders/?state=failed")
        assert answer["Location"] == "/bss/operator/?next=%2Fbss%2Forders%2F%3Fstate%3Dfailed"
        page = client.get(answer["Location"]).content.decode()
        assert "Nordwind Distribution" in page
        assert "Sudlicht Distribution" in page
        chosen = client.post("/bss/operator/", {"operator": both.pk, "next": "/bss/orders/?state=failed"})
        assert chosen["Location"] == "/bss/orders/?state=failed"
        assert "Sudlicht BSS" in client.get("/bss/orders/").content.decode()

    def test_shows_one_office_at_a_time_and_switches(self, admin, nordwind, both, office):
        cast.order_plan(cast.reseller(nordwind), "free", alias="nordling")
        client = office(admin)
        client.post("/bss/operator/", {"operator": both.pk})
        assert "Switch distributor" in client.get("/bss/").content.decode()
        assert client.get("/bss/orders/SO-01001/").status_code == 404
        client.post("/bss/operator/", {"operator": nordwind.pk})
        assert client.get("/bss/orders/SO-01001/").status_code == 200

    @pytest.mark.parametrize("wrong", ["", "0", "999999", "x", "1; drop table", "९"])
    def test_nobody_chooses_an_office_of_somebody_else(self, admin, both, office, wrong):
        answer = office(admin).post("/bss/operator/", {"operator": wrong})
        assert answer.status_code == 422
        assert "Choose a distributor." in answer.content.decode()

    def test_a_choice_is_worth_nothing_without_the_membership(self, admin, both, office):
        client = office(admin)
        client.post("/bss/operator/", {"operator": both.pk})
        StaffMembership.objects.filter(user=admin, operator=both).update(is_active=False)
        assert "Nordwind BSS" in client.get("/bss/").content.decode()

    def test_next_stays_in_the_back_office(self, admin, both, office):
        for elsewhere in ("https://evil.test/", "//evil.test", "/orders/", ""):
            answer = office(admin).post("/bss/operator/", {"operator": both.pk, "next": elsewhere})
            assert answer["Location"] == "/bss/"


def test_signing_out_ends_the_session(maren):
    assert maren.post("/bss/logout/")["Location"] == "/bss/"
    assert maren.get("/bss/").status_code == 302


def test_a_lost_password_is_replaced_by_a_letter(admin, office):
    client = office()
    assert client.post("/bss/password/reset/", {"email": admin.email}).status_code == 302
    letter = Notification.objects.get(template_code="password_reset")
    assert (letter.recipient_email, letter.operator.short_name) == (admin.email, "Nordwind")
    shown = page_of(client, "/bss/password/reset/done/")
    assert client.post("/bss/password/reset/", {"email": "nobody@nordwind.example"}).status_code == 302
    assert Notification.objects.filter(template_code="password_reset").count() == 1
    assert page_of(client, "/bss/password/reset/done/") == shown


def page_of(client, url: str) -> str:
    """The page without what differs each time."""
    return re.sub(r'value="[A-Za-z0-9]{64}"', "", client.get(url).content.decode())


def test_the_link_of_the_invitation_sets_the_first_password(nordwind, office):
    from plans.inviting import invite_staff
    from storefront.secret_links import invitation

    [letter] = invite_staff(cast.staff(nordwind, "operations", email="ayla@nordwind.example"))
    link = invitation(letter)
    assert "/bss/password/reset/key/" in link
    client = office()
    path = re.sub(r"^https?://[^/]+", "", link)
    form = client.get(client.get(path)["Location"])
    assert "Choose a password" in form.content.decode()
    typed = {"password1": "a long new password", "password2": "a long new password"}
    assert client.post(form.wsgi_request.path, typed)["Location"] == "/bss/password/reset/key/done/"
    signed_in = client.post("/bss/login/", {"login": "ayla@nordwind.example", "password": "a long new password"})
    assert signed_in["Location"] == "/bss/"
    assert "doesn’t work any more" in office().get(path).content.decode()


def test_the_theme_is_kept_and_the_way_back_stays_here(maren):
    answer = maren.post("/bss/theme/", {"theme": "dark", "next": "/bss/orders/"})
    assert (answer["Location"], answer.cookies["theme"].value) == ("/bss/orders/", "dark")
    assert 'data-theme="dark"' in maren.get("/bss/").content.decode()
    assert maren.post("/bss/theme/", {"theme": "<b>", "next": "//evil.test"})["Location"] == "/bss/"
