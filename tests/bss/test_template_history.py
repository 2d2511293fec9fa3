"""Setup > Notifications: the words in each language, what they were before, and the way back."""

import pytest

from notifications.defaults import starter
from notifications.models import NotificationTemplate, TemplateRecipient, TemplateVersion
from plans.models import Activity, User
from tests import cast
from tests.bss.conftest import sign_in
from tests.bss.test_notifications import WELCOME, save, template, typed

GERMAN = f"{WELCOME}?language=de"
CODE = "welcome_standard"


def version(number: int, language: str = "en") -> str:
    return f"{WELCOME}versions/{language}/{number}/"


def save_german(client, **changes):
    return client.post(GERMAN, typed(client, GERMAN, **changes) | {"language": "de"})


def test_each_language_has_its_words_and_saving_one_leaves_the_other(maren, nordwind):
    page = maren.get(GERMAN)
    assert page.context["form"]["subject"].value() == starter(CODE, "de").subject
    assert (
        'href="/bss/setup/notifications/customer/accounts/welcome_standard/?language=de" aria-current="page"'
        in page.text
    )
    assert '<input type="hidden" name="language" value="de">' in page.text and 'lang="de"' in page.text
    answer = save_german(maren, subject="Fertig: {{ storefront_url }}")
    assert answer.status_code == 302 and answer["Location"].endswith("?language=de")
    row = template(nordwind)
    assert (row.variants["de"]["subject"], row.subject) == ("Fertig: {{ storefront_url }}", starter(CODE).subject)
    told = Activity.objects.get(verb="template.changed").text
    assert told == "Welcome to Standard Reseller Storefront changed in German: subject."


def test_a_problem_is_told_in_the_language_where_it_is_and_nothing_is_saved(maren, nordwind):
    answer = save_german(maren, body="# Ja\n\nGuten Tag {{ name }}")
    assert answer.status_code == 422
    assert answer.context["form"].errors == {"body": ["Line 3, column 14: There is no merge field name."]}
    assert answer.context["language"] == "de" and "Guten Tag {{ name }}" in answer.text
    assert template(nordwind).variants == {}


@pytest.mark.parametrize("url", [f"{WELCOME}?language=tlh", f"{WELCOME}preview/?language=../de", version(1, "de")])
def test_an_unknown_language_or_version_is_not_found(maren, nordwind, url):
    assert maren.get(url).status_code == 404
    assert maren.post(WELCOME, typed(maren) | {"language": "tlh"}).status_code == 404
    assert template(nordwind).version == 1


def test_the_preview_and_the_test_speak_the_language(maren, nordwind):
    account = cast.reseller(nordwind)
    shown = maren.get(f"{WELCOME}preview/?language=de&account={account.number}")
    assert "ist jetzt Standard-Reseller" in shown.context["preview"]["text"]
    assert "Jonas Brandt gets it in English." in shown.text
    frame = maren.post(f"{WELCOME}preview/html/", typed(maren, GERMAN) | {"language": "de"})
    assert '<html lang="de">' in frame.text
    assert "Your storefront is ready" in maren.get(f"{WELCOME}preview/").context["preview"]["text"] + "".join(
        maren.get(f"{WELCOME}preview/").context["preview"]["subject"]
    )
    sent = maren.post(f"{WELCOME}test/", {"to": "me@nordwind.example", "language": "de"}, follow=True)
    letter = nordwind.notifications.get()
    assert (letter.language, letter.subject[:28]) == ("de", "[Test] Ihre Storefront ist b")
    assert sent.context["language"] == "de"


def test_every_save_can_be_read_and_brought_back(maren, nordwind):
    save(maren, subject="First")
    save(maren, subject="Second", body="# Hello\n\nSecond {{ account_name }}")
    save_german(maren, subject="Zweitens")
    page = maren.get(WELCOME)
    lines = [(past.text, past.by) for past in page.context["history"]]
    assert lines == [
        ("Version 4, German: subject", "Maren Holt"),
        ("Version 3, German: before the first change", ""),
        ("Version 3, English: subject, message", "Maren Holt"),
        ("Version 2, English: subject", "Maren Holt"),
        ("Version 1, English: before the first change", ""),
    ]
    old = maren.get(version(1))
    assert starter(CODE).body.splitlines()[0] in old.text and "Bring back" in old.text
    assert "These are the words now." in maren.get(version(3)).text
    answer = maren.post(version(2), {"version": "4"}, follow=True)
    assert "Version 2 is back." in answer.text
    row = template(nordwind)
    assert (row.subject, row.body, row.version) == ("First", starter(CODE).body, 5)
    assert row.variants["de"]["subject"] == "Zweitens"
    newest = TemplateVersion.objects.order_by("-number").first()
    assert (newest.number, newest.subject, newest.changed) == (5, "First", "version 2 brought back")
    assert maren.post(version(4, "de"), {"version": "5"}, follow=True).text.count("Nothing was changed.") == 1


