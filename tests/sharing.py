"""What the two legs of one run share out among them: each does its part, and both together do all.

It is for what asks much of the machine and little of the database: walks in a browser, walks of everybody through
everything, waiting for time to pass. A leg that runs alone (`bin/test sqlite`, `bin/test pg`) does all of it.
"""

import os

# "1/2", "2/2", or nothing; bin/checks.py says so.
_place, _, _legs = os.environ.get("TEST_SHARE", "").partition("/")
IS_SECOND = _place == "2"


def mine(of: list) -> list:
    """This leg's part, taken by turns."""
    return of[int(_place) - 1 :: int(_legs)] if _legs else of
