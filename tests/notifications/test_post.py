"""Posting: who gets which row, once, in the caller's transaction."""

import pytest
from django.db import transaction

from notifications import doorbell
from notifications.catalogue import CATALOGUE
from notifications.defaults import install_templates
from notifications.models import Notification, NotificationTemplate, TemplateRecipient
from notifications.post import Letter, Recipient, ResendRefused, post, post_all, resend
from notifications.rendering import LINK_MASK
from plans.models import User

from .people import BRAND, JONAS, WELCOME, WHY, make_contact, make_operator, welcome


@pytest.fixture
def template(nordwind):
    install_templates(nordwind)
    return NotificationTemplate.objects.get(operator=nordwind, code="welcome_standard")


def add(template, kind="bcc", **who):
    return TemplateRecipient.objects.create(template=template, kind=kind, **who)


def people_of(letters):
    return [(letter.kind, letter.recipient_email, letter.state) for letter in letters]


def test_install_templates_is_repeatable_and_keeps_what_staff_wrote(nordwind):
    assert install_templates(nordwind) == len(CATALOGUE) == 23
    NotificationTemplate.objects.filter(code="welcome_free").update(subject="Ours")
    install_templates(nordwind)
    assert NotificationTemplate.objects.filter(operator=nordwind).count() == 23
    assert NotificationTemplate.objects.get(operator=nordwind, code="welcome_free").subject == "Ours"


def test_a_letter_is_one_row_per_recipient(nordwind, template):
    staff = User.objects.create(email="maren.holt@nordwind.example", name="Maren Holt")
    contact = make_contact(nordwind, email="zoe@techsolutions.example", name="Zoë Q")
    add(template, "cc", email="partners@nordwind.example")
    add(template, "bcc", user=staff)
    add(template, "to", contact=contact)
    letters = welcome(nordwind)
    assert people_of(letters) == [
        ("to", JONAS, "queued"),
        ("cc", "partners@nordwind.example", "queued"),
        ("bcc", "maren.holt@nordwind.example", "queued"),
        ("to", "zoe@techsolutions.example", "queued"),
    ]
    assert [letter.recipient_user_id for letter in letters] == [None, None, staff.pk, contact.user_id]
    assert {letter.pk for letter in letters} == set(Notification.objects.values_list("pk", flat=True))


def test_who_gets_a_copy_is_said_except_for_blind_copies(nordwind, template):
    add(template, "cc", email="partners@nordwind.example")
    add(template, "bcc", email="hidden@nordwind.example")
    jonas, partners, hidden = welcome(nordwind)
    assert "Copy to: partners@nordwind.example" in jonas.text
    assert "Copy to: partners@nordwind.example" in jonas.html
    assert "hidden@" not in jonas.text + jonas.html + partners.text + partners.html
    assert "Hello Jonas," in partners.text and "Hello Jonas," in hidden.text
    assert "You get a copy of this message because you are a recipient of" in " ".join(hidden.text.split())
    assert "primary contact" not in hidden.text


def test_two_people_it_is_for_are_each_greeted_by_name(nordwind):
    first, second = welcome(nordwind, to=[Recipient(JONAS, "Jonas Brandt"), Recipient("a@b.example", "Ada Lin")])
    assert first.text.startswith("Hello Jonas,") and second.text.startswith("Hello Ada,")


def test_an_address_gets_it_once_however_it_is_spelled(nordwind, template):
    add(template, "bcc", email="Jonas.Brandt@TechSolutions.example")
    assert people_of(welcome(nordwind)) == [("to", JONAS, "queued")]


def test_the_same_occasion_twice_posts_nothing_new(nordwind):
    [first] = welcome(nordwind)
    [again] = welcome(nordwind, account_name="Another name")
    assert again.pk == first.pk
    assert Notification.objects.count() == 1
    assert "Tech Solutions" in Notification.objects.get().text
    assert len(welcome(nordwind, occasion="order:2")) == 1
    assert Notification.objects.count() == 2


def test_a_template_that_is_off_leaves_skipped_rows(nordwind, template):
    NotificationTemplate.objects.update(is_active=False)
    add(template, email="partners@nordwind.example")
    letters = welcome(nordwind)
    assert [letter.state for letter in letters] == ["skipped", "skipped"]
    assert Notification.objects.due().count() == 0


def test_without_the_primary_contact_only_added_recipients_get_it(nordwind, template):
    NotificationTemplate.objects.update(send_to_primary=False)
    assert welcome(nordwind) == []
    add(template, email="partners@nordwind.example")
    assert people_of(welcome(nordwind)) == [("bcc", "partners@nordwind.example", "queued")]


def test_an_address_that_is_none_fails_where_it_can_be_seen(nordwind):
    [letter] = welcome(nordwind, to=[Recipient("not an address\r\nBcc: x@y.example", "J")])
    assert letter.state == "failed"
    assert "\n" not in letter.recipient_email and "\r" not in letter.recipient_email


def test_another_operators_words_and_recipients_stay_there(nordwind):
    sudlicht = make_operator(name="Sudlicht Distribution", host="sudlicht.localhost")
    install_templates(sudlicht)
    foreign = NotificationTemplate.objects.get(operator=sudlicht, code="welcome_standard")
    NotificationTemplate.objects.filter(pk=foreign.pk).update(subject="Sudlicht", is_active=False)
    add(foreign, email="spy@sudlicht.example")
    [letter] = welcome(nordwind)
    assert letter.state == "queued" and letter.subject.startswith("Your storefront is ready")


