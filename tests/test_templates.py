"""What every template keeps to: nothing inline that the content policy would forbid, no icon that is not drawn."""

import re
from pathlib import Path

from django.conf import settings

ROOT = Path(settings.BASE_DIR, "templates")
PAGES = sorted(page for page in ROOT.rglob("*.html") if "notifications" not in page.relative_to(ROOT).parts[:1])
SPRITE = (ROOT / "ui" / "sprite.html").read_text()


def found(pattern: str) -> list[str]:
    return [f"{page.relative_to(ROOT)}: {hit[0]}" for page in PAGES for hit in re.finditer(pattern, page.read_text())]


def test_there_are_pages():
    assert len(PAGES) > 40


def test_no_style_and_no_handler_stands_in_a_page():
    assert found(r'\sstyle="[^"]*"|<style|\son[a-z]+="[^"]*"|javascript:') == []


def test_every_script_carries_the_nonce():
    assert [tag for tag in found(r"<script[^>]*>") if 'nonce="{{ request.csp_nonce }}"' not in tag] == []


def test_nothing_is_marked_safe():
    assert found(r"\|\s*safe\b|autoescape off") == []


def test_every_icon_is_in_the_sprite():
    drawn = set(re.findall(r'<symbol id="(i-[a-z-]+)"', SPRITE))
    used = {hit.rsplit("#", 1)[1] for hit in found(r'href="#i-[a-z-]+(?=")')}
    assert used - drawn == set()
