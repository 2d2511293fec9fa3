"""A migrated SQLite database that the next run starts from: migrating one takes 13 seconds of CPU, copying none.

It is kept in .venv, under a name made of all that migrating depends on.
"""

import shutil
import sqlite3
from contextlib import closing
from hashlib import sha256
from pathlib import Path

import django
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / ".venv"


def kept() -> Path:
    """Where the database of these migrations is kept, if it is."""
    files = sorted([*ROOT.glob("*/migrations/*.py"), ROOT / "requirements.txt"])
    told = sha256(django.__version__.encode())
    for path in files:
        told.update(path.name.encode() + path.read_bytes())
    return KEPT / f"migrated-{told.hexdigest()[:16]}.sqlite3"


def put_in_place() -> bool:
    """The kept database as the run's own; whether there was one."""
    if connection.vendor != "sqlite" or not (ready := kept()).exists():
        return False
    shutil.copyfile(ready, connection.settings_dict["TEST"]["NAME"])
    return True


def keep() -> None:
    """The run's database, just migrated, for the next runs; those of older migrations go."""
    if connection.vendor != "sqlite" or (wanted := kept()).exists() or not KEPT.is_dir():
        return
    draft = Path(f"{connection.settings_dict['NAME']}.kept")
    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as mine, closing(sqlite3.connect(draft)) as copy:
        mine.backup(copy)
    for old in KEPT.glob("migrated-*.sqlite3"):
        old.unlink(missing_ok=True)
    shutil.move(draft, wanted)
