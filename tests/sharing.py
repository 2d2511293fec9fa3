"""What the two legs of one run share out among them: each does its part, and both together do all.

It is for what asks much of the machine and little of the database: walks in a browser, walks of everybody through
everything, waiting for time to pass. Marked `shared`, tests go to the legs by turns; marked `shared("postgresql")`,
they go where the stricter database makes them sharper. A leg that runs alone (`bin/test sqlite`, `bin/test pg`) does
all of it.
"""

import os

import pytest
from django.db import connection

# "1/2", "2/2", or nothing; bin/checks.py says so.
_place, _, _legs = os.environ.get("TEST_SHARE", "").partition("/")
IS_SECOND = _place == "2"


def mine(of: list) -> list:
    """This leg's part, taken by turns."""
    return of[int(_place) - 1 :: int(_legs)] if _legs else of


def left_to_the_other(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of the tests that are shared out those that are not this leg's."""
    shared = {item: item.get_closest_marker("shared") for item in items}
    by_turns = [item for item, mark in shared.items() if mark and not mark.args]
    placed = [item for item, mark in shared.items() if mark and mark.args and mark.args[0] != connection.vendor]
    return [*set(by_turns).difference(mine(by_turns)), *(placed if _legs else [])]
