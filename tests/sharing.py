"""What the processes of one run share out among them: each does its part, and together they do all.

What a database answers in its own way (transactions, locks, counted statements) is tested on both. What asks much of
the machine and little of the database is tested once: marked `shared`, on whichever has time for it; marked
`shared("postgresql")`, where the stricter database makes it sharper. The tests of the faces are `shared` without a
mark, but for those that are about the database. A leg that runs alone (`bin/test sqlite`, `bin/test pg`) does it all.

Nothing is dealt out beforehand. Whoever is free takes the next file of tests, first of those that its database must
see, then of those that any may; so all end at about the same time, whatever the machine and whatever the tests take.
"""

import inspect
import os
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

# The folder in which files of tests are taken, and the process's place: bin/checks.py says so in a shared run.
FOLDER, _, _place = os.environ.get("TEST_SHARE", "").rpartition(":")
IS_SHARED_RUN, GOES_BACKWARDS = bool(FOLDER), _place in ("2", "4")  # of the two on one database the other one
ANY = "any"
TESTS = Path(__file__).resolve().parent
AS_ONE = {TESTS / "everywhere"}  # its files have one walk for all of them, which takes a minute
FACES = [TESTS / name for name in (
    "api", "bss", "storefront", "test_house.py", "test_house_rules.py", "test_templates.py", "config/test_children.py",
    "config/test_headers.py", "config/test_logs.py", "config/test_settings.py", "notifications/test_headers.py",
    "notifications/test_merging.py", "notifications/test_rendering.py",
)]  # fmt: skip
ON_BOTH = {"test_query_plans.py", "test_search.py", "test_sql_counts.py"}
ASKS = re.compile(r"quer(y|ies)\b|\bsql\b|vendor|\bconnection|Error\)|\\0|\\x00|\bat_once\(|\btogether\(", re.I)


def rounds(of: int) -> int:
    """How often a race is run or a history made up: two fifths in a whole run, all by itself."""
    return of * 2 // 5 if IS_SHARED_RUN else of


def left_to_the_other(items: list[pytest.Item]) -> list[pytest.Item]:
    """What only the other database is asked."""
    return [item for item in items if database_of(item) not in (connection.vendor, ANY)] if IS_SHARED_RUN else []


def database_of(item: pytest.Item) -> str:
    """Where a test is still to be run: on this database, on the other one, or on any of them."""
    mark = item.get_closest_marker("shared")
    if mark:
        return mark.args[0] if mark.args else ANY
    return ANY if is_of_a_face(item) and not is_about_the_database(item) else connection.vendor


def taken(items: list[pytest.Item]) -> Iterator[pytest.Item]:
    """The tests that this process comes to take, file by file, while others take theirs. What takes long is first."""
    files: dict[tuple[bool, Path], list[pytest.Item]] = defaultdict(list)
    for item in items:
        place = item.path.parent if item.path.parent in AS_ONE else item.path
        files[database_of(item) == ANY, place].append(item)

    def turn(file: tuple[bool, Path]) -> tuple[bool, bool]:
        waits = any(item.get_closest_marker("faults") for item in files[file])
        return file[0], not (file[1] in AS_ONE or (file[0] and waits))

    for is_for_any, place in sorted(sorted(files, reverse=GOES_BACKWARDS), key=turn):
        if take(ANY if is_for_any else connection.vendor, place):
            yield from files[is_for_any, place]


def take(database: str, place: Path) -> bool:
    """Whether nobody has taken the file before."""
    name = f"{database} {place.relative_to(TESTS)}".replace("/", " ")
    try:
        Path(FOLDER, name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def is_of_a_face(item: pytest.Item) -> bool:
    return any(place in (item.path, *item.path.parents) for place in FACES) and item.path.name not in ON_BOTH


def is_about_the_database(item: pytest.Function) -> bool:
    mark = item.get_closest_marker("django_db")
    if "transactional_db" in item.fixturenames or (mark and mark.kwargs.get("transaction")):
        return True
    given = repr(item.callspec.params) if hasattr(item, "callspec") else ""
    body = inspect.getsource(item.function).partition("def test")[2].partition("\n")[2]
    return "\\x00" in given or bool(ASKS.search(body))
