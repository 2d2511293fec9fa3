"""A question that every page asks, with its SQL written once.

The ORM writes it, for the database at hand; but building and compiling a large query takes it ten times longer than
the database takes to answer, so that is not done anew for each request.
"""

from collections.abc import Callable

from django.db import connection, models

FIRST_STAND_IN = -1_000_000_001


class Prepared:
    """`build` makes a `values()` queryset from stand-ins for `names`; calling it asks with real values, by name.

    Stand-ins are integers that stand nowhere else in the query. Rows are dicts of what the driver gives: ask for
    numbers, texts and yes-or-no only, and leave times and JSON to the ORM.
    """

    def __init__(self, build: Callable[..., models.QuerySet], *names: str) -> None:
        self.build = build
        self.stand_ins = {name: FIRST_STAND_IN - place for place, name in enumerate(names)}
        self.written: dict[str, tuple[str, list[object]]] = {}

    def __call__(self, **values: int) -> list[dict[str, object]]:
        if connection.vendor not in self.written:
            sql, parameters = self.build(**self.stand_ins).query.sql_with_params()
            self.written[connection.vendor] = sql, list(parameters)
        sql, parameters = self.written[connection.vendor]
        real = {stand_in: values[name] for name, stand_in in self.stand_ins.items()}
        with connection.cursor() as cursor:
            cursor.execute(sql, [real.get(each, each) if type(each) is int else each for each in parameters])
            columns = [column[0] for column in cursor.description]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns of a model that `Prepared` can carry."""
    fields = model._meta.concrete_fields
    return [field.attname for field in fields if not isinstance(field, models.DateTimeField | models.JSONField)]


def instance_of(model: type[models.Model], values: dict[str, object]) -> models.Model:
    """A row from plain values; columns that are not among them are fetched when somebody asks for them."""
    fields = [field for field in model._meta.concrete_fields if field.attname in values]
    return model.from_db(
        "default", [field.attname for field in fields], [field.to_python(values[field.attname]) for field in fields]
    )