def test_who_brings_back_from_an_old_page_overwrites_nothing(maren, nordwind):
    save(maren, subject="First")
    save(sign_in(cast.staff(nordwind, "operations").user), subject="Theirs")
    answer = maren.post(version(1), {"version": "2"})
    assert answer.status_code == 422 and "Operations changed this template at" in answer.text
    assert template(nordwind).subject == "Theirs"


def test_words_that_cannot_be_merged_any_more_stay_in_the_past(maren, nordwind):
    save(maren, subject="First")
    TemplateVersion.objects.filter(number=1).update(body="{{ was_once_a_field }}")
    answer = maren.post(version(1), {"version": "2"})
    assert answer.status_code == 422
    assert "Line 1, column 4: There is no merge field was_once_a_field." in answer.text
    assert template(nordwind).subject == "First"


def test_recipients_stay_when_words_come_back_and_are_told_in_the_history(maren, nordwind):
    save(maren, added="CC: partners@nordwind.example")
    assert maren.get(WELCOME).context["history"][0].text == "Version 2, English: recipients"
    save(maren, subject="First")
    maren.post(version(1), {"version": "3"})
    assert TemplateRecipient.objects.get().email == "partners@nordwind.example"


def test_what_was_saved_before_versions_were_kept_is_still_told(maren, nordwind):
    save(maren, subject="Long ago")
    TemplateVersion.objects.all().delete()
    assert [past.address for past in maren.get(WELCOME).context["history"]] == [""]
    save(maren, subject="Today")
    lines = maren.get(WELCOME).context["history"]
    assert [past.text for past in lines] == [
        "Version 3, English: subject",
        "Version 2, English: before the first change",
        "Welcome to Standard Reseller Storefront changed: subject.",
    ]
    assert "Long ago" in maren.get(lines[1].address).text


def test_another_distributors_versions_are_not_found(maren, nordwind):
    other = cast.distributor("Sudlicht", host="sudlicht.test")
    save(sign_in(cast.staff(other).user), subject="Canary")
    assert TemplateVersion.objects.filter(template__operator=other).count() == 2
    assert maren.get(version(2)).status_code == 404
    assert maren.post(version(2), {"version": "1"}).status_code == 404


def test_reset_is_of_one_language_and_a_version_too(maren, nordwind):
    save_german(maren, subject="Fertig")
    assert maren.get(f"{WELCOME}reset/?language=de").context["sub"].endswith("German")
    assert maren.post(f"{WELCOME}reset/", {"version": "2", "language": "de"}).status_code == 302
    assert NotificationTemplate.objects.get(operator=nordwind, code=CODE).variants == {}
    assert maren.get(GERMAN).context["history"][0].text == "Version 3, German: reset to default"


def test_staff_choose_a_contacts_language_and_their_own(maren, nordwind):
    account = cast.reseller(nordwind)
    contact = account.contacts.get()
    url = f"/bss/accounts/{account.number}/contacts/{contact.pk}/edit/"
    page = maren.get(url)
    assert '<option value="" selected>As the account’s</option>' in page.text
    sent = {"name": contact.name, "email": contact.email, "roles": "admin", "language": "de"}
    assert maren.post(url, sent).status_code == 302
    contact.refresh_from_db()
    assert contact.language == "de"
    assert maren.post(url, sent | {"language": "xx"}).status_code == 422
    assert maren.post("/bss/you/", {"name": "Maren", "language": "de"}).status_code == 302
    assert User.objects.get(email="maren.holt@nordwind.example").language == "de"
    assert '<option value="de" selected>German</option>' in maren.get("/bss/you/").text
