"""Rows that were kept as plain values, made into instances again."""

from collections.abc import Callable
from functools import cache

from django.db import models

NONE_IN_JSON = models.DateField, models.DecimalField, models.UUIDField, models.TimeField, models.BinaryField


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
