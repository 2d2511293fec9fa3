"""A question that every page asks, with its SQL written once.

The ORM writes it, for the database at hand; but building and compiling a large query takes it ten times longer than
the database takes to answer, so that is not done anew for each request.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from django.db import connection, models

NONE_IN_JSON = models.DateField, models.DecimalField, models.UUIDField, models.TimeField, models.BinaryField
FIRST_STAND_IN = -1_000_000_001


class Written(NamedTuple):
    sql: str
    parameters: list[object]
    converters: list[tuple[int, list[Callable], object]]  # a column's place, what makes it Python's, its expression


class Prepared:
    """`build` makes a `values()` queryset from stand-ins for `numbers` and `texts`; calling it asks with real values,
    by name. Rows are the dicts that the queryset would give.

    Stand-ins stand nowhere else in the query, and as they are: a text can be compared with, not searched for in parts.
    """

    def __init__(self, build: Callable[..., models.QuerySet], *numbers: str, texts: tuple[str, ...] = ()) -> None:
        self.build = build
        self.stand_ins: dict[str, int | str] = {name: FIRST_STAND_IN - place for place, name in enumerate(numbers)}
        self.stand_ins |= {name: f"\x1a{name}" for name in texts}
        self.written: dict[str, Written] = {}

    def __call__(self, **values: int | str) -> list[dict[str, object]]:
        sql, parameters, converters = self.written.get(connection.vendor) or self._write()
        real = {stand_in: values[name] for name, stand_in in self.stand_ins.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [real.get(each, each) if type(each) in (int, str) else each for each in parameters])
            columns = [column[0] for column in cursor.description]
            found = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
        for place, steps, expression in converters:
            for row in found:
                for convert in steps:
                    row[columns[place]] = convert(row[columns[place]], expression, connection)
        return found

    def _write(self) -> Written:
        compiler = self.build(**self.stand_ins).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, _, _ in compiler.select])
        steps = [(place, functions, expression) for place, (functions, expression) in converters.items()]
        self.written[connection.vendor] = Written(sql, list(parameters), steps)
        return self.written[connection.vendor]


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns of a model that a member's row carries: no times, nothing large."""
    fields = model._meta.concrete_fields
    return [field.attname for field in fields if not isinstance(field, models.DateTimeField | models.JSONField)]


def instance_of(model: type[models.Model], values: dict[str, object]) -> models.Model:
    """A row from plain values; columns that are not among them are fetched when somebody asks for them."""
    names, made = _read(model, tuple(values))
    read = zip((values[name] for name in names), made, strict=True)
    return model.from_db("default", names, [value if make is None else make(value) for value, make in read])


@cache
def _read(model: type[models.Model], given: tuple[str, ...]) -> tuple[list[str], list[Callable | None]]:
    """The columns in their order, and what makes a value of it that is none in JSON."""
    fields = [field for field in model._meta.concrete_fields if field.attname in given]
    made = [field.to_python if isinstance(field, NONE_IN_JSON) else None for field in fields]
    return [field.attname for field in fields], made
