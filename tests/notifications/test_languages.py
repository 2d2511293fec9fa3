"""A letter is written in its reader's language: words, fixed sentences, days, and the mark in the HTML."""

from datetime import UTC, date, datetime

import pytest

from notifications import editing
from notifications.catalogue import CATALOGUE
from notifications.defaults import install_templates, starter
from notifications.editing import Draft, problems_in, template_of, words_of
from notifications.languages import chosen, day, languages, moment, said
from notifications.models import NotificationTemplate
from notifications.phrases import PHRASES
from notifications.post import Recipient, resend

from .people import JONAS, welcome

ALL = [(code, language) for code in CATALOGUE for language in languages()]
LENA = "lena@techsolutions.example"


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("code", "language"), ALL)
def test_every_letter_has_words_in_every_language(code, language):
    kind, words = CATALOGUE[code], starter(code, language)
    assert problems_in(words, kind=kind) == {}
    assert words.subject and words.preview_text and words.body.startswith("# ")
    assert bool(words.button_label) == bool(kind.button_field)


@pytest.mark.parametrize("code", CATALOGUE)
def test_what_one_language_tells_the_other_tells_too(code):
    """The same merge fields; only who is greeted is said otherwise."""
    greets = {"contact_first_name", "contact_name", "greeting"}

    def told(language: str) -> set[str]:
        words = "\n".join(vars(starter(code, language)).values())
        return {name for name in CATALOGUE[code].merge_fields if f"{{{{ {name} }}}}" in words} - greets

    assert told("en") == told("de")


def test_every_fixed_sentence_is_there_in_every_language_with_the_same_values():
    for code, sentences in PHRASES.items():
        assert set(sentences) == set(languages()), code
        assert len({tuple(sorted(part.split("}")[0] for part in s.split("{")[1:])) for s in sentences.values()}) == 1


def test_german_letters_say_sie():
    for code in CATALOGUE:
        body = starter(code, "de").body
        assert body.split("\n\n")[1] == "{{ greeting }},", code
        assert not {"du", "dein", "deine", "dir", "dich"} & set(body.lower().split()), code


def test_a_letter_is_in_its_readers_language_throughout(nordwind):
    install_templates(nordwind)
    [letter] = welcome(nordwind, to=[Recipient(JONAS, "Jonas Brandt", language="de")])
    assert (letter.language, letter.subject) == (
        "de",
        "Ihre Storefront ist bereit: https://cloud.nordwind.example/techsolutions",
    )
    assert letter.text.startswith("Guten Tag Jonas Brandt,\n\nTech Solutions ist jetzt Standard-Reseller")
    assert "Fragen? Schreiben Sie an partners@nordwind.example oder rufen Sie uns an: +49 40 555 0100." in flat(
        letter.text
    )
    assert "Sie ist Bestandteil Ihres Vertrags" in flat(letter.text) and "Sie ist Bestandteil" in letter.html
    assert '<html lang="de">' in letter.html and 'lang="en"' not in letter.html
    for english in ("Hello", "Questions", "contract", "Copy", "Open my"):
        assert english not in letter.text + letter.html, english


def test_each_reader_reads_their_own_and_a_copy_is_like_the_first(nordwind):
    install_templates(nordwind)
    template = NotificationTemplate.objects.get(operator=nordwind, code="welcome_standard")
    template.recipients.create(kind="cc", email="partners@nordwind.example")
    jonas, lena, copy = welcome(
        nordwind, to=[Recipient(JONAS, "Jonas Brandt", language="de"), Recipient(LENA, "Lena Vogt", language="en")]
    )
    assert [row.language for row in (jonas, lena, copy)] == ["de", "en", "de"]
    assert lena.text.startswith("Hello Lena,") and "Kopie an: partners@nordwind.example" in jonas.text
    assert copy.text.startswith("Guten Tag Jonas Brandt,")
    assert "weil Sie als Empfänger von" in flat(copy.text)
    again = resend(jonas, to=Recipient(LENA))
    assert again.text.startswith(f"Kopie der Nachricht an Jonas Brandt ({JONAS}).\n") and again.language == "de"


def test_who_has_no_name_is_greeted_all_the_same(nordwind):
    german, english = welcome(nordwind, to=[Recipient(JONAS, language="de"), Recipient(LENA, language="en")])
    assert german.text.startswith("Guten Tag,\n") and english.text.startswith("Hello there,\n")


def test_what_staff_wrote_in_one_language_leaves_the_other_alone(nordwind):
    template = template_of("welcome_standard", operator=nordwind)
    english = Draft(editing.Words("Ready", "P", "Come, {{ account_name }}.", "Open"))
    editing.save_template(template, seen=1, draft=english)
    german = Draft(editing.Words("Fertig", "V", "Kommen Sie, {{ account_name }}.", "Öffnen"), language="de")
    row = NotificationTemplate.objects.get(operator=nordwind, code="welcome_standard")
    assert words_of(row, "de") == starter("welcome_standard", "de")
    assert editing.save_template(row, seen=2, draft=german) == ["subject", "preview text", "message", "button label"]
    row.refresh_from_db()
    assert (words_of(row), words_of(row, "de")) == (english.words, german.words)
    subjects = [
        welcome(nordwind, occasion=code, to=[Recipient(JONAS, language=code)])[0].subject for code in languages()
    ]
    assert subjects == ["Ready", "Fertig"]
    assert editing.reset_template(row, seen=3, language="de")
    row.refresh_from_db()
    assert (words_of(row).subject, row.variants) == ("Ready", {})


def test_an_error_is_told_in_the_language_where_it_is(nordwind):
    template = template_of("welcome_standard", operator=nordwind)
    bad = Draft(editing.Words("Ja", "", "Guten Tag\n{{ konto }}", ""), language="de")
    with pytest.raises(editing.DraftRefused) as refused:
        editing.save_template(template, seen=1, draft=bad)
    assert refused.value.problems == {"body": ["Line 2, column 4: There is no merge field konto."]}


def test_an_installation_that_edited_its_words_keeps_them(nordwind):
    """A row from before there were other languages: the English words as they are, the German ones from the start."""
    install_templates(nordwind)
    NotificationTemplate.objects.filter(code="welcome_standard").update(subject="Ours", body="Our own words.")
    german, english = welcome(nordwind, to=[Recipient(JONAS, language="de"), Recipient(LENA, language="en")])
    assert (english.subject, german.subject[:18]) == ("Ours", "Ihre Storefront is")


def test_a_language_without_words_is_english_and_says_so(nordwind, settings):
    settings.LETTER_LANGUAGES = [*settings.LETTER_LANGUAGES, ("fr", "French")]
    [letter] = welcome(nordwind, to=[Recipient(JONAS, "Jonas Brandt", language="fr")])
    assert letter.language == "en" and '<html lang="en">' in letter.html


def test_wishes_days_and_moments():
    assert (chosen("", "xx", "de", "en"), chosen("", "xx"), chosen()) == ("de", "en", "en")
    assert day(date(2026, 3, 1)) == {"en": "1 Mar 2026", "de": "1. März 2026"}
    assert said(moment(datetime(2026, 3, 1, 9, 5, tzinfo=UTC), zone="UTC"), "de") == "1. März 2026, 09:05 Uhr (UTC)"
    assert said({"en": "only"}, "de") == said("only", "de") == "only"