def test_words_that_cannot_be_merged_give_way_to_the_starter_words(nordwind, template):
    """An order is never stopped by what somebody once wrote into a template."""
    NotificationTemplate.objects.filter(pk=template.pk).update(body="Hello {{ nobody }}", subject="{% for %}")
    [letter] = welcome(nordwind)
    assert letter.text.startswith("Hello Jonas,")


def test_a_missing_field_is_the_callers_mistake(nordwind):
    fields = {name: value for name, value in WELCOME.items() if name != "admin_url"}
    with pytest.raises(ValueError, match="admin_url"), transaction.atomic():
        post("welcome_standard", operator_id=nordwind.pk, occasion="o", to=[Recipient(JONAS)], fields=fields,
             brand=BRAND, reason=WHY)  # fmt: skip


@pytest.mark.parametrize("number", [1, 7])
def test_two_statements_whatever_the_number(nordwind, template, number, django_assert_num_queries):
    for one in range(number):
        add(template, email=f"copy{one}@nordwind.example")
    to = [Recipient(f"p{one}@techsolutions.example", "P") for one in range(number)]
    letters = [
        Letter(code, "order:1", to, WELCOME | {"old_plan_name": "Basic", "changed_by": "J", "order_number": "SO-1",
               "change_date": "3 Mar 2027", "account_url": "https://x.example/"}, BRAND, WHY)
        for code in ("welcome_standard", "plan_changed_by_reseller")
    ]  # fmt: skip
    with django_assert_num_queries(2):
        post_all(letters, operator_id=nordwind.pk)


@pytest.mark.django_db(transaction=True)
def test_it_rings_after_the_commit_and_never_after_a_rollback(nordwind, mail_queue):
    with transaction.atomic():
        [letter] = welcome(nordwind)
        assert mail_queue() == []
    assert mail_queue() == [{"id": letter.pk, "v": 1}]
    with transaction.atomic():
        welcome(nordwind, occasion="order:2")
        transaction.set_rollback(True)
    assert mail_queue() == [] and Notification.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_not_there_does_not_harm_the_caller(nordwind, no_broker):
    [letter] = welcome(nordwind)
    assert Notification.objects.get(pk=letter.pk).state == "queued"
    assert doorbell.ring("notifications.deliver", letter.pk, queue="mail") is False


def test_a_personal_link_goes_to_its_owner_alone(nordwind):
    """Staff must not be able to add themselves to other people's password letters."""
    install_templates(nordwind)
    reset = NotificationTemplate.objects.get(operator=nordwind, code="password_reset")
    add(reset, email="curious@nordwind.example")
    NotificationTemplate.objects.filter(pk=reset.pk).update(send_to_primary=False)
    [letter] = post("password_reset", operator_id=nordwind.pk, occasion="user:1:a", to=[Recipient(JONAS, "Jonas")],
                    fields={"valid_for": "1 hour", "secret_link": "https://x.example/real"}, brand=BRAND, reason=WHY,
                    secret_kind="password_reset")  # fmt: skip
    assert letter.recipient_email == JONAS
    assert "https://x.example/real" not in letter.text + letter.html
    assert LINK_MASK in letter.text and LINK_MASK in letter.html
    with pytest.raises(ResendRefused):
        resend(letter, to=Recipient("curious@nordwind.example"))
    assert resend(letter).recipient_email == JONAS


def test_a_secret_kind_without_a_secret_link_is_the_callers_mistake(nordwind):
    for code, kind in (("welcome_standard", "password_reset"), ("password_reset", "")):
        with pytest.raises(ValueError, match="secret"):
            post(code, operator_id=nordwind.pk, occasion="o", to=[Recipient(JONAS)],
                 fields=WELCOME | {"valid_for": "1 hour"}, brand=BRAND, reason=WHY, secret_kind=kind)  # fmt: skip


def test_resend_is_a_row_of_its_own(nordwind):
    [letter] = welcome(nordwind)
    maren = User.objects.create(email="maren.holt@nordwind.example")
    again = resend(letter, by=maren)
    assert (again.resend_of, again.resend_number, again.posted_by) == (letter, 1, maren)
    assert again.message_id != letter.message_id
    assert (again.text, again.html, again.subject) == (letter.text, letter.html, letter.subject)
    other = resend(letter, to=Recipient("zoe@techsolutions.example", "Zoë"))
    assert (other.recipient_email, other.resend_number) == ("zoe@techsolutions.example", 1)
    assert resend(letter).resend_number == 2
    assert Notification.objects.count() == 4


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_every_letter_can_be_written_with_the_fields_it_lists(nordwind, code):
    kind = CATALOGUE[code]
    fields = {name: "https://x.example/a" if name.endswith("_url") else f"<{name}>" for name in kind.fields}
    [letter] = post(code, operator_id=nordwind.pk, occasion="o", to=[Recipient(JONAS, "Jonas Brandt")], fields=fields,
                    brand=BRAND, reason=WHY, secret_kind=code if kind.has_secret_link else "")  # fmt: skip
    assert letter.subject and "{" not in letter.subject + letter.text
    assert "Hello Jonas," in letter.text
    assert "!" not in letter.text and "please" not in letter.text.lower()
    assert "<account_name>" not in letter.html


def test_starter_words_and_catalogue_agree():
    from notifications.defaults import starter
    from notifications.rendering import check_template

    for code, kind in CATALOGUE.items():
        words = starter(code)
        for source in (words.subject, words.preview_text, words.body, words.button_label):
            assert check_template(source, fields=kind.merge_fields) == [], code
        assert bool(words.button_label) == bool(kind.button_field), code
