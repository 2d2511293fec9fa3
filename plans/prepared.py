"""A question that every page asks, with its SQL written once.

The ORM writes it, for the database at hand, and makes instances of the rows as ever; but putting a large query together
and writing it down takes ten times longer than the database takes to answer, so that is not done anew each time.
"""

import copy
import re
from collections.abc import Callable
from types import SimpleNamespace

from django.db import DEFAULT_DB_ALIAS, connection, models
from django.db.models.query import ModelIterable
from django.db.models.sql.compiler import SQLCompiler

NUMBER, TEXT = -1_000_000_001, "stands in for {}"  # until there is a value; they stand nowhere else in a query
MOMENT = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Question:
    """`build` makes a queryset from keyword arguments; `asked` names them, each `int` or `str`.

    Calling it with real values answers with the list that `build` would. A moment or a day in the query would be that
    of the first call; the database's own, Now(), is well. Raises TypeError where there is one.
    """

    def __init__(self, build: Callable[..., models.QuerySet], **asked: type[int | str]) -> None:
        self.build, self.asked = build, asked
        self.stand_ins = {
            name: TEXT.format(name) if kind is str else NUMBER - place
            for place, (name, kind) in enumerate(asked.items())
        }
        self.written: dict[str, tuple[SQLCompiler, str, tuple]] = {}

    def _filled(self, values: dict[str, int | str]) -> tuple[SQLCompiler, str, tuple]:
        compiler, sql, parameters = self._written()
        real = {stand_in: values[name] for name, stand_in in self.stand_ins.items()}
        return compiler, sql, tuple(real.get(one, one) if type(one) in (int, str) else one for one in parameters)

    def _written(self) -> tuple[SQLCompiler, str, tuple]:
        if connection.vendor not in self.written:
            compiler = self.build(**self.stand_ins).query.get_compiler(DEFAULT_DB_ALIAS)
            sql, parameters = compiler.as_sql()
            if any(MOMENT.match(str(one)) for one in parameters):
                raise TypeError("A prepared question would keep the moment of its first asking.")
            converters = compiler.get_converters([column for column, *_ in compiler.select])
            compiler.get_converters = lambda columns: converters
            self.written[connection.vendor] = compiler, sql, parameters
        return self.written[connection.vendor]


class Prepared(Question):
    """Answers with instances."""

    def __call__(self, **values: int | str) -> list:
        compiler, sql, parameters = self._filled(values)
        ready = copy.copy(compiler)  # knows the columns, and which instances they make
        ready.connection, ready.as_sql = connection, lambda: (sql, parameters)
        query = SimpleNamespace(get_compiler=lambda using: ready)
        return list(ModelIterable(SimpleNamespace(db=DEFAULT_DB_ALIAS, query=query, _known_related_objects={})))

    def first(self, **values: int | str) -> models.Model | None:
        """The first of the answers: for questions that have one at the most."""
        return next(iter(self(**values)), None)


class PreparedRows(Question):
    """Of a `values()` queryset, for who looks at rows to see whether they are the same: answers with its dicts."""

    def __call__(self, **values: int | str) -> list[dict[str, object]]:
        compiler, sql, parameters = self._filled(values)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            columns = [column[0] for column in cursor.description]
            found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        for place, (steps, expression) in compiler.get_converters(compiler.select).items():
            for row in found:
                for convert in steps:
                    row[columns[place]] = convert(row[columns[place]], expression, connection)
        return found
