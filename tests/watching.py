"""What a request wrote: which tables, and whether the database is as it was."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model, Q

WRITES = re.compile(r'^\s*(?:INSERT INTO|UPDATE|DELETE FROM|REPLACE INTO|MERGE INTO)\s+"?(\w+)"?', re.IGNORECASE)
SESSIONS = "django_session"  # who is signed in is no fact of the house


def digests(*, only: set[str] | None = None) -> dict[str, str]:
    """Table to a digest of its rows, of all tables but the sessions'."""
    found = {}
    with connection.cursor() as cursor:
        for table in only or set(connection.introspection.table_names(cursor)) - {SESSIONS}:
            cursor.execute(f'SELECT * FROM "{table}"')
            found[table] = sha256(repr(sorted(map(repr, cursor.fetchall()))).encode()).hexdigest()
    return found


def changed(before: dict[str, str], *, only: set[str] | None = None) -> set[str]:
    """The tables that are not as they were; `only` these are looked at."""
    return {table for table, digest in digests(only=only).items() if before.get(table) != digest}


def rows_of(owners: dict[str, int], *, only: set[str] | None = None) -> dict[str, str]:
    """Table to a digest of the rows that belong to one of the owners (`{"operator": 2, "account": 7, "user": 9}`).

    A row belongs by a column of that name, or by one of the row that it points to: a line of a basket has its basket's.
    """
    found = {}
    for model in apps.get_models():
        if only is not None and model._meta.db_table not in only:
            continue
        rows = [row for q in _ownership(model, owners) for row in model._base_manager.filter(q).values_list()]
        found[model._meta.db_table] = sha256(repr(sorted(set(map(repr, rows)))).encode()).hexdigest()
    return found


def _ownership(model: type[Model], owners: dict[str, int]) -> Iterator[Q]:
    for field in model._meta.concrete_fields:
        if field.name in owners:
            yield Q(**{field.name: owners[field.name]})
        elif field.related_model is not None:
            names = {there.name for there in field.related_model._meta.concrete_fields}
            yield from (Q(**{f"{field.name}__{name}": owners[name]}) for name in names & owners.keys())


class Written:
    """The tables that statements wanted to change, whether or not they found a row or were taken back."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute, sql, params, many, context):
        if (match := WRITES.match(sql)) and match[1] != SESSIONS:
            self.tables.add(match[1])
        return execute(sql, params, many, context)


@contextmanager
def writes() -> Iterator[Written]:
    written = Written()
    with connection.execute_wrapper(written):
        yield written


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    savepoint = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(savepoint)
