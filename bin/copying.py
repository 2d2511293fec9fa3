"""What bin/backup runs: one copy of the database and the media, taken while the house works.

A copy is a folder of its own: the database (a dump of PostgreSQL, or a SQLite file), media.tar, and copy.json with what
is in it and the digests. It is written under another name and renamed when it is whole: what has its name is complete.
Media are taken before the database and once more after it, so every picture that the database names is among them.
"""

import argparse
import contextlib
import glob
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

POSTGRESQL, SQLITE, MEDIA, ABOUT = "database.dump", "database.sqlite3", "media.tar", "copy.json"


def main() -> None:
    parser = argparse.ArgumentParser(prog="bin/backup", description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="where copies are kept, each in a folder named after its second")
    parser.add_argument("--keep", type=int, default=0, metavar="N", help="remove all but the newest N copies")
    wanted = parser.parse_args()
    print(make(wanted.folder))
    if wanted.keep > 0:
        for old in copies(wanted.folder)[: -wanted.keep]:
            shutil.rmtree(old)


def make(folder: Path) -> Path:
    """A new copy; its folder."""
    from django.conf import settings

    name = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    draft = folder / f".{name}.partial"
    draft.mkdir(parents=True, mode=0o700)  # everybody's letters, addresses and hashed passwords
    try:
        database = settings.DATABASES["default"]
        with tarfile.open(draft / MEDIA, "w") as media:
            add_new(media, settings.MEDIA_ROOT)
            file = dump(database, draft) if is_postgresql(database) else snapshot(database, draft)
            add_new(media, settings.MEDIA_ROOT)
        about = {"made_at": name, "files": {each: digest(draft / each) for each in (file, MEDIA)}}
        (draft / ABOUT).write_text(json.dumps(about, indent=2) + "\n")
        for each in (file, MEDIA, ABOUT):
            reach_the_disk(draft / each)
        draft.rename(folder / name)
        reach_the_disk(folder)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return folder / name


def add_new(media: tarfile.TarFile, folder: Path) -> None:
    """What it does not hold yet. Files never change; a picture that nobody uses any more may vanish meanwhile."""
    held = set(media.getnames())
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_file() and name not in held:
            with contextlib.suppress(FileNotFoundError):
                media.add(path, arcname=name)


def copies(folder: Path) -> list[Path]:
    """The whole ones, the oldest first."""
    return sorted(about.parent for about in folder.glob("[0-9]*/" + ABOUT))


def dump(database: dict, into: Path) -> str:
    """One snapshot of PostgreSQL. Owners and grants are left out: deploy/roles.sql gives them where it is restored."""
    postgresql("pg_dump", database, "--format=custom", "--no-owner", "--no-privileges", f"--file={into / POSTGRESQL}")
    return POSTGRESQL


def snapshot(database: dict, into: Path) -> str:
    """One moment of a SQLite file, with what still lies in its log; whoever writes meanwhile is not disturbed."""
    with contextlib.closing(sqlite3.connect(f"file:{database['NAME']}?mode=rw", uri=True, timeout=20)) as source:
        source.execute("VACUUM INTO ?", (str(into / SQLITE),))
    return SQLITE


def is_postgresql(database: dict) -> bool:
    return database["ENGINE"].endswith("postgresql")


def postgresql(program: str, database: dict, *arguments: str) -> None:
    """Run a program of PostgreSQL on our database, or end with its words. The password is in nobody's list."""
    login = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    given = {name: str(database[key]) for name, key in login.items() if database.get(key)}
    done = subprocess.run([found(program), *arguments], env={**os.environ, **given}, check=False)
    if done.returncode:
        sys.exit(f"{program} failed, see above")


def found(program: str) -> str:
    """The newest one of Debian's, which also knows older servers; else the one on PATH."""
    here = glob.glob(f"/usr/lib/postgresql/*/bin/{program}")
    newest = max(here, key=lambda path: int(path.split("/")[4]), default=shutil.which(program))
    return newest or sys.exit(f"{program} is missing: install PostgreSQL's client programs (postgresql-client)")


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reach_the_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


if __name__ == "__main__":
    main()
