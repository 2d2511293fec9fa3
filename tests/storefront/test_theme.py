"""Colours that can be read, whatever a reseller chooses; and light or dark as the visitor chose."""

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from plans.models import Storefront
from reselling import colours
from storefront import theme
from tests import cast

any_colour = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@given(any_colour)
def test_text_on_any_colour_can_be_read(colour):
    assert colours.contrast(colour, colours.text_on(colour)) >= colours.READABLE
    assert colours.contrast(colours.lightened(colour), colours.text_on(colours.lightened(colour))) >= colours.READABLE


def test_the_colours_are_those_of_the_design():
    css = theme.stylesheet("#08758a")
    assert css == ":root { --brand: #08758a; --on-brand: #ffffff; --brand-dark: #77b3bf; --on-brand-dark: #10242a; }\n"
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
