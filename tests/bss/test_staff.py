"""Setup > Staff: invited, given a role, let go; out at the next request; and one Administrator always stays."""

import pytest

from notifications.models import Notification, TemplateRecipient
from plans import staffing
from plans.models import Activity, StaffMembership, User
from plans.refusals import Refused
from tests import cast
from tests.plans.at_once import at_once, codes

STAFF = "/bss/setup/staff/"


@pytest.fixture
def boss(nordwind) -> StaffMembership:
    """Maren, who has chosen her password."""
    member = StaffMembership.objects.select_related("user", "operator").get(operator=nordwind, role="administrator")
    member.user.set_password(cast.PASSWORD)
    member.user.save()
    return member


def verbs(operator) -> list[str]:
    activities = Activity.objects.filter(operator=operator, verb__startswith="staff").order_by("pk")
    return list(activities.values_list("verb", flat=True))


def test_a_colleague_is_invited_and_appears_in_the_list(maren, nordwind):
    data = {"email": "Lena.Fuchs@Nordwind.example", "name": "Lena Fuchs", "role": "operations"}
    assert maren.post(f"{STAFF}invite/", data)["Location"] == STAFF
    member = StaffMembership.objects.get(user__email="lena.fuchs@nordwind.example")
    assert (member.role, member.is_active, member.user.has_usable_password()) == ("operations", True, False)
    letter = Notification.objects.get(recipient_user=member.user)
    assert (letter.template_code, letter.operator) == ("invitation", nordwind)
    assert verbs(nordwind) == ["staff.invited"]
    text = maren.get(STAFF).content.decode()
    assert "Lena Fuchs" in text and "Invited" in text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"email": "no address"}, "Enter an email address, as in name@example.com."),
        ({"name": ""}, "Fill in this field."),
        ({"role": "king"}, "Choose a role."),
        ({"email": "maren.holt@nordwind.example"}, "maren.holt@nordwind.example works here already."),
    ],
)
def test_an_invitation_that_cannot_be_says_why_and_writes_nothing(maren, changes, said):
    data = {"email": "lena@nordwind.example", "name": "Lena", "role": "finance"} | changes
    answer = maren.post(f"{STAFF}invite/", data)
    assert answer.status_code == 422 and said in answer.content.decode()
    assert (User.objects.count(), StaffMembership.objects.count(), Notification.objects.count()) == (1, 1, 0)


def test_who_is_known_elsewhere_joins_as_the_same_person(maren, nordwind):
    other = cast.distributor("Sudlicht", host="cloud.other.test")
    lena = cast.staff(other, "finance", email="lena@both.example").user
    maren.post(f"{STAFF}invite/", {"email": "lena@both.example", "name": "L", "role": "read_only"})
    assert set(lena.staff_memberships.values_list("operator", "role")) == {
        (other.pk, "finance"), (nordwind.pk, "read_only"),
    }  # fmt: skip


def test_an_invitation_is_sent_again_as_a_letter_of_its_own(maren, nordwind):
    maren.post(f"{STAFF}invite/", {"email": "lena@nordwind.example", "name": "Lena", "role": "finance"})
    member = StaffMembership.objects.get(user__email="lena@nordwind.example")
    for letters in (2, 3):
        assert maren.post(f"{STAFF}{member.pk}/invite-again/").status_code == 302
        assert Notification.objects.filter(recipient_user=member.user, template_code="invitation").count() == letters


def test_a_role_counts_from_the_next_request_on(maren, nordwind, office):
    member = cast.staff(nordwind, "read_only")
    browser = office(member.user)
    assert browser.post("/bss/setup/operations/retry-all/").status_code == 403
    assert maren.post(f"{STAFF}{member.pk}/", {"role": "operations"}).status_code == 302
    assert browser.post("/bss/setup/operations/retry-all/").status_code == 302
    activity = Activity.objects.get(verb="staff.role")
    assert activity.text == "read_only@nordwind.example is Operations now, was Read-only."
    assert activity.actor_name == "Maren Holt"


