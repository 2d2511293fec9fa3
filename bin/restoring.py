"""What bin/restore and bin/restore-drill run: a copy made by bin/backup becomes a house again, and is judged.

Nothing is overwritten: the database must be empty. What fell due since the copy was made is still due, and the first
worker works it off. Numbers and ids go on further up: what was lost since, a letter that went out for one, shares none
with what comes.
"""

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import copying

NUMBERS_LEFT_OUT = 1_000  # of orders, accounts, subscriptions
IDS_LEFT_OUT = 100_000
# What the clock alone brings about while nobody works.
DUE_SINCE = ("I8 ", "I9 ", "I18 ", "I21 ")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/restore", description=__doc__.splitlines()[0])
    parser.add_argument("copy", type=Path, help="the folder of one copy; for a drill also one of copies: the newest")
    parser.add_argument("--drill", action="store_true", help="into a database beside it that is removed at the end")
    parser.add_argument("--beside", action="store_true", help=argparse.SUPPRESS)  # what a drill starts
    wanted = parser.parse_args()
    if wanted.drill:
        sys.exit(drill(wanted.copy))
    import django

    django.setup()
    restore(wanted.copy)
    judge(is_the_house=not wanted.beside)


def restore(copy: Path) -> None:
    """The database, then the media; ends with a sentence where the copy is spoilt or the database not empty."""
    from django.conf import settings

    about = json.loads((copy / copying.ABOUT).read_text())
    for name, expected in about["files"].items():
        if copying.digest(copy / name) != expected:
            sys.exit(f"{copy / name} is not what was written: take another copy")
    database = settings.DATABASES["default"]
    is_postgresql = copying.is_postgresql(database)
    if (copying.POSTGRESQL if is_postgresql else copying.SQLITE) not in about["files"]:
        sys.exit(f"{copy} was made of another kind of database than DATABASE_URL names")
    fill_postgresql(database, copy) if is_postgresql else fill_sqlite(database, copy)
    settings.MEDIA_ROOT.mkdir(parents=True, exist_ok=True)
    with tarfile.open(copy / copying.MEDIA) as media:
        media.extractall(settings.MEDIA_ROOT, filter="data")


def fill_postgresql(database: dict, copy: Path) -> None:
    from django.db import connection

    if connection.introspection.table_names():
        sys.exit(f"The database {database['NAME']} is not empty, nothing was changed: createdb another one")
    connection.close()
    how = ("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges")
    copying.postgresql("pg_restore", database, *how, f"--dbname={database['NAME']}", str(copy / copying.POSTGRESQL))


def fill_sqlite(database: dict, copy: Path) -> None:
    path = Path(database["NAME"])
    if path.exists() and path.stat().st_size:
        sys.exit(f"{path} is there, nothing was changed: move it away, with -wal and -shm beside it")
    for beside in ("-wal", "-shm"):  # of another file: they would spoil this one
        Path(f"{path}{beside}").unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(copy / copying.SQLITE)) as source,
        closing(sqlite3.connect(path)) as target,
    ):
        source.backup(target)


def judge(*, is_the_house: bool) -> None:
    """Go on further up, sign everybody out, and say what the copy is worth. Exit 1: something does not hold."""
    from plans.verify import INVARIANTS, broken
    from plans.vital_signs import unapplied_migrations

    if waiting := unapplied_migrations():
        print(f"Restored. {waiting} migrations wait, for this code is newer: manage.py migrate, then manage.py verify")
        return
    leave_numbers_out()
    if is_the_house:
        sign_everybody_out()
    found = broken() | pictures_without_file()
    due = {name: rows for name, rows in found.items() if name.startswith(DUE_SINCE)}
    wrong = {name: rows for name, rows in found.items() if name not in due}
    for name, rows in due.items():
        print(f"Due since the copy, the first worker makes up for it: {name} ({len(rows)})")
    if wrong:
        print(json.dumps(wrong, indent=2, default=str))
        sys.exit(1)
    print(f"Restored: {len(INVARIANTS) - len(due)} invariants hold, each picture has its file.")


def sign_everybody_out() -> None:
    """Who was signed out after the copy must not be signed in again; nor may the cache know what is lost."""
    from django.contrib.sessions.models import Session
    from django.core.cache import cache

    from config.cache import CacheUnreachable

    Session.objects.all().delete()
    try:
        cache.clear()
    except CacheUnreachable:
        print("The cache does not answer. Empty it before the web starts: it knows what is lost.")


def leave_numbers_out() -> None:
    from django.db import connection
    from django.db.models import F

    from plans.models import NumberSeries

    NumberSeries.objects.update(next_number=F("next_number") + NUMBERS_LEFT_OUT)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("UPDATE sqlite_sequence SET seq = seq + %s", [IDS_LEFT_OUT])
        else:
            further = "SELECT setval(format('%%I.%%I', schemaname, sequencename), coalesce(last_value, 0) + %s)"
            cursor.execute(f"{further} FROM pg_sequences WHERE schemaname = current_schema()", [IDS_LEFT_OUT])


def pictures_without_file() -> dict[str, list]:
    from django.core.files.storage import default_storage

    from plans.models import Picture
    from plans.models.picture import WIDTHS

    tokens = Picture.objects.values_list("token", flat=True).iterator()
    lost = [token for token in tokens if not default_storage.exists(Picture.path(token, WIDTHS[0]))]
    return {"each picture has its file": lost} if lost else {}


def drill(copy: Path) -> int:
    """Restore the newest copy beside the house and judge it; the house itself is not touched. The exit code."""
    from django.conf import settings

    newest = copy if (copy / copying.ABOUT).exists() else next(reversed(copying.copies(copy)), None)
    if newest is None:
        sys.exit(f"There is no copy in {copy}")
    print(f"bin/restore-drill: {newest}", flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="uplift-drill-") as state,
        beside(settings.DATABASES["default"], state) as url,
    ):
        surroundings = {**os.environ, "STATE_DIR": state, "DATABASE_URL": url, "UPLIFT_ENV_FILE": ""}
        command = [sys.executable, __file__, "--beside", str(newest)]
        return subprocess.run(command, env=surroundings, check=False).returncode


@contextmanager
def beside(database: dict, state: str) -> Iterator[str]:
    """The address of an empty database: on the same server, or a SQLite file in the drill's own folder."""
    if not copying.is_postgresql(database):
        yield f"sqlite:///{state}/drill.sqlite3"
        return
    name = f"uplift_drill_{os.getpid()}"
    copying.postgresql("createdb", database, "--template=template0", name)
    try:
        yield urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
    finally:
        copying.postgresql("dropdb", database, "--force", name)


if __name__ == "__main__":
    main()
