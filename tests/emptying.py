"""Emptying the database after a test that commits: only tables that hold something, and what migrations wrote stays.

Django's own way empties all tables, and then writes every content type and permission anew.
"""

from django.db import connection, transaction
from django.test import TransactionTestCase

BY_MIGRATIONS = {"django_migrations", "django_content_type", "auth_permission"}
APPEND_ONLY = '"plans_activity"'  # no row of it may be deleted


def install() -> None:
    TransactionTestCase._fixture_teardown = lambda _: empty()


def empty() -> None:
    """Whoever is writing at the moment is waited for, so that nothing comes in late."""
    tables = set(connection.introspection.django_table_names(only_existing=False)) - BY_MIGRATIONS
    names = sorted(connection.ops.quote_name(table) for table in tables)
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN EXCLUSIVE MODE")
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in names))
        held = sorted((name for (name,) in cursor.fetchall()), key=lambda name: name != APPEND_ONLY)
        for name in held:
            truncates = name == APPEND_ONLY and connection.vendor == "postgresql"
            cursor.execute(f"TRUNCATE {name}" if truncates else f"DELETE FROM {name}")
