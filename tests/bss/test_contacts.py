"""The people of an account: added, edited, made primary, invited; what they may do, and how they lose it."""

import re

import pytest
from django.conf import settings
from django.test import Client

from notifications.models import Notification
from plans import contacts
from plans.contacts import ContactDetails
from plans.models import Contact, ContactRole, StaffMembership, User
from plans.refusals import Refused
from tests import cast

ROLES = ContactRole.Role.values


@pytest.fixture
def tech(nordwind):
    return cast.reseller(nordwind)


def page_of(account, tab: str = "") -> str:
    return f"/bss/accounts/{account.number}/contacts/{tab}"


def typed(**changes: object) -> dict[str, object]:
    values = {"name": "Aylin Demir", "email": "Aylin.Demir@TechSolutions.example", "phone": "+49 451 555 01"}
    return values | {"roles": ["buyer", "viewer"], "invite": "on"} | changes


def roles_of(contact: Contact) -> set[str]:
    return set(contact.roles.values_list("role", flat=True))


def invitations(contact: Contact) -> int:
    return Notification.objects.filter(template_code="invitation", recipient_email=contact.email).count()


def shop(user: User) -> Client:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def test_a_contact_is_added_with_roles_and_invited(maren, tech):
    answer = maren.post(page_of(tech, "new/"), typed(), follow=True)
    contact = tech.contacts.get(email="aylin.demir@techsolutions.example")
    assert (contact.name, contact.phone, contact.is_primary) == ("Aylin Demir", "+49 451 555 01", False)
    assert roles_of(contact) == {"buyer", "viewer"}
    assert contact.user.email == contact.email
    assert not contact.user.has_usable_password()
    assert invitations(contact) == 1
    page = answer.content.decode()
    assert "Aylin Demir added and invited." in page
    assert "Buyer, Viewer" in page
    assert set(tech.activities.values_list("text", flat=True)) == {
        "Aylin Demir added as a contact as Buyer, Viewer.",
        "Aylin Demir invited to the storefront.",
    }


def test_without_a_role_there_is_no_sign_in_and_no_invitation(maren, tech):
    answer = maren.post(page_of(tech, "new/"), typed(roles=[]))
    assert (answer.status_code, answer.context["form"].errors["roles"]) == (
        422, ["Choose at least one role for whom you invite."],
    )  # fmt: skip
    maren.post(page_of(tech, "new/"), typed(roles=[], invite=""))
    contact = tech.contacts.get(name="Aylin Demir")
    assert contact.user is None
    assert not User.objects.filter(email=contact.email).exists()
    answer = maren.post(page_of(tech, f"{contact.pk}/invite/"), follow=True)
    assert "has no storefront role" in answer.content.decode()
    assert invitations(contact) == 0


def test_the_first_contact_is_the_primary_one(maren, nordwind):
    account = cast.without_primary_contact(cast.reseller(nordwind))
    assert without_contact(maren) == [account.name]
    maren.post(page_of(account, "new/"), typed())
    assert account.contacts.get(is_primary=True).name == "Aylin Demir"
    assert without_contact(maren) == []


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("name", "", "Fill in this field."),
        ("name", "a\0b", "Use one line of text without control characters."),
        ("email", "nobody", "Enter an email address, as in name@firm.com."),
        ("email", "a\0b@x.example", "Enter an email address, as in name@firm.com."),
        ("email", f"{'x' * 260}@x.example", "Enter an email address, as in name@firm.com."),
        ("phone", "1" * 41, "Use at most 40 characters."),
        ("roles", ["root"], "Choose from the list."),
        ("email", "OWNER@techsolutions.example", "Tech Solutions has a contact with this email already."),
    ],
)
def test_what_is_typed_wrongly_is_said_at_its_field(maren, tech, field, value, message):
    answer = maren.post(page_of(tech, "new/"), typed(**{field: value}))
    assert answer.status_code == 422
    assert message in answer.context["form"].errors[field]
    assert tech.contacts.count() == 1
    assert User.objects.filter(email="aylin.demir@techsolutions.example").count() == 0