def test_a_deactivated_colleague_is_out_at_the_next_request_and_in_again_when_reactivated(maren, nordwind, office):
    member = cast.staff(nordwind, "operations")
    browser = office(member.user)
    assert browser.get("/bss/").status_code == 200
    maren.post(f"{STAFF}{member.pk}/deactivate/")
    assert browser.get("/bss/").status_code == 403
    assert browser.post("/bss/setup/operations/retry-all/").status_code == 403
    maren.post(f"{STAFF}{member.pk}/reactivate/")
    assert browser.get("/bss/").status_code == 200
    assert verbs(nordwind) == ["staff.deactivated", "staff.reactivated"]


def test_the_last_administrator_is_neither_deactivated_nor_demoted(boss, maren, nordwind):
    said = "Maren Holt is the last Administrator who can sign in. Make somebody else an Administrator first."
    for url, data in ((f"{STAFF}{boss.pk}/deactivate/", {}), (f"{STAFF}{boss.pk}/", {"role": "finance"})):
        answer = maren.post(url, data)
        assert answer.status_code == 422 and said in answer.content.decode()
    boss.refresh_from_db()
    assert (boss.role, boss.is_active) == ("administrator", True)
    assert verbs(nordwind) == []


def test_who_cannot_sign_in_does_not_count_as_another_administrator(boss, maren, nordwind):
    maren.post(f"{STAFF}invite/", {"email": "typo@nordwind.example", "name": "Nobody", "role": "administrator"})
    locked_out = cast.staff(nordwind, email="left@nordwind.example").user
    User.objects.filter(pk=locked_out.pk).update(is_active=False)
    assert maren.post(f"{STAFF}{boss.pk}/deactivate/").status_code == 422
    cast.staff(nordwind, email="second@nordwind.example")
    assert maren.post(f"{STAFF}{boss.pk}/deactivate/").status_code == 302


def test_an_administrator_elsewhere_does_not_count_here(boss, maren, nordwind):
    cast.staff(cast.distributor("Sudlicht", host="cloud.other.test"))
    assert maren.post(f"{STAFF}{boss.pk}/deactivate/").status_code == 422


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("together", ["deactivate", "demote"])
def test_two_administrators_who_remove_each_other_at_once_leave_one(together):
    nordwind = cast.distributor()
    StaffMembership.objects.all().delete()
    two = [cast.staff(nordwind, email=f"{name}@nordwind.example") for name in ("anna", "boris")]
    by = two[0].user

    def remove(member: StaffMembership):
        fresh = StaffMembership.objects.select_related("user", "operator").get(pk=member.pk)
        if together == "deactivate":
            return lambda: staffing.deactivate(fresh, by=by)
        return lambda: staffing.change_role(fresh, role="finance", by=by)

    outcomes = at_once(remove(two[0]), remove(two[1]), gate=StaffMembership)
    assert codes(outcomes) == ["done", "last_administrator"]
    assert staffing.administrators(nordwind.pk).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_colleague_invited_twice_at_once_joins_once():
    nordwind = cast.distributor()
    by = User.objects.get()
    invite = lambda: staffing.invite_member(nordwind, email="x@n.example", name="X", role="finance", by=by)  # noqa: E731
    assert codes(at_once(invite, invite, gate=StaffMembership)) == ["already_staff", "done"]
    assert StaffMembership.objects.filter(user__email="x@n.example").count() == 1


def test_the_other_distributors_staff_is_not_found(maren):
    theirs = cast.staff(cast.distributor("Sudlicht", host="cloud.other.test"), "finance")
    for path in ("", "deactivate/", "reactivate/", "invite-again/"):
        assert maren.post(f"{STAFF}{theirs.pk}/{path}", {"role": "finance"}).status_code == 404
    assert theirs.user.email not in maren.get(STAFF).content.decode()


def test_the_refusal_has_its_code(nordwind, boss):
    with pytest.raises(Refused) as refused:
        staffing.deactivate(boss, by=boss.user)
    assert refused.value.code == "last_administrator"


def test_who_is_deactivated_gets_no_more_copies_of_letters(maren, nordwind):
    member = cast.staff(nordwind, "operations")
    elsewhere = cast.distributor("Sudlicht", host="sudlicht.test")
    cast.staff(elsewhere, "operations", email=member.user.email)
    for operator in (nordwind, elsewhere):
        operator.notification_templates.get(code="welcome_standard").recipients.create(user=member.user)
    maren.post(f"{STAFF}{member.pk}/deactivate/")
    left = TemplateRecipient.objects.filter(user=member.user).values_list("template__operator__short_name", flat=True)
    assert list(left) == ["Sudlicht"]
