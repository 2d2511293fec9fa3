"""What the two legs of one run share out among them: each does its part, and both together do all.

It is for what asks much of the machine and little of the database: pages and forms, walks in a browser, walks of
everybody through everything, waiting for time to pass. Marked `shared`, tests go to the legs by turns; marked
`shared("postgresql")`, they go where the stricter database makes them sharper. The tests of the faces are `shared`
without a mark, but for those that a database answers in its own way: transactions, locks, counted statements. A leg
that runs alone (`bin/test sqlite`, `bin/test pg`) does all of it.
"""

import inspect
import os
import re
from pathlib import Path

import pytest
from django.db import connection

# "1/2", "2/2", or nothing; bin/checks.py says so.
_place, _, _legs = os.environ.get("TEST_SHARE", "").partition("/")
IS_SECOND = _place == "2"
TESTS = Path(__file__).resolve().parent
BY_TURNS = [TESTS / name for name in (
    "api", "bss", "storefront", "test_house.py", "test_house_rules.py", "test_templates.py", "config/test_children.py",
    "config/test_headers.py", "config/test_logs.py", "config/test_settings.py", "notifications/test_headers.py",
    "notifications/test_merging.py", "notifications/test_rendering.py",
)]  # fmt: skip
ON_BOTH = {"test_query_plans.py", "test_search.py", "test_sql_counts.py"}
ASKS = re.compile(r"quer(y|ies)\b|\bsql\b|vendor|\bconnection|Error\)|\\0|\\x00|\bat_once\(|\btogether\(", re.I)


def mine(of: list) -> list:
    """This leg's part, taken by turns."""
    return of[int(_place) - 1 :: int(_legs)] if _legs else of


def left_to_the_other(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of the tests that are shared out those that are not this leg's."""
    if not _legs:
        return []
    for item in items:
        if is_of_a_face(item) and not item.get_closest_marker("shared") and not is_about_the_database(item):
            item.add_marker("shared")
    shared = {item: item.get_closest_marker("shared") for item in items}
    by_turns = [item for item, mark in shared.items() if mark and not mark.args]
    placed = [item for item, mark in shared.items() if mark and mark.args and mark.args[0] != connection.vendor]
    return [*set(by_turns).difference(mine(by_turns)), *placed]


def is_of_a_face(item: pytest.Item) -> bool:
    return any(place in (item.path, *item.path.parents) for place in BY_TURNS) and item.path.name not in ON_BOTH


def is_about_the_database(item: pytest.Function) -> bool:
    mark = item.get_closest_marker("django_db")
    if "transactional_db" in item.fixturenames or (mark and mark.kwargs.get("transaction")):
        return True
    given = repr(item.callspec.params) if hasattr(item, "callspec") else ""
    body = inspect.getsource(item.function).partition("def test")[2].partition("\n")[2]
    return "\\x00" in given or bool(ASKS.search(body))
