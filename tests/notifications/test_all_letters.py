"""Every letter in every language: both parts say the same, values are literal, hostile words never run."""

import html
import re
import time
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from django.conf import settings

from notifications.catalogue import CATALOGUE, LINK_FIELD
from notifications.defaults import Words, starter
from notifications.editing import problems_in
from notifications.languages import languages
from notifications.merging import MAX_OUTPUT, TemplateRefused, clean
from notifications.rendering import LINK_MASK, Letterhead, render_letter
from notifications.writing import Letter, Recipient, Template, rows_of

from .people import BRAND, JONAS, WHY
from .test_rendering import shape

ALL = [(code, language) for code in CATALOGUE for language in languages()]
NASTY = "<script>alert(1)</script>{{ settings.SECRET_KEY }}{% include 'x' %}\"'&amp;"


def value_of(name: str) -> str:
    return f"https://cloud.nordwind.example/{name}" if name.endswith("_url") else f"«{name} of this»"


def written(code: str, language: str, *, words: Words | None = None, name: str = "Jonas Brandt", **given: str):
    """The letter as it is kept, with a value in every field that nobody mistakes for another's."""
    kind = CATALOGUE[code]
    fields = {field: given.get(field, value_of(field)) for field in kind.fields if field != LINK_FIELD}
    secret = code if kind.has_secret_link else ""
    letter = Letter(code, "o", [Recipient(JONAS, name)], fields, BRAND, WHY, secret_kind=secret, language=language)
    variants = {} if words is None or language == "en" else {language: vars(words)}
    english = words if words is not None and language == "en" else starter(code)
    [row] = rows_of(letter, Template(code, kind.name, True, **vars(english), variants=variants), operator_id=1)
    return row


