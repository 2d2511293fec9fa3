"""The welcome letter, to the letter: what Tech Solutions gets when Nordwind lifts it to Standard."""

import html
import re

import pytest

from notifications.defaults import install_templates

from .people import BRAND, JONAS, welcome

TEXT = """\
Hello Jonas,

Tech Solutions is now a Standard reseller of Nordwind Distribution, and
your own storefront is ready:

https://cloud.nordwind.example/techsolutions

You can now log in and customize your Customer Portal in the Storefront
Admin Panel:

https://cloud.nordwind.example/techsolutions/admin/

Sign in with the same credentials as on the storefront of Nordwind
Distribution: the email address and password you already use there.
Then:

1. Open the Storefront Admin Panel and add your logo and colours.
2. Choose the products you sell and set your prices.
3. Invite your customers to the Customer Portal.

Questions? Write to partners@nordwind.example or call +49 40 555 0100.

--{space}
You get this message because you are the primary contact of Tech
Solutions (AC-10482). It is part of your contract and can’t be
unsubscribed.
Nordwind Distribution GmbH, Speicherring 8, 20457 Hamburg, Germany
""".replace("{space}", " ")


@pytest.fixture
def letter(nordwind):
    install_templates(nordwind)
    [letter] = welcome(nordwind)
    return letter


def test_its_heads(letter):
    assert letter.subject == "Your storefront is ready: https://cloud.nordwind.example/techsolutions"
    assert (letter.from_name, letter.from_email) == ("Nordwind Cloud", "cloud@nordwind.example")
    assert (letter.recipient_name, letter.recipient_email) == ("Jonas Brandt", JONAS)
    assert letter.reply_to == "partners@nordwind.example"


def test_its_text(letter):
    assert letter.text == TEXT


def test_its_html_says_what_the_text_says(letter):
    """Every word of the text is in the HTML, in the same order."""
    body = letter.html.partition("<body")[2]
    seen = " ".join(html.unescape(re.sub(r"<[^>]*>", " ", body)).split())
    words = TEXT.replace("-- \n", "").split()
    position = 0
    for word in words:
        found = seen.find(word, position)
        assert found >= 0, f"{word} after {seen[position - 60 : position]}"
        position = found


def test_its_links_are_the_storefront_the_panel_the_button_and_support(letter):
    assert re.findall(r'<a href="([^"]*)"', letter.html) == [
        "https://cloud.nordwind.example/techsolutions",
        "https://cloud.nordwind.example/techsolutions/admin/",
        "https://cloud.nordwind.example/techsolutions",
        "mailto:partners@nordwind.example",
    ]
    assert ">Open my storefront</a>" in letter.html
    assert "Sign in, add your logo and start selling." in letter.html


def test_it_wears_the_brand(nordwind):
    from dataclasses import replace

    [letter] = welcome(nordwind, brand=replace(BRAND, colour="#b3261e", on_colour="#fefefe"))
    assert "background:#b3261e" in letter.html
    assert "color:#fefefe" in letter.html
    assert ".btn { background: #b3261e !important; } .btn a { color: #fefefe !important; }" in letter.html
    dark = replace(BRAND, colour="#b3261e", dark_colour="#d78d88", on_dark_colour="#10242a")
    [letter] = welcome(nordwind, occasion="dark", brand=dark)
    assert ".btn { background: #d78d88 !important; } .btn a { color: #10242a !important; }" in letter.html


def test_a_colour_that_is_none_is_not_used(nordwind):
    from dataclasses import replace

    [letter] = welcome(
        nordwind,
        brand=replace(
            BRAND, colour="red;} body{display:none", on_colour="#FFF", dark_colour="red", on_dark_colour="#ffffff"
        ),
    )
    assert "display:none;}" not in letter.html and "red;" not in letter.html
    assert "background:#0a6573" in letter.html and ".btn { background: #0a6573 !important; }" in letter.html


def test_it_holds_no_password_and_loads_nothing(letter):
    """No picture, no script, no tracking: nothing is fetched when it is opened."""
    assert not re.search(r"<(img|script|link|iframe|object|form)\b|url\(|src=", letter.html)
    assert "password:" not in letter.text.lower()
