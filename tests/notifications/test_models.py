"""What the database promises about letters, and the one table of legal moves."""

import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models.functions import Now

from notifications.defaults import install_templates
from notifications.models import MOVES, Notification, NotificationTemplate, TemplateRecipient
from notifications.post import Recipient
from plans.models import StaffMembership, User

from .people import make_contact, make_operator, welcome


def refuses(make) -> bool:
    try:
        with transaction.atomic():
            make()
    except IntegrityError:
        return True
    return False


@pytest.fixture
def letter(nordwind):
    return welcome(nordwind)[0]


@pytest.mark.parametrize(
    "columns",
    [
        {"state": "nonsense"},
        {"kind": "x"},
        {"state": "sending"},
        {"state": "sending", "lease_owner": uuid.uuid4()},
        {"next_attempt_at": None},
        {"state": "retry", "next_attempt_at": None},
        {"state": "sent"},
    ],
)
def test_a_letter_that_makes_no_sense_is_refused(letter, columns):
    assert refuses(lambda: Notification.objects.filter(pk=letter.pk).update(**columns))


def test_a_key_is_there_once(letter, nordwind):
    row = Notification.objects.get(pk=letter.pk)
    row.pk = None
    assert refuses(lambda: row.save(force_insert=True))


def test_a_recipient_is_exactly_one_thing(nordwind):
    install_templates(nordwind)
    template = NotificationTemplate.objects.get(operator=nordwind, code="welcome_free")
    contact = make_contact(nordwind)
    add = template.recipients.create
    assert refuses(lambda: add(kind="to"))
    assert refuses(lambda: add(kind="to", contact=contact, email="a@b.example"))
    assert refuses(lambda: add(kind="to", contact=contact, user=contact.user))
    assert refuses(lambda: add(kind="to", user=contact.user, email="a@b.example"))
    assert refuses(lambda: add(kind="x", email="a@b.example"))
    add(kind="to", contact=contact)
    add(kind="cc", user=contact.user)
    add(kind="bcc", email="a@b.example")
    assert refuses(lambda: add(kind="to", contact=contact))
    assert refuses(lambda: add(kind="to", user=contact.user))
    assert refuses(lambda: add(kind="to", email="a@b.example"))
    assert TemplateRecipient.objects.count() == 3


def test_a_template_is_there_once_per_operator(nordwind):
    install_templates(nordwind)
    row = NotificationTemplate.objects.filter(operator=nordwind).first()
    row.pk = None
    assert refuses(lambda: row.save(force_insert=True))
    assert refuses(lambda: NotificationTemplate.objects.update(entity="invoices"))


@pytest.mark.parametrize("start", Notification.State.values)
@pytest.mark.parametrize("end", Notification.State.values)
def test_only_legal_moves_are_made(letter, start, end):
    Notification.objects.filter(pk=letter.pk).update(
        state=start, lease_owner=uuid.uuid4(), lease_until=Now(), next_attempt_at=Now(), sent_at=Now()
    )
    if end in MOVES[start]:
        assert Notification.objects.filter(pk=letter.pk).move(end, from_states=(start,)) == 1
    else:
        with pytest.raises(ValueError, match="never moves"):
            Notification.objects.filter(pk=letter.pk).move(end, from_states=(start,))
    expected = end if end in MOVES[start] else start
    assert Notification.objects.get(pk=letter.pk).state == expected


def test_a_letter_in_another_state_does_not_move(letter):
    assert Notification.objects.filter(pk=letter.pk).move("sent", from_states=("sending",), sent_at=Now()) == 0


def test_every_state_has_its_moves():
    assert set(MOVES) == set(Notification.State.values)


def test_staff_see_the_letters_of_their_own_operators_only(nordwind):
    sudlicht = make_operator(name="Sudlicht Distribution", host="sudlicht.localhost")
    [ours], [theirs] = welcome(nordwind), welcome(sudlicht, occasion="order:9")
    install_templates(nordwind)
    install_templates(sudlicht)
    maren = User.objects.create(email="maren.holt@nordwind.example")
    membership = StaffMembership.objects.create(operator=nordwind, user=maren, role="read_only")
    assert list(Notification.objects.visible_to(maren)) == [ours]
    assert list(Notification.objects.of_operator(sudlicht)) == [theirs]
    assert {t.operator for t in NotificationTemplate.objects.visible_to(maren)} == {nordwind}
    membership.is_active = False
    membership.save()
    assert not Notification.objects.visible_to(maren).exists()
    assert not NotificationTemplate.objects.visible_to(maren).exists()


def test_the_bell_is_the_letters_to_a_user(nordwind):
    jonas = User.objects.create(email="jonas@techsolutions.example")
    other = User.objects.create(email="other@techsolutions.example")
    [letter] = welcome(nordwind, to=[Recipient(jonas.email, "J", jonas.pk)])
    welcome(nordwind, to=[Recipient(other.email, "O", other.pk)])
    [skipped] = welcome(nordwind, occasion="order:2", to=[Recipient(jonas.email, "J", jonas.pk)])
    Notification.objects.filter(pk=skipped.pk).update(state="skipped")
    bell = Notification.objects.for_user(jonas, nordwind)
    assert list(bell.unread()) == [letter]
    bell.filter(pk=letter.pk).update(read_at=Now())
    assert list(bell) == [letter] and not bell.unread().exists()
    assert not Notification.objects.for_user(jonas, make_operator(name="X", host="x.localhost")).exists()


@pytest.mark.parametrize("question", ["due", "lease_over", "stuck"])
def test_the_sweeper_s_questions_use_their_index(nordwind, question):
    """They are asked every few seconds, over a table that only grows."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = getattr(Notification.objects, question)().values("pk").explain()
    assert "letter_due" in plan
    assert "SCAN notifications" not in plan and "Seq Scan" not in plan