class Seen(HTMLParser):
    """What a reader of the HTML sees, and where its links lead. The preview text is not part of what is opened; what
    a button is called says nothing where its address can be read."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if tag == "a":
            self.links.append(attributes["href"])
        self._hidden += tag in ("style", "title") or "display:none" in attributes.get("style", "")
        self._hidden += tag == "a" and "display:block" in attributes.get("style", "")

    def handle_endtag(self, tag):
        self._hidden -= self._hidden and tag in ("style", "title", "div", "a")

    def handle_data(self, data):
        if not self._hidden:
            self.words += data.split()


def seen(page: str) -> Seen:
    found = Seen()
    found.feed(page)
    return found


def flat(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize(("code", "language"), ALL)
def test_the_text_says_all_that_the_html_says(code, language):
    row = written(code, language)
    shown, text = seen(row.html), flat(row.text)
    for link in shown.links:
        assert link.removeprefix("mailto:") in text, link
    whole = " ".join(shown.words)
    for name in CATALOGUE[code].merge_fields:
        value = LINK_MASK if name == LINK_FIELD else value_of(name)
        assert value not in whole or value in f"{text} {row.subject}", name
    said = f"{flat(row.subject)} {text} {BRAND.name}"
    assert [word for word in shown.words if word not in said and word != "N"] == []


@pytest.mark.parametrize(("code", "language"), ALL)
def test_the_html_has_what_every_mail_program_needs(code, language):
    """DESIGN 11: its language, a preview text, one button, whole addresses, nothing fetched, nobody followed."""
    row = written(code, language)
    assert f'<html lang="{language}">' in row.html and "color-scheme" in row.html
    assert '<div style="display:none;max-height:0;overflow:hidden;">' in row.html
    assert row.html.count('class="btn"') == bool(CATALOGUE[code].button_field)
    assert "max-width:600px" in row.html and "prefers-color-scheme: dark" in row.html
    assert not re.search(r"<(img|script|link|iframe|object|form|video)\b|url\(|src=|@import|utm_", row.html)
    links = seen(row.html).links
    assert all(link.startswith(("https://cloud.nordwind.example/", "mailto:", LINK_MASK)) for link in links)


@pytest.mark.parametrize(("code", "language"), ALL)
def test_what_is_merged_is_literal_in_both_parts(code, language):
    fields = [name for name in CATALOGUE[code].fields if not name.endswith("_url") and name != LINK_FIELD]
    row, plain = written(code, language, name=NASTY, **dict.fromkeys(fields, NASTY)), written(code, language, name="x")
    assert shape(row.html) == shape(plain.html)
    assert "<script>" not in row.html and settings.SECRET_KEY not in row.html + row.text
    if fields:
        assert "<script>alert(1)</script>{{" in row.text + row.subject
        assert html.escape("<script>alert(1)</script>{{") in row.html


SECRETS = ("settings.SECRET_KEY", "request.user.password", "self", "config.items", "forloop", "tablerowloop", "env")
DUNDERS = ("__class__", "__class__.__mro__", "__init__.__globals__", "__dict__", "__subclasses__", "gi_frame.f_back")
TAGS = (
    "include 'x'", "render 'x'", "extends 'x'", "load static", "for a in (1..9999999)", "tablerow a in (1..9999)",
    "assign x = 'y'", "capture x", "increment x", "decrement x", "cycle 'a', 'b'", "liquid echo 1", "echo account_name",
    "import 'os' as os", "macro x", "call x", "with x", "debug", "csrf_token", "url 'x'", "block x", "layout 'x'",
    "python",
    "inline", "translate", "ifchanged", "section 'x'", "style", "javascript", "paginate x by 9", "form 'x'", "break",
)  # fmt: skip
FILTERS = (
    "safe", "raw", "escape", "append: 'x'", "prepend: 'x'", "split: ''", "join: 'x'", "map: '__class__'",
    "where: 'x', 'y'",
    "sort", "first", "last", "size", "times: 99999999", "plus: 1", "slice: 0, 1", "replace: 'a', 'b'", "newline_to_br",
    "strip_html", "url_encode", "base64_decode", "date: '%s'", "attr: 'x'", "format: 'x'", "json", "concat: 'x'",
    "reverse", "uniq", "compact", "sum", "divided_by: 0", "modulo: 0", "pow: 999", "repeat: 999999", "eval", "system",
)  # fmt: skip
BOMBS = (
    "{{ account_name }}" * 1_000,
    "{% if account_name != '' %}" * 700,
    "{% if account_name != '' %}" * 9 + "x" + "{% endif %}" * 9,
    "{% case account_name %}" + "{% when 'x' %}" * 1_200 + "{% endcase %}",
    "{{ account_name" + " | upcase" * 1_800 + " }}",
    "{{ account_name | truncate: 99999999999999999999 }}",
    "{{ account_name | truncate: -1, '" + "x" * 15_000 + "' }}",
    "{{ '" + "x" * 15_000 + "' | default: '" + "y" * 3_000 + "' }}",
    "{{ account_name | default: '" + "x" * 15_000 + "' }}" * 1,
    "{" * 19_000, "}" * 19_000, "{%" * 9_000, "{{" * 9_000, "{{ " + "(" * 9_000, "{{ a" + "[" * 9_000,
    "{{ a" + ".b" * 9_000 + " }}", "\n" * 19_000, "# " * 9_000, "1. x\n" * 3_900, "{% raw %}" * 2_000,
    "{% comment %}" * 1_400, "{% if " + "1 and " * 3_000 + "1 %}x{% endif %}", "{{ 1..99999999 }}",
    "{{ (1..99999999) }}",
    "{{ 9e999 }}", "{{ " + "9" * 15_000 + " }}", "{{" + "\t" * 19_000, "\ufdd0" * 5_000 + "<b>" + "\ufdd1" * 5_000,
)  # fmt: skip
HOSTILE = [
    *(f"{{{{ {what} }}}}" for what in SECRETS),
    *(f"{{{{ account_name.{what} }}}}" for what in DUNDERS),
    *(f"{{{{ account_name['{what}'] }}}}" for what in DUNDERS),
    *(f"{{{{ {what} }}}}" for what in DUNDERS),
    *(f"{{{{ account_name | default: {what} }}}}" for what in SECRETS),
    *(f"{{% if {what} %}}x{{% endif %}}" for what in SECRETS),
    *(f"{{% {tag} %}}" for tag in TAGS),
    *(f"{{%- {tag} -%}}x" for tag in TAGS),
    *(f"{{{{ account_name | {name} }}}}" for name in FILTERS),
    *(f"{{{{ account_name | upcase | {name} | downcase }}}}" for name in FILTERS),
    *BOMBS,
    "${7*7} #{7*7} <%= 7*7 %> ${{7*7}} [[7*7]] {php}x{/php} @(7*7) *{7*7} ~{x}",
    "<script>alert(1)</script><img src=x onerror=alert(1)><!-- x --></style></title>",
    "Subject: x\r\nBcc: everybody@x.example\r\n\r\n<b>x</b>",
]


def test_there_are_two_hundred_of_them():
    assert len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("language", languages())
def test_hostile_words_are_refused_with_their_place_or_stay_literal_and_take_no_time(language):
    """In all four places at once. What is let in is merged with the longest values there are."""
    kind, let_in = CATALOGUE["welcome_standard"], []
    values = {name: clean("9{{ settings }}<b>" * 200) for name in kind.merge_fields}
    for source in HOSTILE:
        began = time.monotonic()
        words = Words(source[:300], source[:300], source, source[:60])
        problems = problems_in(words, kind=kind)
        for sentence in (sentence for found in problems.values() for sentence in found):
            assert re.match(r"Line \d+, column \d+: .{3,260}\.$", sentence), sentence
        try:
            made = render_letter(words, values=values, brand=BRAND, head=Letterhead(WHY, language=language))
        except TemplateRefused as refused:
            made, said = ("", "", ""), str(refused)
            assert 2 < len(said) < 300
        else:
            let_in.append(source)
        assert time.monotonic() - began < 2, source[:60]
        whole = "".join(made)
        assert len(whole) < 8 * MAX_OUTPUT, source[:60]
        assert settings.SECRET_KEY not in whole and "<b>" not in made[2] and "<script" not in made[2]
        assert not re.search("<class|object at 0x|builtin|Traceback|\ufdd0|\ufdd1", whole), source[:60]
        assert "\n" not in made[0] and "\r" not in whole.replace("\r\n", "")
    executable = [
        source for source in let_in if re.search(r"{{ (settings|request|config|self|env)|__|{% (in|for|as)", source)
    ]
    assert [source[:50] for source in executable] == []


def test_words_that_fail_only_with_real_values_give_way_to_the_starter_words():
    """4 MB of values from words that pass: bounded, and an order goes on."""
    words = replace(starter("welcome_standard"), body="{{ account_name }}" * 1_000)
    assert problems_in(words, kind=CATALOGUE["welcome_standard"]) == {}
    row = written("welcome_standard", "en", words=words, account_name="x" * 2_000)
    assert "is now a Standard reseller of" in flat(row.text) and len(row.html) < MAX_OUTPUT
