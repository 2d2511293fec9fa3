"""Editing a letter: what cannot be merged, or would reach nobody, is never saved; a test is nobody's letter."""

import pytest

from notifications import editing
from notifications.catalogue import CATALOGUE
from notifications.defaults import starter
from notifications.editing import Added, Draft, DraftRefused, Outdated, Words, draft_of, template_of
from notifications.models import Notification, NotificationTemplate, TemplateRecipient
from notifications.post import Recipient, post, resend
from notifications.writing import Letter

from .people import BRAND, JONAS, WELCOME, WHY, make_contact, welcome

CODE = "welcome_standard"
PARTNERS = Added("bcc", email="partners@nordwind.example")


@pytest.fixture
def template(nordwind):
    return template_of(CODE, operator=nordwind)


def words(code: str = CODE, **changes) -> Words:
    return Words(**vars(starter(code)) | changes)


def saved(operator, code: str = CODE) -> NotificationTemplate:
    return NotificationTemplate.objects.get(operator=operator, code=code)


def test_an_operator_without_the_row_edits_the_starter_words(nordwind, template):
    assert template.pk is None
    assert editing.words_of(template) == starter(CODE)
    assert not NotificationTemplate.objects.exists()
    assert editing.save_template(template, seen=1, draft=Draft(words(subject="Hello"))) == ["subject"]
    assert (saved(nordwind).subject, saved(nordwind).version) == ("Hello", 2)
    assert NotificationTemplate.objects.filter(operator=nordwind).count() == len(CATALOGUE)


def test_saving_says_what_changed_and_nothing_where_nothing_did(nordwind, template):
    draft = Draft(words(subject="S", preview_text="P", body="B", button_label="L"), added=(PARTNERS,))
    said = ["subject", "preview text", "message", "button label", "recipients"]
    assert editing.save_template(template, seen=1, draft=draft) == said
    assert draft_of(saved(nordwind)) == draft
    assert editing.save_template(saved(nordwind), seen=2, draft=draft) == []
    assert saved(nordwind).version == 2


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("subject", "Hello {{ nobody }}", "Line 1, column 10: There is no merge field nobody."),
        ("body", "Hello\n\n  there {{ acount_name }}", "Line 3, column 12: There is no merge field acount_name."),
        ("body", "{{ account_name.x }}", "account_name is a plain text: nothing can be taken out of it."),
        ("body", "{% if account_name %}open", "Line 1, column"),
        ("body", "{% for a in b %}{% endfor %}", "Line 1, column"),
        ("preview_text", "{{ account_name | danger }}", "Line 1, column"),
        ("button_label", "{{ account_name", "Line 1, column"),
    ],
)
def test_what_cannot_be_merged_is_refused_with_its_place(nordwind, template, field, text, said):
    with pytest.raises(DraftRefused) as refused:
        editing.save_template(template, seen=1, draft=Draft(words(**{field: text})))
    assert list(refused.value.problems) == [field]
    assert said in refused.value.problems[field][0]
    assert not NotificationTemplate.objects.exists()


def test_two_who_edit_one_version_overwrite_nothing(nordwind, template):
    editing.save_template(template, seen=1, draft=Draft(words(subject="First")))
    with pytest.raises(Outdated):
        editing.save_template(saved(nordwind), seen=1, draft=Draft(words(subject="Second")))
    with pytest.raises(Outdated):
        editing.reset_template(saved(nordwind), seen=1)
    assert saved(nordwind).subject == "First"


def test_a_letter_that_is_on_always_reaches_somebody(nordwind, template):
    nobody = Draft(words(), send_to_primary=False)
    with pytest.raises(DraftRefused) as refused:
        editing.save_template(template, seen=1, draft=nobody)
    assert refused.value.problems == {
        "send_to_primary": ["Choose at least one recipient, or switch the notification off."]
    }
    assert editing.switch_template(template, on=False)
    assert not editing.switch_template(template, on=False)
    assert editing.save_template(template, seen=1, draft=nobody) == ["recipients"]
    with pytest.raises(DraftRefused):
        editing.switch_template(template, on=True)
    assert not saved(nordwind).is_active
    editing.save_template(template, seen=2, draft=Draft(words(), send_to_primary=False, added=(PARTNERS,)))
    assert editing.switch_template(template, on=True)


