"""Colours that can be read, whatever a reseller chooses; and light or dark as the visitor chose."""

import re

import pytest
from django.conf import settings as settings_of_site
from django.test import Client
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plans.models import Storefront
from reselling import colours, palette
from reselling.colours import contrast, of_oklch, oklch, parts
from storefront import theme
from tests import cast

any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(any_colour)
@example("#ffffff")
@example("#000000")
@example("#777777")  # on which neither white nor our ink can be read
@example("#ffff00")
@example("#0000ff")
@settings(max_examples=400, deadline=None)
def test_every_text_on_every_ground_of_any_brand_can_be_read(colour):
    """Light and dark: links, buttons (under the pointer, too), and our own texts on the grounds that a brand tints."""
    kinds = (
        (palette.light(colour), palette.LIGHT_TEXTS, palette.LIGHT_GROUNDS),
        (palette.dark(colour), palette.DARK_TEXTS, palette.DARK_GROUNDS),
    )
    for made, texts, grounds in kinds:
        pairs = made.pairs(texts=texts, grounds=grounds)
        assert len(pairs) > 25
        assert [(text, ground) for text, ground in pairs if contrast(text, ground) < colours.READABLE] == []


def test_the_texts_and_grounds_are_those_of_the_stylesheet():
    css = (settings_of_site.BASE_DIR / "static" / "ui.css").read_text()
    told = dict(re.findall(r"--([a-z0-9-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\);", css))
    grounds = [told[name].split(", ") for name in ("canvas", "surface", "raised", "sunken", "hover")]
    texts = [told[name].split(", ") for name in ("text", "text-2", "text-3")]
    assert {light for light, _ in grounds} <= set(palette.LIGHT_GROUNDS)
    assert {dark for _, dark in grounds} <= set(palette.DARK_GROUNDS)
    assert [light for light, _ in texts] == list(palette.LIGHT_TEXTS)
    assert [dark for _, dark in texts] == list(palette.DARK_TEXTS)
    assert set(theme.NAMES) <= set(re.findall(r"--([a-z0-9-]+):", css))


@given(any_colour)
def test_there_and_back_is_the_same_colour(colour):
    lightness, chroma, hue = oklch(colour)
    near = zip(parts(of_oklch(lightness, chroma=chroma, hue=hue)), parts(colour), strict=True)
    assert all(abs(one - other) <= 1 for one, other in near)


def test_the_colours_are_those_of_the_design():
    css = theme.stylesheet("#08758a")
    assert css.startswith(
        ":root {\n  --accent: light-dark(#08758a, #77b3bf);\n  --on-accent: light-dark(#ffffff, #10242a);\n"
    )
    assert colours.text_on("#f2a93b") == "#10242a"


@given(st.text(max_size=30).filter(lambda text: not colours.COLOUR.fullmatch(text)))
def test_nothing_but_a_colour_gets_into_a_stylesheet(text):
    with pytest.raises(ValueError):
        theme.stylesheet(text)


@pytest.mark.parametrize("text", ["#08758a\n", "#08758A", "red", "#08758a;}", "", "#08758a00"])
def test_nearly_a_colour_is_none(text):
    with pytest.raises(ValueError):
        theme.stylesheet(text)


@pytest.mark.django_db
def test_a_stylesheet_is_kept_for_ever_under_its_version():
    operator = cast.distributor()
    own = Storefront.objects.get(operator=operator)
    response = Client().get(f"/-/theme/{own.pk}/{own.version}.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.content.decode() == theme.stylesheet(own.brand_colour)
    assert Client().get(f"/-/theme/{own.pk}/{own.version + 1}.css")["Cache-Control"] == "no-cache"
    assert Client().get(f"/-/theme/{own.pk + 1}/1.css").status_code == 404


@pytest.mark.django_db
def test_the_theme_is_remembered_and_drawn_by_the_server():
    cast.distributor()
    client = Client()
    assert "data-theme" not in client.get("/").text
    assert client.post("/theme/", {"theme": "dark", "next": "/plans/"}).headers["Location"] == "/plans/"
    assert 'data-theme="dark"' in client.get("/").text
    client.post("/theme/", {"theme": '"><script>', "next": "/"})
    assert 'data-theme="dark"' in client.get("/").text
    assert client.get("/theme/").status_code == 405