def test_a_person_is_one_user_and_nobody_learns_that_the_email_was_known(maren, nordwind):
    """Known at another distributor, with a password there: the page says the very same as of a stranger."""
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    known = cast.person(cast.reseller(sudlicht, "Lumen Desk"), "known@x.example", roles=("admin",)).user
    said = {}
    for email in ("known@x.example", "fresh@x.example"):
        account = cast.reseller(nordwind, "Harbor IT", email=f"owner-{email}")
        page = maren.post(page_of(account, "new/"), typed(email=email, name="Kim"), follow=True).content.decode()
        said[email] = re.sub(r"[0-9]+|csrfmiddlewaretoken\W.{,99}|nonce=.{,50}", "", page.replace(email, ""))
    assert said["known@x.example"] == said["fresh@x.example"]
    assert Contact.objects.get(operator=nordwind, email="known@x.example").user == known
    assert known.contacts.count() == 2


def test_an_edit_changes_roles_and_says_so(maren, tech):
    contact = cast.person(tech, "aylin@x.example", roles=("viewer",), name="Aylin Demir")
    form = maren.get(page_of(tech, f"{contact.pk}/edit/")).context["form"]
    assert form["roles"].value() == ["viewer"]
    maren.post(page_of(tech, f"{contact.pk}/edit/"), typed(email="aylin@x.example", roles=ROLES))
    assert roles_of(contact) == set(ROLES)
    assert "Storefront roles as Admin, Buyer" in tech.activities.get().text


def test_another_email_is_another_persons_sign_in(maren, tech):
    contact = cast.person(tech, "aylin@x.example", roles=("viewer",), name="Aylin Demir")
    before = contact.user
    assert shop(before).get("/orders/").status_code == 200
    maren.post(page_of(tech, f"{contact.pk}/edit/"), typed(email="rieke@x.example"))
    contact.refresh_from_db()
    assert contact.user.email == "rieke@x.example"
    assert shop(before).get("/orders/").status_code == 302


def test_there_is_one_primary_contact(maren, tech):
    contact = cast.person(tech, "aylin@x.example", roles=(), name="Aylin Demir")
    for _ in range(2):
        maren.post(page_of(tech, f"{contact.pk}/primary/"))
    assert [each.name for each in tech.contacts.filter(is_primary=True)] == ["Aylin Demir"]
    assert tech.activities.count() == 1


def test_who_becomes_the_primary_contact_of_an_account_that_had_none(maren, tech):
    cast.without_primary_contact(tech)
    maren.post(page_of(tech, f"{tech.contacts.get().pk}/primary/"))
    assert without_contact(maren) == []


def without_contact(maren) -> list[str]:
    return [row.name for row in maren.get("/bss/accounts/?view=no_contact").context["page"].rows]


def test_who_loses_the_sign_in_is_out_at_the_next_click(maren, tech):
    contact = cast.person(tech, "aylin@x.example", roles=("buyer",), name="Aylin Demir")
    browser = shop(contact.user)
    assert browser.get("/orders/").status_code == 200
    page = maren.get(page_of(tech, f"{contact.pk}/sign-in/")).content.decode()
    assert "can’t sign in for Tech Solutions any more" in page
    maren.post(page_of(tech, f"{contact.pk}/sign-in/"))
    assert browser.get("/orders/").status_code == 302
    contact.refresh_from_db()
    assert (contact.user, roles_of(contact)) == (None, set())


def test_a_deactivated_user_is_out_at_the_next_click(tech):
    browser = shop(cast.buyer_of(tech))
    assert browser.get("/orders/").status_code == 200
    User.objects.filter(contacts__account=tech).update(is_active=False)
    assert browser.get("/orders/").status_code == 302


