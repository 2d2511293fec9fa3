"""Several people at the same moment: each call in a thread of its own, with a database connection of its own."""

import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, models

from plans.refusals import Refused
from tests import emptying

PATIENCE = 4.0  # seconds; a lock_timeout of 5 s would spoil the race


@dataclass(frozen=True)
class Outcome:
    """What one call came to: its value, or what it raised."""

    value: object = None
    problem: BaseException | None = None

    @property
    def code(self) -> str:
        """`done`, the code of a refusal, or the name of any other exception."""
        if self.problem is None:
            return "done"
        return self.problem.code if isinstance(self.problem, Refused) else type(self.problem).__name__


def at_once(*calls: Callable[[], object], gate: type[models.Model] | None = None) -> list[Outcome]:
    """Make all the calls at once; their outcomes, in the order of the calls.

    With a `gate` nobody can write to that table until every call has got as far as wanting to: whatever a call looks
    at first, all of them have looked before the first one writes. That is the hardest moment for a guard.
    """
    outcomes: list[Outcome | None] = [None] * len(calls)
    barrier = threading.Barrier(len(calls))

    def run(at: int, call: Callable[[], object]) -> None:
        try:
            barrier.wait(PATIENCE)
            outcomes[at] = Outcome(value=call())
        except Exception as problem:  # noqa: BLE001  the judge of the race says which ones are right
            outcomes[at] = Outcome(problem=problem)
            if not isinstance(problem, Refused):
                traceback.print_exc()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(at, call), daemon=True) for at, call in enumerate(calls)]
    with _closed(gate) if gate else _open() as waiting:
        for thread in threads:
            thread.start()
        waiting(threads)
    for thread in threads:
        thread.join(30)
    assert None not in outcomes, "a call did not come back"
    return outcomes


def codes(outcomes: list[Outcome]) -> list[str]:
    return sorted(outcome.code for outcome in outcomes)


@contextmanager
def _open() -> Iterator[Callable]:
    yield lambda threads: None


@contextmanager
def _closed(gate: type[models.Model]) -> Iterator[Callable]:
    """PostgreSQL keeps writers from one table; on SQLite there is one writer, and that is us."""
    holder = connection.copy()
    try:
        with holder.cursor() as cursor:
            if connection.vendor == "postgresql":
                holder.set_autocommit(False)
                cursor.execute(f"LOCK TABLE {gate._meta.db_table} IN SHARE MODE")
                yield _until_all_wait_for_a_lock
            else:
                cursor.execute("BEGIN IMMEDIATE")
                yield lambda threads: time.sleep(0.15)
            holder.connection.rollback()
    finally:
        holder.close()


def _until_all_wait_for_a_lock(threads: list[threading.Thread]) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    deadline = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(waiting)
            if cursor.fetchone()[0] >= sum(thread.is_alive() for thread in threads):
                return
            time.sleep(0.005)


@contextmanager
def without(*promises: tuple[type[models.Model], str]) -> Iterator[None]:
    """Take constraints out, for a twin that must turn red. What the twin wrote is gone before they are put back."""
    taken = [(model, next(c for c in model._meta.constraints if c.name == name)) for model, name in promises]
    for model, promise in taken:
        model._meta.constraints.remove(promise)  # SQLite makes the table anew, by what the model says
        with connection.schema_editor() as editor:
            editor.remove_constraint(model, promise)
    try:
        yield
    finally:
        emptying.empty()
        for model, promise in taken:
            model._meta.constraints.append(promise)
            with connection.schema_editor() as editor:
                editor.add_constraint(model, promise)
