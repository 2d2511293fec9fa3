"""From words to a letter: structure comes from the operator's words, never from a merged value."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from notifications.defaults import Words
from notifications.merging import clean
from notifications.rendering import Letterhead, render_letter

from .people import BRAND, WELCOME, WHY, welcome

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><script>alert(1)</script>",
    "</title><script>",
    "' onmouseover='alert(1)",
    '" onmouseover="alert(1)',
    "<a href=javascript:alert(1)>x</a>",
    "&lt;script&gt;&#60;script&#62;",
    "{{ settings.SECRET_KEY }}{% debug %}",
    "<!-- -->",
    "]]><![CDATA[",
    "\u202egnp.exe",
    "\x00\x1b[31m",
    "a\r\nb\n\nc",
    "\ufdd0<b>\ufdd1",
    "# Heading",
    "1. First",
]


class Shape(HTMLParser):
    """The tags and attribute names of a letter, which no value may change."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag):
        self.seen.append(("/", tag))

    def handle_comment(self, data):
        self.seen.append(("comment",))

    def handle_decl(self, decl):
        self.seen.append(("decl", decl))


def shape(html: str) -> list[tuple]:
    parser = Shape()
    parser.feed(html)
    return parser.seen


def letter(body: str, *, subject="S", preview="", button="", button_field="", **values: str) -> tuple[str, str, str]:
    words = Words(subject=subject, preview_text=preview, body=body, button_label=button)
    return render_letter(words, values=WELCOME | values, brand=BRAND, head=Letterhead(WHY), button_field=button_field)


@pytest.mark.parametrize("value", HOSTILE)
def test_a_merged_value_is_never_markup_nor_structure(nordwind, value):
    plain = welcome(nordwind, occasion="plain")[0]
    hostile = welcome(nordwind, occasion="hostile", account_name=value, plan_name=value)[0]
    assert shape(hostile.html) == shape(plain.html)
    assert hostile.text.count("\n\n") == plain.text.count("\n\n")
    assert not re.search(r"[\x00-\x09\x0b-\x1f\u202e\ufdd0\ufdd1]", hostile.text + hostile.html + hostile.subject)


@pytest.mark.parametrize("where", ["name", "phone", "address", "support_email", "initial", "from_name"])
@pytest.mark.parametrize("value", HOSTILE[:8])
def test_a_brand_is_never_markup(nordwind, where, value):
    from dataclasses import replace

    plain = welcome(nordwind, occasion="plain")[0]
    hostile = welcome(nordwind, occasion="hostile", brand=replace(BRAND, **{where: value}))[0]
    assert shape(hostile.html) == shape(plain.html)


@pytest.mark.parametrize("value", HOSTILE)
def test_what_staff_write_is_never_markup(value):
    _, _, html = letter(f"x {value.replace('{', '(')} y", subject=value.replace("{", "("), preview="p")
    _, _, plain = letter("x y", subject="S", preview="p")
    allowed = set(shape(plain)) | {("br",)}
    assert set(shape(html)) <= allowed


@given(st.text(max_size=60))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_as_a_value_keeps_the_shape(value):
    assume(clean(value))
    body = "# {{ account_name }}\n\n{{ account_name }}\n1. {{ account_name }}\n\n{{ storefront_url }}"
    _, _, plain = letter(body, account_name="x")
    subject, _, html = letter(body, subject="{{ account_name }}", account_name=value)
    assert shape(html) == shape(plain)
    assert subject.isprintable() or not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", subject)


def test_only_url_fields_become_links():
    body = "See {{ storefront_url }} and {{ account_name }} and https://typed.example/x"
    _, text, html = letter(body, account_name="https://evil.example/x")
    assert re.findall(r'href="(http[^"]*)"', html) == ["https://cloud.nordwind.example/techsolutions"]
    assert "https://typed.example/x" in text


@pytest.mark.parametrize(
    "url",
    ["javascript:alert(1)", "data:text/html,x", "//evil.example", 'https://x.example/"onclick=', "https://x y", ""],
)
def test_a_url_field_that_is_no_web_address_is_no_link(url):
    _, _, html = letter("{{ storefront_url }}", button="Go", button_field="storefront_url", storefront_url=url)
    assert 'href="mailto:partners@nordwind.example"' in html
    assert html.count("href=") == 1
    assert 'class="btn"' not in html


def test_structure_of_the_words():
    body = "# Big\n\nOne\nTwo\n\n1. First\n2. Second {{ plan_name }}\nAfter\n\n{{ storefront_url }}\n\n\n\n \nEnd"
    _, text, html = letter(body, subject="S")
    assert text.startswith(
        "Big\n\nOne\nTwo\n\n1. First\n2. Second Standard\n\nAfter\n\nhttps://cloud.nordwind.example/techsolutions\n\nEnd\n"
    )
    assert ">Big</h1>" in html and "One<br>Two</p>" in html and ">Second Standard</td>" in html
    assert html.count('class="ur"') == 1


def test_without_a_heading_the_subject_is_the_heading():
    _, text, html = letter("Text", subject="About {{ plan_name }}")
    assert ">About Standard</h1>" in html and "<title>About Standard</title>" in html
    assert text.startswith("Text\n")


def test_the_buttons_address_is_in_the_text_even_when_the_words_do_not_say_it():
    _, text, _ = letter("Text", button="Open the panel", button_field="admin_url")
    assert "Open the panel:\nhttps://cloud.nordwind.example/techsolutions/admin/\n" in text
    _, text, _ = letter("{{ admin_url }}", button="Open the panel", button_field="admin_url")
    assert "Open the panel" not in text and text.count("/admin/") == 1


def test_lines_of_the_text_are_short_and_addresses_whole():
    url = "https://cloud.nordwind.example/" + "long-" * 30
    _, text, _ = letter("Word " * 60 + "\n\n{{ storefront_url }}", storefront_url=url)
    assert url in text.splitlines()
    assert max(len(line) for line in text.splitlines() if line != url) <= 72


def test_a_default_that_spans_lines_stays_one_value():
    _, text, html = letter('A {{ account_name | default: "one\n\n# two" }} B', account_name="")
    assert text.startswith("A one # two B\n") and "<p" in html
    assert not re.search("[\ufdd0\ufdd1]", text + html)


def test_windows_line_ends_are_line_ends():
    assert letter("A\r\n\r\nB")[1].startswith("A\n\nB\n")


def test_long_values_are_cut():
    _, text, html = letter("{{ account_name }}", account_name="x" * 1_000_000)
    assert len(text) < 4_000 and len(html) < 15_000
