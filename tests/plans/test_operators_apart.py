"""No row crosses operators: PostgreSQL refuses it, and on both databases `verify` finds it."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from plans.verify import BETWEEN, CROSSING, rows_across_operators

from .furnished import Furnished, furnish

pytestmark = pytest.mark.django_db

# An account of a reseller that runs a BSS of its own has a parent at another operator; a letter sent again is never
# read through the one before. `verify` looks at both.
NOT_PROMISED = {("Account", "parent"), ("Notification", "resend_of")}


@pytest.fixture
def two() -> tuple[Furnished, Furnished]:
    both = furnish(), furnish("Sudlicht", host="sudlicht.test")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return both


def names_an_operator(model: type[models.Model]) -> bool:
    return any(column.name == "operator" for column in model._meta.fields)


def references() -> set[tuple[str, str]]:
    """Each foreign key from a row that names its operator to another that does."""
    return {
        (model.__name__, column.name)
        for app in ("plans", "notifications")
        for model in apps.get_app_config(app).get_models()
        if names_an_operator(model)
        for column in model._meta.fields
        if column.is_relation and column.name != "operator" and names_an_operator(column.related_model)
    }


def test_verify_looks_at_every_reference():
    assert {(model.__name__, field) for model, field in CROSSING} == references()


def stray(model: type[models.Model], field: str, ours: Furnished, theirs: Furnished) -> dict[str, object]:
    """Let a row of ours point at a row of theirs; as raw as it gets. What `verify` should say of it."""
    column = model._meta.get_field(field)
    strangers = column.related_model._base_manager.filter(operator=theirs.operator)
    if column.unique:  # one that is not pointed at already
        pointed_at = model._base_manager.exclude(**{field: None}).values(field)
        strangers = strangers.exclude(pk__in=pointed_at)
    mine = model._base_manager.filter(operator=ours.operator).exclude(**{field: None}).order_by("pk").last()
    mine = mine or model._base_manager.filter(operator=ours.operator).order_by("pk").last()
    stranger = strangers.order_by("pk").last()
    assert mine, f"no {model.__name__} to try it with"
    assert stranger, f"no {column.related_model.__name__} to point at"
    if model.__name__ == "Activity" and connection.vendor == "postgresql":  # only ever added to
        mine.pk = None
        setattr(mine, column.attname, stranger.pk)
        model._base_manager.bulk_create([mine])
    else:
        model._base_manager.filter(pk=mine.pk).update(**{field: stranger.pk})
    return {"model": model.__name__, "field": field, "id": mine.pk}


def test_a_row_that_points_at_another_operators_is_refused_or_found(two):
    assert rows_across_operators() == []
    wrong, refused = {}, set()
    for model, field in CROSSING:
        name = (model.__name__, field)
        try:
            with transaction.atomic():
                expected = stray(model, field, *two)
                if expected not in rows_across_operators():
                    wrong[name] = "verify does not see it"
                transaction.set_rollback(True)
        except IntegrityError as problem:
            refused.add(name)
            if "_same_operator" not in str(problem):
                wrong[name] = str(problem)
    assert wrong == {}
    assert refused == (references() - NOT_PROMISED if connection.vendor == "postgresql" else set())


def test_what_stands_between_two_operators_is_found(two):
    ours, theirs = two
    for model, one, other in BETWEEN:
        mine = model._base_manager.filter(**{f"{one}__operator": ours.operator}).exclude(**{other: None}).first()
        stranger = model._base_manager.filter(**{f"{one}__operator": theirs.operator}).exclude(**{other: None}).first()
        with transaction.atomic():
            model._base_manager.filter(pk=mine.pk).update(**{f"{other}_id": getattr(stranger, f"{other}_id")})
            assert {"model": model.__name__, "field": other, "id": mine.pk} in rows_across_operators()
            transaction.set_rollback(True)