def test_the_last_admin_may_go_and_the_page_says_so(maren, tech):
    owner = tech.contacts.get()
    assert "is the only Admin of Tech Solutions" in maren.get(page_of(tech, f"{owner.pk}/edit/")).content.decode()
    answer = maren.post(
        page_of(tech, f"{owner.pk}/edit/"), typed(name=owner.name, email=owner.email, roles=["viewer"]), follow=True
    )
    assert "Tech Solutions has no Admin now: nobody there can invite users." in answer.content.decode()
    assert roles_of(owner) == {"viewer"}
    assert "only Admin" not in maren.get(page_of(tech, f"{owner.pk}/edit/")).content.decode()


def test_one_of_two_admins_goes_without_a_word(maren, tech):
    contact = cast.person(tech, "aylin@x.example", roles=("admin",), name="Aylin Demir")
    answer = maren.post(page_of(tech, f"{contact.pk}/sign-in/"), follow=True)
    assert "has no Admin now" not in answer.content.decode()


def test_each_invitation_is_a_letter_of_its_own(maren, tech):
    contact = cast.person(tech, "aylin@x.example", roles=("viewer",), name="Aylin Demir")
    for count in (1, 2, 3):
        maren.post(page_of(tech, f"{contact.pk}/invite/"))
        assert invitations(contact) == count


def test_contacts_of_others_are_not_found(maren, nordwind, tech):
    sudlicht = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.NumberSeries.objects.filter(operator=sudlicht).update(next_number=90_001)
    lumen = cast.reseller(sudlicht, "Lumen Desk")
    harbor = cast.reseller(nordwind, "Harbor IT")
    for account, contact in ((lumen, lumen.contacts.get()), (tech, harbor.contacts.get())):
        for verb in ("edit/", "primary/", "invite/", "sign-in/"):
            assert maren.post(page_of(account, f"{contact.pk}/{verb}"), typed()).status_code == 404
    assert maren.post(page_of(lumen, "new/"), typed()).status_code == 404
    assert maren.post(page_of(tech, f"{2**63}/edit/"), typed()).status_code == 404


def test_the_people_of_end_customers_are_their_resellers(maren, nordwind):
    customer = cast.customer(cast.on_plan(cast.reseller(nordwind), "free"))
    contact = customer.contacts.get()
    for verb in ("new/", f"{contact.pk}/edit/", f"{contact.pk}/invite/"):
        assert maren.post(page_of(customer, verb), typed()).status_code == 403
    page = maren.get(page_of(customer)).content.decode()
    assert "looked after by its reseller" in page
    assert f"{contact.pk}/edit/" not in page


def test_who_may_not_change_accounts_sees_no_control(nordwind, tech, office):
    reader = office(cast.staff(nordwind, "operations").user)
    contact = tech.contacts.get()
    page = reader.get(page_of(tech)).content.decode()
    assert contact.email in page
    assert f"{contact.pk}/edit/" not in page
    for verb in (
        "new/",
        f"{contact.pk}/edit/",
        f"{contact.pk}/primary/",
        f"{contact.pk}/invite/",
        f"{contact.pk}/sign-in/",
    ):
        assert reader.post(page_of(tech, verb), typed()).status_code == 403
    assert not StaffMembership.objects.filter(user=contact.user).exists()


def test_a_story_that_is_refused_has_written_nothing(tech):
    contact = cast.person(tech, "aylin@x.example", roles=("viewer",), name="Aylin Demir")
    details = ContactDetails(name="New", email="owner@techsolutions.example", roles=frozenset({"admin"}))
    for story in (
        lambda: contacts.add_contact(tech, details=details, by=None),
        lambda: contacts.change_contact(contact, details=details, by=None),
    ):
        with pytest.raises(Refused, match="contact_exists"):
            story()
    contact = Contact.objects.get(pk=contact.pk)
    assert (contact.name, contact.email, roles_of(contact)) == ("Aylin Demir", "aylin@x.example", {"viewer"})
    assert tech.activities.count() == 0
