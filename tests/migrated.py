"""A migrated database for others to start from: migrating one takes 13 seconds of CPU, copying none.

One of SQLite is kept for the next runs, in .venv, under a name made of all that migrating depends on. One of
PostgreSQL is for the other process of a shared run. Who comes first makes it, and the other waits.
"""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TextIO

import django
import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

from tests import sharing

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".venv"
TEMPLATE = os.environ.get("TEST_TEMPLATE", "")  # bin/checks.py names it in a shared run
MAKING: list[TextIO] = []  # the lock of who makes it


def kept() -> Path:
    """Where the database of these migrations is kept, if it is."""
    files = sorted([*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.txt"])
    told = sha256(django.__version__.encode())
    for path in files:
        told.update(path.name.encode() + path.read_bytes())
    return KEPT / f"migrated-{told.hexdigest()[:16]}.sqlite3"


def put_in_place() -> bool:
    """The kept database as the run's own, if there is one. Whether it lies where the run's is."""
    if connection.vendor == "postgresql":
        if TEMPLATE and is_there_or_ours(lambda: TEMPLATE in databases(), Path(sharing.FOLDER) / "migrated.lock"):
            connection.settings_dict["TEST"]["TEMPLATE"] = TEMPLATE
        return False
    if not KEPT.is_dir() or not is_there_or_ours(kept().exists, KEPT / "migrated.lock"):
        return False
    shutil.copyfile(kept(), connection.settings_dict["TEST"]["NAME"])
    return True


def is_there_or_ours(is_there: Callable[[], bool], lock: Path) -> bool:
    """Whether it is there, made by somebody else; else it is ours to make, and others wait until we have."""
    if is_there():
        return True
    making = lock.open("w")
    fcntl.flock(making, fcntl.LOCK_EX)
    if is_there():
        making.close()
        return True
    MAKING.append(making)
    return False


def keep() -> None:
    """The run's database, where it has just been migrated."""
    if MAKING:
        keep_rows() if connection.vendor == "postgresql" else keep_file()
        MAKING.pop().close()


def keep_rows() -> None:
    name = connection.settings_dict["NAME"]
    connection.close()  # nobody may be in a database that is copied
    with server() as postgresql:
        postgresql.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(TEMPLATE), Identifier(name)))


def databases() -> set[str]:
    with server() as postgresql:
        return {name for (name,) in postgresql.execute("SELECT datname FROM pg_database")}


def server() -> psycopg.Connection:
    settings = connection.settings_dict
    login = {"host": settings["HOST"], "port": settings["PORT"], "user": settings["USER"]}
    return psycopg.connect(dbname="postgres", password=settings["PASSWORD"], autocommit=True, **login)


def keep_file() -> None:
    """Those of older migrations go."""
    draft, wanted = Path(f"{connection.settings_dict['NAME']}.kept"), kept()
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as mine, closing(sqlite3.connect(draft)) as copy:
        mine.backup(copy)
    for old in KEPT.glob("migrated-*.sqlite3"):
        old.unlink(missing_ok=True)
    shutil.move(draft, wanted)
