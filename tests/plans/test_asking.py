"""What was typed is made fit to be asked about in one place."""

from pathlib import Path

from plans.asking import askable

ROOT = Path(__file__).parents[2]


def test_no_nul_no_space_around_and_not_too_long():
    assert askable(" \0te\0ch\0 ", most=3) == "tec"
    assert askable("\0", most=9) == ""


def test_nobody_else_takes_out_nul():
    folders = ("api", "bss", "config", "notifications", "plans", "reselling", "storefront", "ui")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    assert [str(path.relative_to(ROOT)) for path in files if 'replace("\\0"' in path.read_text()] == ["plans/asking.py"]
