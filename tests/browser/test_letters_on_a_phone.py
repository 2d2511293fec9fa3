"""Letters in a mail program: nothing to scroll sideways on the smallest phone, whatever they say; dark where asked.

One empty page takes all of them in turn: no server, no worker.
"""

import pytest
from playwright.sync_api import Page

from notifications.catalogue import CATALOGUE, LINK_FIELD
from notifications.languages import languages
from tests.notifications.test_all_letters import written

NARROW = 320
LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
PATH = "/".join(["a-very-long-alias-of-forty-characters-12"] * 5)
IS_TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth;
  const isCut = (one) => one.clientWidth > 0 && one.scrollWidth > one.clientWidth + 1;
  const cut = [...document.querySelectorAll("p, h1, td, a")].find(isCut);
  const hidden = document.querySelector('div[style*="display:none"]');
  return [wide, cut ? cut.textContent.trim().slice(0, 60) : "", getComputedStyle(hidden).display];
}"""


def long_values(code: str) -> dict[str, str]:
    fields = [name for name in CATALOGUE[code].fields if name != LINK_FIELD]
    return {name: f"https://cloud.nordwind.example/{PATH}" if name.endswith("_url") else LONG for name in fields}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_letter_scrolls_sideways_on_the_smallest_phone(page: Page, scheme: str):
    page.set_viewport_size({"width": NARROW, "height": 700})
    page.emulate_media(color_scheme=scheme)
    for code in CATALOGUE:
        for language in languages():
            for values in ({}, long_values(code)):
                page.set_content(
                    written(code, language, name="Jonas " + LONG if values else "Jonas Brandt", **values).html
                )
                width, cut, hidden = page.evaluate(IS_TOO_WIDE)
                assert (width, cut, hidden) == (NARROW, "", "none"), (code, language, bool(values))
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
        "rgb(12, 20, 23)" if scheme == "dark" else "rgb(245, 248, 248)"
    )
