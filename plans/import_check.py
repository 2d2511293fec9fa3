"""STORY: the fate of every row of a file, before any of them comes in. Nothing is written.

What the books and the rows before say is the rule of the import itself (import_rules.py). What a plan asks of whoever
gets it, the import finds out by doing it: so one row of each plan and cycle is brought in and taken back, and what
became of it goes for all of its kind. Only the alias is each row's own.
"""

from collections.abc import Iterator
from dataclasses import replace
from uuid import uuid4

from .aliases import refused_among
from .import_books import Books
from .import_file import Row
from .import_rules import RowRefused, Seen, check_row, is_sound, plan_of
from .importing import Fate, import_row, outcome, unchanged
from .models import Operator, Plan
from .models.product import Cycle
from .refusals import Refused


def check_rows(rows: list[Row], *, operator: Operator, send_letters: bool = False) -> Iterator[Fate]:
    """What `import_rows` would do with each. How many queries it takes depends on the plans, not on the rows."""
    books = Books.about([row for row in rows if is_sound(row)], operator=operator)
    trial = Trial(operator, send_letters=send_letters)
    refused, seen = refused_among({row.alias for row in rows}, operator=operator), Seen()
    for row in rows:
        yield _fate(row, books=books, trial=trial, seen=seen, refused=refused)


class Trial:
    """Why nobody can be brought in on a plan and cycle: found out once for each by bringing somebody in."""

    def __init__(self, operator: Operator, *, send_letters: bool) -> None:
        self.operator, self.send_letters = operator, send_letters
        self.known: dict[tuple[int, str], str] = {}

    def check(self, row: Row, *, plan: Plan, opens_storefront: bool) -> None:
        kind = plan.pk, row.cycle.lower() or Cycle.MONTH
        if kind not in self.known:
            free = replace(row, alias=f"trial-{uuid4().hex[:12]}" if opens_storefront else "")
            about = {"operator": self.operator, "seen": Seen(), "send_letters": self.send_letters}
            fate = import_row(free, dry_run=True, **about)
            self.known[kind] = fate.text if fate.kind == "refused" else ""
        if why_not := self.known[kind]:
            raise RowRefused(why_not)


def _fate(row: Row, *, books: Books, trial: Trial, seen: Seen, refused: dict[str, Refused]) -> Fate:
    try:
        seen.check(row)
        if existing := check_row(row, books=books):
            return unchanged(row, existing, books=books)
        plan = plan_of(row, books=books)
        opens = books.opens_storefront(plan)
        trial.check(row, plan=plan, opens_storefront=opens)
        if opens and (refusal := refused.get(row.alias)):
            return Fate(row, "refused", refusal.sentence)
        return Fate(row, "create", outcome(row, books=books))
    except RowRefused as refusal:
        return Fate(row, "refused", str(refusal))