def test_reset_brings_the_starter_words_back_and_leaves_the_rest(nordwind, template):
    changed = Draft(words(subject="Hello"), added=(PARTNERS,))
    editing.save_template(template, seen=1, draft=changed)
    editing.switch_template(template, on=False)
    assert editing.reset_template(saved(nordwind), seen=2) == ["subject"]
    row = saved(nordwind)
    assert (editing.words_of(row), draft_of(row).added, row.is_active) == (starter(CODE), (PARTNERS,), False)
    assert editing.reset_template(row, seen=3) == []


def test_a_personal_link_goes_to_its_owner_alone_and_stays_in_the_message(nordwind):
    template = template_of("invitation", operator=nordwind)
    start = words("invitation")
    editing.save_template(
        template, seen=1, draft=Draft(words("invitation", subject="Come"), send_to_primary=False, added=(PARTNERS,))
    )
    row = saved(nordwind, "invitation")
    assert (row.subject, row.send_to_primary) == ("Come", True)
    assert not TemplateRecipient.objects.exists()
    for name, text in (("subject", "{{ secret_link }}"), ("preview_text", "{{ secret_link }}")):
        with pytest.raises(DraftRefused) as refused:
            editing.save_template(row, seen=2, draft=Draft(Words(**vars(start) | {name: text})))
        assert list(refused.value.problems) == [name]
    with pytest.raises(DraftRefused) as refused:
        editing.save_template(row, seen=2, draft=Draft(words("invitation", body="Come in.", button_label="")))
    assert refused.value.problems == {"body": [editing.LINK_MISSING]}


def letter(code: str = CODE) -> Letter:
    return Letter(code, "sample", [Recipient(JONAS, "Jonas Brandt")], WELCOME, BRAND, WHY)


def test_a_test_is_a_letter_about_nothing(nordwind, template):
    by = make_contact(nordwind).user
    editing.switch_template(template, on=False)
    row = editing.send_test(words(subject="To {{ account_name }}"), letter=letter(), to="Maren@x.example",
                            operator_id=nordwind.pk, by=by)  # fmt: skip
    assert (row.subject, row.state, row.template_code) == (
        "[Test] To Tech Solutions",
        "queued",
        "test:welcome_standard",
    )
    assert (row.account_id, row.order_id, row.recipient_user_id, row.posted_by) == (None, None, None, by)
    assert "Hello Jonas," in row.text
    twin = editing.send_test(words(), letter=letter(), to="Maren@x.example", operator_id=nordwind.pk, by=by)
    assert twin.pk != row.pk
    with pytest.raises(DraftRefused):
        editing.send_test(words(subject="{{ x }}"), letter=letter(), to="m@x.example", operator_id=nordwind.pk, by=by)
    assert Notification.objects.count() == 2


def test_a_copy_for_somebody_else_says_whose_letter_it_is(nordwind):
    [own] = welcome(nordwind)
    copy = resend(own, to=Recipient("ayla@techsolutions.example", "Ayla <Yilmaz>"))
    assert copy.text == f"Copy of the letter to Jonas Brandt ({JONAS}).\n\n{own.text}"
    assert f">Copy of the letter to Jonas Brandt ({JONAS}).</p>" in copy.html
    assert copy.html.index("Copy of the letter") > copy.html.index("<body")
    assert (copy.reason, copy.kind) == (f"Copy of the letter to Jonas Brandt ({JONAS}).", "to")
    again = resend(own)
    assert (again.text, again.html, again.reason) == (own.text, own.html, own.reason)


def test_a_name_in_a_copy_is_never_markup(nordwind):
    [own] = post(CODE, operator_id=nordwind.pk, occasion="order:9", to=[Recipient(JONAS, "<img src=x>")],
                 fields=WELCOME, brand=BRAND, reason=WHY)  # fmt: skip
    copy = resend(own, to=Recipient("ayla@techsolutions.example"))
    assert "<img" not in copy.html
    assert "&lt;img src=x&gt;" in copy.html
