"""Taking promises of the database away for a while, and giving them back."""

import contextlib
from collections.abc import Iterator

from django.core.management.color import no_style
from django.db import connection, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


@contextlib.contextmanager
def without(
    model: type[models.Model], *, constraints: tuple[str, ...] = (), one_to_one: tuple[str, ...] = ()
) -> Iterator[None]:
    """As if these constraints were not there, and these fields plain foreign keys. Not inside a transaction."""
    written = model._meta.constraints
    gone = [each for each in written if each.name in constraints]
    assert len(gone) == len(constraints)
    fields = [model._meta.get_field(name) for name in one_to_one]
    model._meta.constraints = [each for each in written if each not in gone]
    with connection.schema_editor() as editor:
        _take_away(editor, model, gone, fields)
    try:
        yield
    finally:
        _clear(model)
        model._meta.constraints = written
        with connection.schema_editor() as editor:
            _give_back(editor, model, gone, fields)


def _take_away(editor: BaseDatabaseSchemaEditor, model: type[models.Model], gone: list, fields: list) -> None:
    if connection.vendor == "sqlite":  # which can only write the table anew
        return editor._remake_table(model, alter_fields=[(field, _plain(field)) for field in fields])
    for constraint in gone:
        editor.remove_constraint(model, constraint)
    for field in fields:
        for name in editor._constraint_names(model, [field.column], unique=True, primary_key=False):
            editor.execute(editor._delete_unique_sql(model, name))
    return None


def _plain(field: models.OneToOneField) -> models.ForeignKey:
    plain = models.ForeignKey(field.remote_field.model, field.remote_field.on_delete, null=field.null)
    plain.model = field.model
    plain.set_attributes_from_name(field.name)
    return plain


def _give_back(editor: BaseDatabaseSchemaEditor, model: type[models.Model], gone: list, fields: list) -> None:
    if connection.vendor == "sqlite":
        return editor._remake_table(model)
    for constraint in gone:
        editor.add_constraint(model, constraint)
    for field in fields:
        editor.execute(editor._create_unique_sql(model, [field]))
    return None


def _clear(model: type[models.Model]) -> None:
    """Rows that break a promise must not stand in its way when it comes back."""
    statements = connection.ops.sql_flush(no_style(), [model._meta.db_table], allow_cascade=True)
    connection.ops.execute_sql_flush(statements)
