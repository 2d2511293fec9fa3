"""docs/letters.md shows every letter there is, as bin/picture_letters.py drew it."""

import re
from pathlib import Path

from notifications.catalogue import CATALOGUE
from notifications.defaults import starter
from notifications.languages import languages

DOCS = Path(__file__).resolve().parents[2] / "docs"
MOST = 3_000_000  # bytes, all of them


def test_every_letter_is_shown_in_every_language_light_dark_and_on_a_phone():
    page = (DOCS / "letters.md").read_text()
    shown = set(re.findall(r'src="([^"]+)"', page))
    looks = ("light", "dark", "phone")
    wanted = {f"pictures/letters/{c}-{each}-{look}.webp" for c in CATALOGUE for each in languages() for look in looks}
    assert shown == wanted
    files = {str(path.relative_to(DOCS)) for path in (DOCS / "pictures/letters").iterdir()}
    assert files == wanted, "run bin/picture_letters.py"
    assert sum((DOCS / name).stat().st_size for name in files) < MOST


def test_its_names_and_subjects_are_those_of_today():
    page = (DOCS / "letters.md").read_text()
    for code, kind in CATALOGUE.items():
        assert f"## {kind.name}\n\n{kind.trigger}." in page, "run bin/picture_letters.py"
        for language in languages():
            assert starter(code, language).subject.replace("{{ ", "{").replace(" }}", "}") in page, (code, language)
