"""Emptying the database after a test that commits: only tables that hold something, and what migrations wrote stays.
And emptying the cache, which knows of no transaction.

Django's own way empties all tables, and then writes every content type and permission anew.
"""

import time

from django.core.cache import cache
from django.db import connection, transaction
from django.test import TransactionTestCase

from config.cache import CacheUnreachable
from storefront.rendering_once import pages

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


def empty_cache() -> None:
    """On a busy machine it may not answer at once; the house then leaves it alone for some seconds."""
    deadline = time.monotonic() + 15
    pages.clear()
    while True:
        try:
            return cache.clear()
        except CacheUnreachable:
            assert time.monotonic() < deadline, "the cache of the run does not answer"
            time.sleep(1)
